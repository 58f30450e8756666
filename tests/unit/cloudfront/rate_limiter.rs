//! The rate limiter, with a clock that advances only while every task waits.

use cloudfront_operator::cloudfront::{Priority, RateLimiter, Reservation, Turn, WAKE_AHEAD};
use std::sync::{Arc, Mutex};
use tokio::{
    task::JoinHandle,
    time::{Duration, Instant, advance, sleep},
};

type Order = Arc<Mutex<Vec<&'static str>>>;

async fn acquire(limiter: &RateLimiter, priority: Priority) -> Duration {
    limiter.enqueue(priority, "tenant").acquire().await
}

/// Starts a task that appends its name when its request passes.
fn caller(
    limiter: &RateLimiter,
    priority: Priority,
    name: &'static str,
    order: &Order,
) -> JoinHandle<()> {
    let (limiter, order) = (limiter.clone(), Arc::clone(order));
    tokio::spawn(async move {
        acquire(&limiter, priority).await;
        order.lock().unwrap().push(name);
    })
}

fn check_rate(limiter: &RateLimiter, expected: f64) {
    let rate = limiter.snapshot().rate;
    assert!((rate - expected).abs() < 1e-9, "{rate}, not {expected}");
}

/// Runs every task that is ready.
async fn settle() {
    sleep(Duration::from_millis(1)).await;
}

#[tokio::test(start_paused = true)]
async fn requests_keep_to_the_rate_after_a_burst_of_one_second() {
    let limiter = RateLimiter::new(5.0);
    let start = Instant::now();
    for _ in 0..15 {
        acquire(&limiter, Priority::Interactive).await;
    }
    let seconds = start.elapsed().as_secs_f64();
    assert!((2.0..2.1).contains(&seconds), "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn a_low_rate_grants_the_first_request_at_once() {
    let limiter = RateLimiter::new(0.25);
    assert_eq!(
        acquire(&limiter, Priority::Interactive).await,
        Duration::ZERO
    );
    let waited = acquire(&limiter, Priority::Interactive).await.as_secs_f64();
    assert!((4.0..4.1).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn zero_negative_rates_and_nan_mean_no_limit() {
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let limiter = RateLimiter::new(rate);
        for _ in 0..10_000 {
            assert_eq!(
                acquire(&limiter, Priority::DriftCheck).await,
                Duration::ZERO
            );
        }
        limiter.on_throttled();
        assert!(limiter.snapshot().rate.is_infinite());
    }
}

#[tokio::test(start_paused = true)]
async fn requests_pass_by_priority_and_then_by_arrival() {
    let limiter = RateLimiter::new(1.0);
    let order = Order::default();
    acquire(&limiter, Priority::Interactive).await;
    let arrivals = [
        (Priority::DriftCheck, "drift"),
        (Priority::DeploymentPoll, "deploy"),
        (Priority::Interactive, "first edit"),
        (Priority::Deletion, "delete"),
        (Priority::Interactive, "second edit"),
    ];
    let mut callers = vec![];
    for (priority, name) in arrivals {
        callers.push(caller(&limiter, priority, name, &order));
        settle().await;
    }
    assert_eq!(limiter.snapshot().queue_depth, 5);
    for caller in callers {
        caller.await.unwrap();
    }
    let expected = ["first edit", "second edit", "delete", "deploy", "drift"];
    assert_eq!(*order.lock().unwrap(), expected);
    assert_eq!(limiter.snapshot().queue_depth, 0);
}

#[tokio::test(start_paused = true)]
async fn an_aborted_request_gives_up_its_turn() {
    let limiter = RateLimiter::new(1.0);
    let order = Order::default();
    acquire(&limiter, Priority::Interactive).await;
    let first = caller(&limiter, Priority::Interactive, "first", &order);
    settle().await;
    let second = caller(&limiter, Priority::Interactive, "second", &order);
    settle().await;
    first.abort();
    let start = Instant::now();
    second.await.unwrap();
    assert_eq!(*order.lock().unwrap(), ["second"]);
    let seconds = start.elapsed().as_secs_f64();
    assert!(seconds < 1.01, "the turn is used: {seconds}");
}

#[tokio::test(start_paused = true)]
async fn throttling_halves_the_rate_down_to_a_minimum() {
    let limiter = RateLimiter::new(8.0);
    let mut rates = vec![];
    for _ in 0..6 {
        limiter.on_throttled();
        rates.push(limiter.snapshot().rate);
        // Longer than the cooldown, and too short for the rate to recover.
        advance(Duration::from_millis(1_001)).await;
    }
    assert!(
        rates
            .windows(2)
            .all(|pair| pair[1] < pair[0] || pair[1] < 0.64),
        "{rates:?}"
    );
    assert!(rates.iter().all(|rate| *rate >= 0.5), "{rates:?}");
}

#[tokio::test(start_paused = true)]
async fn throttling_of_one_burst_decreases_the_rate_once() {
    let limiter = RateLimiter::new(8.0);
    for _ in 0..20 {
        limiter.on_throttled();
    }
    check_rate(&limiter, 4.0);
}

#[tokio::test(start_paused = true)]
async fn a_limit_below_the_minimum_rate_is_not_raised() {
    let limiter = RateLimiter::new(0.1);
    limiter.on_throttled();
    check_rate(&limiter, 0.1);
}

#[tokio::test(start_paused = true)]
async fn the_rate_recovers_linearly_over_time() {
    let limiter = RateLimiter::new(6.0);
    limiter.on_throttled();
    check_rate(&limiter, 3.0);
    advance(Duration::from_secs(10)).await;
    check_rate(&limiter, 4.0);
    advance(Duration::from_mins(1)).await;
    check_rate(&limiter, 6.0);
}

#[tokio::test(start_paused = true)]
async fn the_rate_approaches_the_last_throttled_rate_slowly() {
    let limiter = RateLimiter::new(8.0);
    for _ in 0..3 {
        limiter.on_throttled();
        advance(Duration::from_millis(1_001)).await;
    }
    let low = limiter.snapshot().rate;
    assert!((1.0..1.2).contains(&low), "{low}");
    advance(Duration::from_secs(20)).await;
    let near = limiter.snapshot().rate;
    assert!(near < 2.2, "the last throttled rate is about 2.1: {near}");
    advance(Duration::from_mins(2)).await;
    check_rate(&limiter, 8.0);
}

#[tokio::test(start_paused = true)]
async fn throttling_halves_the_observed_rate_if_that_is_lower_than_the_rate() {
    let limiter = RateLimiter::new(4.0);
    for _ in 0..90 {
        acquire(&limiter, Priority::DriftCheck).await;
        advance(Duration::from_millis(333)).await;
    }
    limiter.on_throttled();
    let rate = limiter.snapshot().rate;
    assert!(
        (1.4..1.7).contains(&rate),
        "half of three per second, not {rate}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_short_observation_decreases_the_rate_to_a_quarter_at_most() {
    for count in [0, 3, 10] {
        let limiter = RateLimiter::new(10.0);
        for _ in 0..count {
            acquire(&limiter, Priority::DriftCheck).await;
        }
        limiter.on_throttled();
        let rate = limiter.snapshot().rate;
        assert!(rate >= 2.5, "{rate} after {count} requests");
    }
}

#[tokio::test(start_paused = true)]
async fn throttling_of_a_sibling_decreases_only_a_limiter_in_use() {
    let (idle, busy) = (RateLimiter::new(4.0), RateLimiter::new(4.0));
    for _ in 0..40 {
        acquire(&busy, Priority::DriftCheck).await;
    }
    idle.on_sibling_throttled();
    busy.on_sibling_throttled();
    check_rate(&idle, 4.0);
    let rate = busy.snapshot().rate;
    assert!(rate < 2.5, "{rate}");
}

#[tokio::test(start_paused = true)]
async fn throttling_drops_the_burst_tokens() {
    let limiter = RateLimiter::new(4.0);
    limiter.on_throttled();
    let waited = acquire(&limiter, Priority::Interactive).await.as_secs_f64();
    assert!((0.45..0.51).contains(&waited), "{waited}");
}

/// Returns the tenants in the order in which their requests pass, if they arrive in the given order.
async fn dispatch_order(limiter: &RateLimiter, tenants: &[&'static str]) -> Vec<&'static str> {
    let order = Order::default();
    let mut callers = vec![];
    for &tenant in tenants {
        let reservation = limiter.enqueue(Priority::Interactive, tenant);
        let order = Arc::clone(&order);
        callers.push(tokio::spawn(async move {
            reservation.acquire().await;
            order.lock().unwrap().push(tenant);
        }));
        settle().await;
    }
    for caller in callers {
        caller.await.unwrap();
    }
    order.lock().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn one_request_of_a_tenant_does_not_wait_for_all_requests_of_another() {
    let limiter = RateLimiter::new(1.0);
    acquire(&limiter, Priority::Interactive).await;
    let tenants = ["many", "many", "many", "many", "few", "few"];
    let expected = ["many", "few", "many", "few", "many", "many"];
    assert_eq!(dispatch_order(&limiter, &tenants).await, expected);
}

#[tokio::test(start_paused = true)]
async fn cancelled_requests_do_not_delay_later_ones_of_the_tenant() {
    let limiter = RateLimiter::new(1.0);
    acquire(&limiter, Priority::Interactive).await;
    let cancelled: Vec<Reservation> = (0..100)
        .map(|_| limiter.enqueue(Priority::Interactive, "fickle"))
        .collect();
    drop(cancelled);
    let tenants = ["other", "other", "other", "fickle"];
    let expected = ["other", "fickle", "other", "other"];
    assert_eq!(dispatch_order(&limiter, &tenants).await, expected);
}

#[tokio::test(start_paused = true)]
async fn a_dispatched_request_still_counts_for_the_tenant_after_it_is_dropped() {
    let limiter = RateLimiter::new(1.0);
    acquire(&limiter, Priority::Interactive).await;
    let first = limiter.enqueue(Priority::Interactive, "fickle");
    first.acquire().await;
    drop(first);
    let tenants = ["fickle", "other"];
    assert_eq!(
        dispatch_order(&limiter, &tenants).await,
        ["other", "fickle"]
    );
}

/// Reserves a position, and appends the name when the turn is near.
fn reserve(limiter: &RateLimiter, name: &'static str, woken: &Order) -> Reservation {
    let woken = Arc::clone(woken);
    limiter.reserve(Priority::Interactive, "tenant", move || {
        woken.lock().unwrap().push(name);
    })
}

#[tokio::test(start_paused = true)]
async fn a_parked_request_keeps_its_position_and_is_woken_when_its_turn_is_near() {
    let limiter = RateLimiter::new(0.3);
    acquire(&limiter, Priority::Interactive).await;
    let (woken, order) = (Order::default(), Order::default());
    let waiting = ["a", "b"].map(|name| caller(&limiter, Priority::Interactive, name, &order));
    settle().await;
    let reserved = ["c", "d", "e"].map(|name| reserve(&limiter, name, &woken));
    assert_eq!(reserved.each_ref().map(Reservation::position), [2, 3, 4]);
    assert!(reserved.iter().all(|reservation| !reservation.is_ready()));
    let late = caller(&limiter, Priority::Interactive, "late", &order);
    for caller in waiting {
        caller.await.unwrap();
    }
    assert_eq!(*woken.lock().unwrap(), ["c", "d"]);
    assert!(reserved[1].is_ready() && !reserved[2].is_ready());
    reserved[1].acquire().await;
    assert!(!order.lock().unwrap().contains(&"late"), "it arrived later");
    drop(reserved);
    late.await.unwrap();
    assert_eq!(limiter.snapshot().queue_depth, 0);
}

#[tokio::test(start_paused = true)]
async fn a_ready_reservation_that_is_not_used_delays_no_other_request() {
    let limiter = RateLimiter::new(1.0);
    acquire(&limiter, Priority::Interactive).await;
    let _unused = limiter.reserve(Priority::Interactive, "tenant", || {});
    let waited = acquire(&limiter, Priority::Interactive).await.as_secs_f64();
    assert!(waited < 1.01, "{waited}");
}

#[tokio::test(start_paused = true)]
async fn the_rate_is_used_while_woken_requests_have_not_arrived() {
    let limiter = RateLimiter::new(0.5);
    acquire(&limiter, Priority::Interactive).await;
    let woken = Order::default();
    let (order, names) = (Order::default(), ["a", "b", "c"]);
    let waiting = names.map(|name| caller(&limiter, Priority::Interactive, name, &order));
    settle().await;
    let unused = ["d", "e", "f", "g"].map(|name| reserve(&limiter, name, &woken));
    for caller in waiting {
        caller.await.unwrap();
    }
    assert!(unused[0].is_ready());
    let late = reserve(&limiter, "late", &woken);
    assert!(
        late.is_ready(),
        "it may pass before requests that have not arrived"
    );
    late.acquire().await;
}

#[tokio::test(start_paused = true)]
async fn without_a_limit_every_reservation_is_ready() {
    let limiter = RateLimiter::new(0.0);
    let woken = Order::default();
    let reserved: Vec<Reservation> = (0..1_000).map(|_| reserve(&limiter, "x", &woken)).collect();
    assert!(reserved.iter().all(Reservation::is_ready));
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_a_turn_is_bounded_and_the_position_is_kept() {
    let limiter = RateLimiter::new(0.1);
    acquire(&limiter, Priority::Interactive).await;
    let (woken, order) = (Order::default(), Order::default());
    let reserved = reserve(&limiter, "a", &woken);
    let start = Instant::now();
    let turn = reserved.acquire_within(WAKE_AHEAD, || true).await;
    assert_eq!((turn, start.elapsed()), (Turn::NotYet, WAKE_AHEAD));
    let woken_again = Arc::clone(&woken);
    reserved.park(move || woken_again.lock().unwrap().push("a"));
    assert!(!reserved.is_ready());
    let late = caller(&limiter, Priority::Interactive, "late", &order);
    settle().await;
    late.await.unwrap();
    assert_eq!(*woken.lock().unwrap(), ["a"], "the next turn is its own");
    assert_eq!(
        reserved.acquire_within(WAKE_AHEAD * 3, || true).await,
        Turn::Taken
    );
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_is_not_needed_or_not_used_costs_no_other_request_time() {
    let limiter = RateLimiter::new(1.0);
    acquire(&limiter, Priority::Interactive).await;
    let woken = Order::default();
    let outdated = reserve(&limiter, "a", &woken);
    let turn = outdated.acquire_within(WAKE_AHEAD, || false).await;
    assert_eq!(turn, Turn::Refused);
    let unused = reserve(&limiter, "b", &woken);
    let turn = unused.acquire_within(WAKE_AHEAD, || true).await;
    assert_eq!(turn, Turn::Taken);
    drop((outdated, unused));
    let waited = acquire(&limiter, Priority::Interactive).await;
    assert_eq!(waited, Duration::ZERO);
}
