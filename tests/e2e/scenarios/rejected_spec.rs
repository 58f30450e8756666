//! A spec that only CloudFront can find wrong.

use super::{
    lifecycle::distribution,
    stage::{Stage, condition, message},
};
use std::time::Duration;

#[test]
fn a_refused_spec_is_stalled_with_cloudfronts_words_until_an_edit_mends_it() {
    let stage = Stage::with_deploy_delay("refused", Duration::ZERO);
    let bad = distribution("www", "first").replace(
        "658327ea-f89d-4fab-a63d-7e88639e58f6",
        "00000000-0000-0000-0000-000000000000",
    );
    stage.apply(&bad);
    let object = stage.until_condition("cfd/www", "Stalled", "True", "Rejected");
    assert_eq!(
        condition(&object, "Synced"),
        ("False".into(), "NoSuchCachePolicy".into())
    );
    let said = message(&object, "Ready");
    assert!(
        said.contains("NoSuchCachePolicy") && said.contains("(request "),
        "{said}"
    );
    stage.apply(&distribution("www", "first"));
    let mended = stage.until_ready("cfd/www");
    assert_eq!(
        condition(&mended, "Stalled").0,
        "",
        "the condition goes when it no longer holds"
    );
}

#[test]
fn a_bad_edit_leaves_the_last_good_configuration_and_never_stands_in_the_way_of_a_deletion() {
    let stage = Stage::with_deploy_delay("mistake", Duration::ZERO);
    stage.apply(&distribution("www", "good"));
    stage.until_ready("cfd/www");
    let bad = distribution("www", "bad").replace(
        "658327ea-f89d-4fab-a63d-7e88639e58f6",
        "00000000-0000-0000-0000-000000000000",
    );
    stage.apply(&bad);
    stage.until_condition("cfd/www", "Stalled", "True", "Rejected");
    assert!(
        stage
            .control()
            .state()
            .to_string()
            .contains("<Comment>good</Comment>")
    );
    stage.kubectl(&["delete", "cfd/www"]);
    let last = stage
        .writes_since(0)
        .last()
        .map(|call| call.operation.clone());
    assert_eq!(last.as_deref(), Some("DeleteDistribution"));
}
