//! Two replicas, of which one works.

use super::{life::distribution, stage::Stage};
use std::time::Duration;

const ELECT: [&str; 3] = ["--leader-elect", "--lease-duration", "3s"];

#[test]
fn a_second_replica_stands_by_and_takes_over_when_the_first_is_killed() {
    let mut first = Stage::without_operator("leader", Duration::ZERO);
    first.start_operator_with(&ELECT);
    first.eventually("it leads", || first.log().contains("leading").then_some(()));
    let mut second = first.another_operator(&ELECT);
    first.eventually("the other waits", || {
        second.log().contains("waiting to lead").then_some(())
    });
    assert_eq!(
        second.fetch("probes", "/readyz"),
        (200, "ok: standing by\n".into())
    );
    first.apply(&distribution("www", "first"));
    first.until_ready("cfd/www");
    assert!(
        !second.log().contains("managing CloudFront"),
        "{}",
        second.log()
    );

    first.kill_operator();
    first.eventually("the other leads", || {
        second.log().contains("managing CloudFront").then_some(())
    });
    first.apply(&distribution("www", "second"));
    first.until_ready("cfd/www");

    second.stop();
    let lease = first.kubectl(&[
        "get",
        "lease",
        "cloudfront-operator",
        "--namespace",
        "default",
        "--output",
        "jsonpath={.spec.holderIdentity}",
    ]);
    assert_eq!(lease, "", "a replica that ends lets go at once");
}
