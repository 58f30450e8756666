//! Origin groups.

use super::rules::ensure;
use crate::{error::ApiError, xml::Element};

/// The status codes for a failover (developer guide, "Optimize high availability with CloudFront origin failover").
const STATUS_CODES: [i64; 9] = [400, 403, 404, 416, 429, 500, 502, 503, 504];

pub(super) fn check(config: &Element) -> Result<(), ApiError> {
    let origins = config.items_of("Origins");
    for group in config.items_of("OriginGroups") {
        let id = group.text_of("Id");
        let message = "The parameter OriginGroup Id must not be empty.";
        ensure(!id.is_empty(), "InvalidArgument", message)?;
        let members: Vec<_> = group
            .items_of("Members")
            .iter()
            .map(|member| member.text_of("OriginId"))
            .collect();
        let exists = |id: &&str| origins.iter().any(|origin| origin.text_of("Id") == *id);
        let message = "One or more of your origins or origin groups do not exist.";
        ensure(members.iter().all(exists), "NoSuchOrigin", message)?;
        let message = format!("The origin group '{id}' must have two different origins.");
        let are_different = members.first() != members.last();
        ensure(are_different, "InvalidArgument", &message)?;
        check_status_codes(group)?;
    }
    Ok(())
}

fn check_status_codes(group: &Element) -> Result<(), ApiError> {
    let codes = group
        .child("FailoverCriteria")
        .map_or(&[][..], |criteria| criteria.items_of("StatusCodes"));
    let is_known = |code: &Element| {
        let number = code.text.trim().parse();
        number.is_ok_and(|number| STATUS_CODES.contains(&number))
    };
    match codes.iter().find(|code| !is_known(code)) {
        None => Ok(()),
        Some(code) => Err(ApiError::invalid_argument(format!(
            "The parameter StatusCodes contains {} that is not allowed.",
            code.text
        ))),
    }
}
