//! Two replicas, of which one works.

use super::{lifecycle::distribution, operator::Operator, stage::Stage};
use cloudfront_simulator::Credential;
use std::time::Duration;

/// Short enough that a test need not wait long for it to run out.
const SHORT: [&str; 3] = ["--leader-elect", "--lease-duration", "3s"];
/// Longer than any test has patience for.
const LONG: [&str; 3] = ["--leader-elect", "--lease-duration", "600s"];

/// Two replicas with keys of their own to one account, so that CloudFront's journal tells who wrote what.
struct Pair {
    stage: Stage,
    leader: Operator,
    standby: Operator,
    keys: [String; 2],
}

impl Pair {
    fn new(name: &str, flags: &[&str]) -> Self {
        let stage = Stage::without_operator(name, Duration::ZERO);
        let first = stage.simulator.credentials()[0].clone();
        let second = Credential {
            access_key: "AKIASTANDBYSTANDBY00".into(),
            ..first.clone()
        };
        stage.control().add_credential(&second);
        let leader = stage.another_operator_as(&first, flags);
        stage.eventually("it leads", || leads(&leader));
        let standby = stage.another_operator_as(&second, flags);
        stage.eventually("the other waits", || {
            standby.log().contains("waiting to lead").then_some(())
        });
        stage.apply(&distribution("www", "first"));
        stage.until_ready("cfd/www");
        assert_eq!(leads(&standby), None, "{}", standby.log());
        Self {
            keys: [first.access_key, second.access_key],
            stage,
            leader,
            standby,
        }
    }

    /// The other one leads, and carries an edit out.
    fn is_taken_over(&self) {
        self.stage
            .eventually("the other leads", || leads(&self.standby));
        self.stage.apply(&distribution("www", "second"));
        self.stage.until_ready("cfd/www");
    }

    /// Nobody wrote between two writes of another.
    fn wrote_one_after_the_other(&self) {
        let writes = self.stage.writes_since(0);
        let mut writers: Vec<&str> = writes
            .iter()
            .filter_map(|call| call.access_key.as_deref())
            .collect();
        writers.dedup();
        assert_eq!(writers, self.keys.each_ref().map(String::as_str));
    }
}

fn leads(operator: &Operator) -> Option<()> {
    operator.log().contains("managing CloudFront").then_some(())
}

const LEASE: &str = "lease/cloudfront-operator";

#[test]
fn a_standby_is_ready_and_takes_over_when_the_leader_is_killed() {
    let Pair {
        stage,
        leader,
        mut standby,
        keys,
    } = Pair::new("leader", &SHORT);
    assert_eq!(
        standby.fetch("probes", "/readyz"),
        (200, "ok: standing by\n".into())
    );
    drop(leader);
    stage.eventually("the other leads", || leads(&standby));
    stage.apply(&distribution("www", "second"));
    stage.until_ready("cfd/www");
    let writes = stage.writes_since(0);
    assert_eq!(
        writes.last().and_then(|call| call.access_key.clone()),
        Some(keys[1].clone())
    );

    standby.stop();
    let holder = "jsonpath={.spec.holderIdentity}";
    assert_eq!(
        stage.kubectl(&["get", LEASE, "--output", holder]),
        "",
        "a replica that ends lets go at once"
    );
}

#[test]
fn a_leader_that_is_asked_to_end_hands_over_without_a_wait_for_its_lease() {
    let mut pair = Pair::new("hand-over", &LONG);
    pair.leader.stop();
    pair.is_taken_over();
    pair.wrote_one_after_the_other();
}

#[test]
fn a_leader_that_stood_still_writes_nothing_more_and_ends() {
    let mut pair = Pair::new("frozen", &SHORT);
    pair.leader.signal("STOP");
    pair.is_taken_over();
    pair.leader.signal("CONT");
    let well = pair
        .stage
        .eventually("the old leader ends", || pair.leader.has_ended());
    assert!(!well, "it says that it was deposed");
    let log = pair.leader.log();
    assert!(log.contains("another replica may lead"), "{log}");
    pair.stage.apply(&distribution("www", "third"));
    pair.stage.until_ready("cfd/www");
    pair.wrote_one_after_the_other();
}

#[test]
fn a_leader_whose_lease_is_deleted_takes_it_again_and_stays_the_only_one() {
    let pair = Pair::new("no-lease", &SHORT);
    let holder = ["get", LEASE, "--output", "jsonpath={.spec.holderIdentity}"];
    let before = pair.stage.kubectl(&holder);
    pair.stage.kubectl(&["delete", LEASE]);
    let after = pair.stage.eventually("there is a Lease again", || {
        let output = pair.stage.try_kubectl(&holder, "");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        output.status.success().then_some(text)
    });
    assert_eq!(after, before);
    pair.stage.apply(&distribution("www", "second"));
    pair.stage.until_ready("cfd/www");
    assert_eq!(leads(&pair.standby), None, "{}", pair.standby.log());
    let writes = pair.stage.writes_since(0);
    assert!(
        writes
            .iter()
            .all(|call| call.access_key.as_ref() == Some(&pair.keys[0])),
        "{writes:?}"
    );
}
