//! Leader election between two replicas.

use crate::support::{OperatorProcess, TestEnv, distribution};
use cloudfront_simulator::Credential;
use std::time::Duration;

/// A Lease that expires within a test.
const SHORT_LEASE: [&str; 3] = ["--leader-elect", "--leader-elect-lease-duration", "3s"];
/// A Lease that outlives every test.
const LONG_LEASE: [&str; 3] = ["--leader-elect", "--leader-elect-lease-duration", "600s"];

/// Two replicas with different access keys of one account: the simulator's journal shows which replica made a call.
struct ReplicaPair {
    env: TestEnv,
    leader: OperatorProcess,
    standby: OperatorProcess,
    access_keys: [String; 2],
}

impl ReplicaPair {
    fn new(name: &str, flags: &[&str]) -> Self {
        let env = TestEnv::without_operator(name, Duration::ZERO);
        let first = env.simulator.credentials()[0].clone();
        let second = Credential {
            access_key: "AKIASTANDBYSTANDBY00".into(),
            ..first.clone()
        };
        env.control().add_credential(&second);
        let leader = env.spawn_operator_as(&first, flags);
        env.eventually("the first replica leads", || leads(&leader));
        let standby = env.spawn_operator_as(&second, flags);
        env.eventually("the second replica waits", || {
            standby.log().contains("waiting to lead").then_some(())
        });
        env.apply(&distribution("www", "first"));
        env.wait_until_ready("cfd/www");
        assert_eq!(leads(&standby), None, "{}", standby.log());
        Self {
            access_keys: [first.access_key, second.access_key],
            env,
            leader,
            standby,
        }
    }

    /// Waits until the standby leads and has applied an edit.
    fn wait_for_takeover(&self) {
        self.env
            .eventually("the standby leads", || leads(&self.standby));
        self.env.apply(&distribution("www", "second"));
        self.env.wait_until_ready("cfd/www");
    }

    /// Checks that the writes of the two replicas do not interleave.
    fn assert_writes_do_not_interleave(&self) {
        let writes = self.env.writes_since(0);
        let mut writers: Vec<&str> = writes
            .iter()
            .filter_map(|call| call.access_key.as_deref())
            .collect();
        writers.dedup();
        assert_eq!(writers, self.access_keys.each_ref().map(String::as_str));
    }
}

fn leads(operator: &OperatorProcess) -> Option<()> {
    operator.log().contains("managing CloudFront").then_some(())
}

const LEASE: &str = "lease/cloudfront-operator";

#[test]
fn a_standby_is_ready_and_takes_over_when_the_leader_is_killed() {
    let ReplicaPair {
        env,
        leader,
        mut standby,
        access_keys,
    } = ReplicaPair::new("leader", &SHORT_LEASE);
    assert_eq!(
        standby.get("probes", "/readyz"),
        (200, "ok: standing by\n".into())
    );
    drop(leader);
    env.eventually("the standby leads", || leads(&standby));
    env.apply(&distribution("www", "second"));
    env.wait_until_ready("cfd/www");
    let writes = env.writes_since(0);
    assert_eq!(
        writes.last().and_then(|call| call.access_key.clone()),
        Some(access_keys[1].clone())
    );

    standby.stop();
    let holder = "jsonpath={.spec.holderIdentity}";
    assert_eq!(
        env.kubectl(&["get", LEASE, "--output", holder]),
        "",
        "a stopped replica releases the Lease"
    );
}

#[test]
fn a_stopped_leader_releases_its_lease() {
    let mut pair = ReplicaPair::new("hand-over", &LONG_LEASE);
    pair.leader.stop();
    pair.wait_for_takeover();
    pair.assert_writes_do_not_interleave();
}

#[test]
fn a_leader_that_was_paused_makes_no_more_writes_and_exits() {
    let mut pair = ReplicaPair::new("frozen", &SHORT_LEASE);
    pair.leader.send_signal("STOP");
    pair.wait_for_takeover();
    pair.leader.send_signal("CONT");
    let is_success = pair
        .env
        .eventually("the old leader exits", || pair.leader.exited_successfully());
    assert!(!is_success, "the exit code reports the lost leadership");
    let log = pair.leader.log();
    assert!(log.contains("another replica may lead"), "{log}");
    pair.env.apply(&distribution("www", "third"));
    pair.env.wait_until_ready("cfd/www");
    pair.assert_writes_do_not_interleave();
}

#[test]
fn a_leader_whose_lease_is_deleted_creates_it_again_and_stays_the_only_leader() {
    let pair = ReplicaPair::new("no-lease", &SHORT_LEASE);
    let holder = ["get", LEASE, "--output", "jsonpath={.spec.holderIdentity}"];
    let before = pair.env.kubectl(&holder);
    pair.env.kubectl(&["delete", LEASE]);
    let after = pair.env.eventually("the Lease exists again", || {
        let output = pair.env.try_kubectl(&holder, "");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        output.status.success().then_some(text)
    });
    assert_eq!(after, before);
    pair.env.apply(&distribution("www", "second"));
    pair.env.wait_until_ready("cfd/www");
    assert_eq!(leads(&pair.standby), None, "{}", pair.standby.log());
    let writes = pair.env.writes_since(0);
    assert!(
        writes
            .iter()
            .all(|call| call.access_key.as_ref() == Some(&pair.access_keys[0])),
        "{writes:?}"
    );
}
