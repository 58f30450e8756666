//! The order of requests of several tenants and priorities, with a clock that advances only while every task waits.

use cloudfront_operator::cloudfront::{Priority, RateLimiter, Reservation, Turn, WAKE_AHEAD};
use std::sync::{Arc, Mutex};
use tokio::{
    task::JoinHandle,
    time::{Duration, Instant, timeout},
};

/// The writes per second that a CloudFront account allows by default.
const WRITE_QPS: f64 = 2.0;

/// The requests that passed: the tenant and the priority of each.
type Passed = Arc<Mutex<Vec<(String, Priority)>>>;

fn start(
    limiter: &RateLimiter,
    tenant: &str,
    priority: Priority,
    passed: &Passed,
) -> JoinHandle<()> {
    let reservation = limiter.enqueue(priority, tenant);
    let (tenant, passed) = (tenant.to_owned(), Arc::clone(passed));
    tokio::spawn(async move {
        reservation.acquire().await;
        passed.lock().unwrap().push((tenant, priority));
    })
}

/// Starts requests of one tenant and priority.
fn flood(limiter: &RateLimiter, count: usize, tenant: &str, priority: Priority, passed: &Passed) {
    for _ in 0..count {
        drop(start(limiter, tenant, priority, passed));
    }
}

/// Returns how many requests pass before one that arrives now.
async fn requests_before(
    limiter: &RateLimiter,
    tenant: &str,
    priority: Priority,
    passed: &Passed,
) -> usize {
    let before = passed.lock().unwrap().len();
    start(limiter, tenant, priority, passed).await.unwrap();
    passed.lock().unwrap().len() - 1 - before
}

/// Returns how many requests pass before a deletion of another tenant, while `tenants` tenants wait with 10,000 edits each.
async fn edits_before_a_deletion(tenants: usize) -> usize {
    let limiter = RateLimiter::new(WRITE_QPS);
    let passed = Passed::default();
    for tenant in 0..tenants {
        let tenant = format!("team-{tenant}");
        flood(&limiter, 10_000, &tenant, Priority::Interactive, &passed);
    }
    tokio::time::sleep(Duration::from_secs(60)).await;
    requests_before(&limiter, "other", Priority::Deletion, &passed).await
}

#[tokio::test(start_paused = true)]
async fn a_deletion_waits_for_at_most_two_of_the_edits_of_other_tenants() {
    for tenants in [1, 3, 20] {
        let edits = edits_before_a_deletion(tenants).await;
        println!(
            "{tenants} tenants with 10,000 edits each: {edits} edits before the deletion of another tenant"
        );
        assert!(edits <= 2, "{edits} edits of {tenants} tenants");
    }
}

#[tokio::test(start_paused = true)]
async fn requests_of_every_priority_pass_while_edits_keep_coming() {
    for (priority, most) in [
        (Priority::Deletion, 4),
        (Priority::DeploymentPoll, 8),
        (Priority::DriftCheck, 24),
    ] {
        for tenant in ["team", "other"] {
            let limiter = RateLimiter::new(WRITE_QPS);
            let passed = Passed::default();
            flood(&limiter, 2_000, "team", Priority::Interactive, &passed);
            tokio::time::sleep(Duration::from_secs(60)).await;
            let edits = requests_before(&limiter, tenant, priority, &passed).await;
            assert!(
                edits <= most,
                "{edits} edits before {priority:?} of {tenant}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_edit_passes_before_the_drift_corrections_of_all_tenants() {
    let limiter = RateLimiter::new(WRITE_QPS);
    let passed = Passed::default();
    for tenant in 0..50 {
        let tenant = format!("team-{tenant}");
        flood(&limiter, 100, &tenant, Priority::DriftCheck, &passed);
    }
    // Long enough that every correction is overdue.
    tokio::time::sleep(Duration::from_mins(10)).await;
    for tenant in ["team-7", "other"] {
        let corrections = requests_before(&limiter, tenant, Priority::Interactive, &passed).await;
        assert!(
            corrections <= 1,
            "{corrections} before the edit of {tenant}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn tenants_share_the_rate_equally_also_with_requests_of_different_priorities() {
    let limiter = RateLimiter::new(WRITE_QPS);
    let passed = Passed::default();
    for priority in [
        Priority::Interactive,
        Priority::Deletion,
        Priority::DriftCheck,
    ] {
        flood(&limiter, 1_000, "all", priority, &passed);
    }
    flood(&limiter, 1_000, "edits", Priority::Interactive, &passed);
    flood(&limiter, 1_000, "drift", Priority::DriftCheck, &passed);
    tokio::time::sleep(Duration::from_secs(300)).await;
    let passed = passed.lock().unwrap();
    for tenant in ["all", "edits", "drift"] {
        let count = passed.iter().filter(|(of, _)| of == tenant).count();
        assert!(
            (195..=205).contains(&count),
            "{tenant}: {count} of {}",
            passed.len()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_tenant_that_arrives_late_does_not_catch_up_on_all_turns_of_the_others() {
    let limiter = RateLimiter::new(WRITE_QPS);
    let passed = Passed::default();
    flood(&limiter, 1_000, "early", Priority::Interactive, &passed);
    tokio::time::sleep(Duration::from_secs(60)).await;
    passed.lock().unwrap().clear();
    flood(&limiter, 1_000, "late", Priority::Interactive, &passed);
    tokio::time::sleep(Duration::from_secs(30)).await;
    let passed = passed.lock().unwrap();
    let early = passed.iter().filter(|(of, _)| of == "early").count();
    let late = passed.len() - early;
    assert!((28..=31).contains(&early), "{early} early and {late} late");
}

#[tokio::test(start_paused = true)]
async fn parked_requests_count_and_stay_when_another_one_is_cancelled() {
    let limiter = RateLimiter::new(0.1);
    limiter.enqueue(Priority::Interactive, "a").acquire().await;
    let woken = Arc::<Mutex<Vec<&str>>>::default();
    let [first, second, third] = ["first", "second", "third"].map(|name| {
        let woken = Arc::clone(&woken);
        limiter.reserve(Priority::Interactive, "a", move || {
            woken.lock().unwrap().push(name);
        })
    });
    assert_eq!(limiter.snapshot().queue_depth, 3);
    assert!(first.is_ready() && !second.is_ready() && !third.is_ready());
    drop(first);
    assert_eq!(limiter.snapshot().queue_depth, 2);
    assert_eq!(*woken.lock().unwrap(), ["second"]);
    assert!(second.is_ready() && !third.is_ready());
}

#[tokio::test(start_paused = true)]
async fn a_retry_is_not_near_while_others_wait_or_are_about_to() {
    let limiter = RateLimiter::new(0.1);
    limiter.enqueue(Priority::Interactive, "a").acquire().await;
    let waiting = start(&limiter, "a", Priority::Interactive, &Passed::default());
    tokio::time::sleep(Duration::from_millis(1)).await;
    let arriving = limiter.enqueue(Priority::Interactive, "a");
    let retry = limiter.enqueue(Priority::Interactive, "a");
    assert!(!retry.is_near(), "two requests are ahead");
    drop(arriving);
    assert!(!retry.is_near(), "one request is ahead");
    waiting.await.unwrap();
    assert!(retry.is_near());
}

#[tokio::test(start_paused = true)]
async fn the_position_of_a_request_is_the_number_of_requests_that_pass_before_it() {
    let limiter = RateLimiter::new(1.0);
    limiter.enqueue(Priority::Interactive, "b").acquire().await;
    let mut reservations = vec![];
    for (priority, count) in [
        (Priority::DriftCheck, 2),
        (Priority::Deletion, 3),
        (Priority::Interactive, 40),
    ] {
        reservations.extend((0..count).map(|_| limiter.enqueue(priority, "a")));
    }
    let expected: Vec<usize> = reservations.iter().map(Reservation::position).collect();
    let passed = Arc::<Mutex<Vec<usize>>>::default();
    let tasks = reservations.into_iter().enumerate().map(|(index, it)| {
        let passed = Arc::clone(&passed);
        tokio::spawn(async move {
            it.acquire().await;
            passed.lock().unwrap().push(index);
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let passed = passed.lock().unwrap();
    let position = |index| passed.iter().position(|it| *it == index).unwrap();
    let positions: Vec<usize> = (0..passed.len()).map(position).collect();
    assert_eq!(positions, expected);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_parked_when_no_other_waits_is_woken_before_its_turn() {
    for (qps, seconds) in [(1.0, 0), (0.1, 2)] {
        let limiter = RateLimiter::new(qps);
        limiter.enqueue(Priority::Interactive, "a").acquire().await;
        let reservation = limiter.reserve(Priority::Interactive, "a", || ());
        let wait = if qps < 1.0 {
            WAKE_AHEAD
        } else {
            Duration::from_millis(10)
        };
        let turn = reservation.acquire_within(wait, || true).await;
        assert_eq!(turn, Turn::NotYet);
        let (sender, woken) = tokio::sync::oneshot::channel();
        let parked = Instant::now();
        reservation.park(move || sender.send(()).unwrap());
        let woken = timeout(Duration::from_mins(1), woken).await;
        assert!(woken.is_ok(), "nothing wakes it");
        assert_eq!(parked.elapsed().as_secs(), seconds);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_parked_behind_another_is_woken_when_that_passes() {
    let limiter = RateLimiter::new(1.0);
    limiter.enqueue(Priority::Interactive, "a").acquire().await;
    let first = start(&limiter, "a", Priority::Interactive, &Passed::default());
    let second = limiter.enqueue(Priority::Interactive, "a");
    let (sender, mut woken) = tokio::sync::oneshot::channel();
    second.park(move || sender.send(()).unwrap());
    assert!(woken.try_recv().is_err() && !second.is_ready());
    first.await.unwrap();
    assert!(woken.try_recv().is_ok() && second.is_ready());
}
