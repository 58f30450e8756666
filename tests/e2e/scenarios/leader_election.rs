//! Leader election between two replicas.

use crate::support::{OperatorProcess, TestEnv, distribution};
use cloudfront_simulator::Credential;
use std::{
    collections::BTreeSet,
    net::TcpStream,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

/// A Lease that expires within a test.
const SHORT_LEASE: [&str; 3] = ["--leader-elect", "--leader-elect-lease-duration", "3s"];
/// A Lease that outlives every test.
const LONG_LEASE: [&str; 3] = ["--leader-elect", "--leader-elect-lease-duration", "600s"];

/// The Lease that a stopped replica leaves, so that the next one leads at once.
const RELEASED_LEASE: &str = "
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: cloudfront-operator}
spec: {}
";

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
        env.apply(RELEASED_LEASE);
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
fn a_leader_that_was_paused_stands_by_and_can_lead_again() {
    let mut pair = ReplicaPair::new("frozen", &SHORT_LEASE);
    pair.leader.send_signal("STOP");
    pair.wait_for_takeover();
    pair.leader.send_signal("CONT");
    pair.env.eventually("the old leader stands by", || {
        let log = pair.leader.log();
        log.contains("another replica leads").then_some(())
    });
    let standing_by = (200, "ok: standing by\n".into());
    assert_eq!(pair.leader.get("probes", "/readyz"), standing_by);
    pair.env.apply(&distribution("www", "third"));
    pair.env.wait_until_ready("cfd/www");
    pair.assert_writes_do_not_interleave();

    // What the old leader remembers of the distribution is two edits old.
    let before = pair.env.journal_end();
    pair.standby.stop();
    pair.env.apply(&distribution("www", "fourth"));
    pair.env.wait_until_ready("cfd/www");
    let writes = pair.env.writes_since(before);
    let writers: Vec<Option<&str>> = writes.iter().map(|it| it.access_key.as_deref()).collect();
    assert_eq!(writers, [Some(pair.access_keys[0].as_str())], "{writes:?}");
    assert_eq!(
        pair.leader.exited_successfully(),
        None,
        "the process still runs"
    );
}

#[test]
fn a_restarted_container_takes_the_lease_of_its_pod_at_once() {
    let mut env = TestEnv::without_operator("same-pod", Duration::ZERO);
    env.apply(RELEASED_LEASE);
    env.start_operator_in_pod(&LONG_LEASE);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    env.kill_operator();
    env.apply(&distribution("www", "second"));
    env.start_operator_in_pod(&LONG_LEASE);
    env.wait_until_ready("cfd/www");
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

#[test]
fn idle_connections_and_a_scrape_loop_do_not_stop_the_leader() {
    let env = TestEnv::without_operator("scrapes", Duration::ZERO);
    let leader = env.spawn_operator(&SHORT_LEASE);
    env.apply(&distribution("www", "first"));
    env.wait_until_ready("cfd/www");
    let servers = ["metrics", "probes"].repeat(1_000);
    let _idle: Vec<TcpStream> = servers.iter().map(|it| leader.connect(it)).collect();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    leader.get("metrics", "/metrics");
                }
            });
        }
        let mut renewals = BTreeSet::new();
        let renewed = ["get", LEASE, "--output", "jsonpath={.spec.renewTime}"];
        env.eventually("the Lease is renewed", || {
            renewals.insert(env.kubectl(&renewed));
            (renewals.len() > 3).then_some(())
        });
        env.apply(&distribution("www", "second"));
        env.wait_until_ready("cfd/www");
        is_over.store(true, Ordering::Relaxed);
    });
    let log = leader.log();
    assert!(!log.contains("was not renewed in time"), "{log}");
    assert_eq!(leader.get("probes", "/healthz").0, 200);
}
