//! The store of a request.

use std::borrow::Cow;

use super::{PairRequest, check_host, errors::pair_error};
use crate::{
    api::{self, KEY_VALUE_STORE},
    error::ApiError,
    service::{Account, PairStore, ResourceView, Service},
    switches::Switch,
};

/// A store that exists in the account of the caller.
pub(super) struct Store<'s> {
    pub(super) view: ResourceView<'s>,
    /// The status in the responses of `CloudFront`.
    pub(super) status: String,
}

impl<'s> Store<'s> {
    /// Finds the store with the ARN in the path.
    pub(super) fn find(service: &'s Service, request: &PairRequest<'_>) -> Result<Self, ApiError> {
        let arn = request.path_parameter("KvsARN");
        let resource = arn.strip_prefix("arn:aws:cloudfront::");
        let Some((number, resource)) = resource.and_then(|resource| resource.split_once(':'))
        else {
            return Err(not_found(arn));
        };
        check_host(service, request, number)?;
        if number != request.account {
            let message = format!("User is not authorized to access the resource {arn}.");
            return Err(pair_error("AccessDeniedException", message));
        }
        let account = service.account(number);
        let view = account.and_then(|account| KEY_VALUE_STORE.find_referenced(account, resource));
        let view = view.ok_or_else(|| missing(service, account, arn))?;
        Ok(Self {
            status: api::status_of(service, account, &KEY_VALUE_STORE, view).unwrap_or_default(),
            view,
        })
    }

    /// Returns the pairs as they were `lag` writes ago.
    pub(super) fn pairs(&self, lag: u64) -> Cow<'s, PairStore> {
        match &self.view.resource.pairs {
            Some(pairs) => pairs.as_of(lag),
            None => Cow::Owned(PairStore::default()),
        }
    }

    /// Rejects a store that is not ready.
    pub(super) fn check_ready(&self) -> Result<(), ApiError> {
        if self.status == "READY" {
            return Ok(());
        }
        Err(unexpected_state())
    }
}

/// Returns the error for a store that does not exist. One that was deleted is in an unexpected state (FACTS.md, key-value pairs).
fn missing(service: &Service, account: Option<&Account>, arn: &str) -> ApiError {
    let stores = account.and_then(|account| account.family(&KEY_VALUE_STORE.collection()));
    let (_, id) = arn.rsplit_once('/').unwrap_or_default();
    let was_deleted = stores.is_some_and(|stores| stores.was_deleted(id));
    if was_deleted && !service.state.switches.is_on(Switch::DeletedStoreIsNotFound) {
        unexpected_state()
    } else {
        not_found(arn)
    }
}

fn not_found(arn: &str) -> ApiError {
    let message = format!("The key value store {arn} does not exist.");
    pair_error("ResourceNotFoundException", message)
}

fn unexpected_state() -> ApiError {
    pair_error(
        "ConflictException",
        "Key-Value-Store was not in expected state",
    )
}
