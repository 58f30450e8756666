//! The rate limiter, on time that moves only when everybody waits.

use cloudfront_operator::cloudfront::{Priority, RateLimiter, Reservation};
use std::sync::{Arc, Mutex};
use tokio::{
    task::JoinHandle,
    time::{Duration, Instant, advance, sleep},
};

type Order = Arc<Mutex<Vec<&'static str>>>;

async fn turn(budget: &RateLimiter, priority: Priority) -> Duration {
    budget.enqueue(priority, "somebody").acquire().await
}

/// A caller that writes its name down when it is its turn.
fn caller(
    budget: &RateLimiter,
    priority: Priority,
    name: &'static str,
    order: &Order,
) -> JoinHandle<()> {
    let (budget, order) = (budget.clone(), Arc::clone(order));
    tokio::spawn(async move {
        turn(&budget, priority).await;
        order.lock().unwrap().push(name);
    })
}

fn check_rate(budget: &RateLimiter, expected: f64) {
    let rate = budget.snapshot().rate;
    assert!((rate - expected).abs() < 1e-9, "{rate}, not {expected}");
}

/// Lets everything run that can run now.
async fn settle() {
    sleep(Duration::from_millis(1)).await;
}

#[tokio::test(start_paused = true)]
async fn calls_keep_to_the_rate_after_a_burst_of_one_second() {
    let budget = RateLimiter::new(5.0);
    let start = Instant::now();
    for _ in 0..15 {
        turn(&budget, Priority::Interactive).await;
    }
    let seconds = start.elapsed().as_secs_f64();
    assert!((2.0..2.1).contains(&seconds), "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn a_slow_budget_still_grants_its_first_call_at_once() {
    let budget = RateLimiter::new(0.25);
    assert_eq!(turn(&budget, Priority::Interactive).await, Duration::ZERO);
    let waited = turn(&budget, Priority::Interactive).await.as_secs_f64();
    assert!((4.0..4.1).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn zero_less_and_not_a_number_mean_no_limit() {
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let budget = RateLimiter::new(rate);
        for _ in 0..10_000 {
            assert_eq!(turn(&budget, Priority::DriftCheck).await, Duration::ZERO);
        }
        budget.on_throttled();
        assert!(budget.snapshot().rate.is_infinite());
    }
}

#[tokio::test(start_paused = true)]
async fn people_go_first_and_otherwise_who_came_first() {
    let budget = RateLimiter::new(1.0);
    let order = Order::default();
    turn(&budget, Priority::Interactive).await;
    let arrivals = [
        (Priority::DriftCheck, "drift"),
        (Priority::DeploymentPoll, "deploy"),
        (Priority::Interactive, "first edit"),
        (Priority::Deletion, "delete"),
        (Priority::Interactive, "second edit"),
    ];
    let mut callers = vec![];
    for (priority, name) in arrivals {
        callers.push(caller(&budget, priority, name, &order));
        settle().await;
    }
    assert_eq!(budget.snapshot().queue_depth, 5);
    for caller in callers {
        caller.await.unwrap();
    }
    let expected = ["first edit", "second edit", "delete", "deploy", "drift"];
    assert_eq!(*order.lock().unwrap(), expected);
    assert_eq!(budget.snapshot().queue_depth, 0);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_leaves_gives_its_turn_away() {
    let budget = RateLimiter::new(1.0);
    let order = Order::default();
    turn(&budget, Priority::Interactive).await;
    let first = caller(&budget, Priority::Interactive, "first", &order);
    settle().await;
    let second = caller(&budget, Priority::Interactive, "second", &order);
    settle().await;
    first.abort();
    let start = Instant::now();
    second.await.unwrap();
    assert_eq!(*order.lock().unwrap(), ["second"]);
    let seconds = start.elapsed().as_secs_f64();
    assert!(seconds < 1.01, "the turn was not lost: {seconds}");
}

#[tokio::test(start_paused = true)]
async fn throttling_halves_the_rate_down_to_a_floor() {
    let budget = RateLimiter::new(8.0);
    let mut rates = vec![];
    for _ in 0..6 {
        budget.on_throttled();
        rates.push(budget.snapshot().rate);
        // Long enough to count as another burst, too short to recover much.
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
async fn complaints_about_one_burst_count_once() {
    let budget = RateLimiter::new(8.0);
    for _ in 0..20 {
        budget.on_throttled();
    }
    check_rate(&budget, 4.0);
}

#[tokio::test(start_paused = true)]
async fn a_budget_below_the_floor_is_not_raised_to_it() {
    let budget = RateLimiter::new(0.1);
    budget.on_throttled();
    check_rate(&budget, 0.1);
}

#[tokio::test(start_paused = true)]
async fn the_rate_recovers_evenly_and_by_itself() {
    let budget = RateLimiter::new(6.0);
    budget.on_throttled();
    check_rate(&budget, 3.0);
    advance(Duration::from_secs(10)).await;
    check_rate(&budget, 4.0);
    advance(Duration::from_mins(1)).await;
    check_rate(&budget, 6.0);
}

#[tokio::test(start_paused = true)]
async fn the_rate_of_which_cloudfront_complained_is_neared_slowly() {
    let budget = RateLimiter::new(8.0);
    for _ in 0..3 {
        budget.on_throttled();
        advance(Duration::from_millis(1_001)).await;
    }
    let low = budget.snapshot().rate;
    assert!((1.0..1.2).contains(&low), "{low}");
    advance(Duration::from_secs(20)).await;
    let near = budget.snapshot().rate;
    assert!(near < 2.2, "the last complaint was about 2.1: {near}");
    advance(Duration::from_mins(2)).await;
    check_rate(&budget, 8.0);
}

#[tokio::test(start_paused = true)]
async fn a_complaint_halves_the_pace_where_that_was_less_than_the_rate() {
    let budget = RateLimiter::new(4.0);
    for _ in 0..90 {
        turn(&budget, Priority::DriftCheck).await;
        advance(Duration::from_millis(333)).await;
    }
    budget.on_throttled();
    let rate = budget.snapshot().rate;
    assert!(
        (1.4..1.7).contains(&rate),
        "half of three a second, not {rate}"
    );
}

#[tokio::test(start_paused = true)]
async fn who_has_just_begun_is_not_taken_for_slow() {
    for calls in [0, 3, 10] {
        let budget = RateLimiter::new(10.0);
        for _ in 0..calls {
            turn(&budget, Priority::DriftCheck).await;
        }
        budget.on_throttled();
        let rate = budget.snapshot().rate;
        assert!(rate >= 2.5, "{rate} after {calls} calls");
    }
}

#[tokio::test(start_paused = true)]
async fn a_complaint_of_another_budget_slows_only_who_calls() {
    let (idle, busy) = (RateLimiter::new(4.0), RateLimiter::new(4.0));
    for _ in 0..40 {
        turn(&busy, Priority::DriftCheck).await;
    }
    idle.on_sibling_throttled();
    busy.on_sibling_throttled();
    check_rate(&idle, 4.0);
    let rate = busy.snapshot().rate;
    assert!(rate < 2.5, "{rate}");
}

#[tokio::test(start_paused = true)]
async fn throttling_takes_the_burst_away() {
    let budget = RateLimiter::new(4.0);
    budget.on_throttled();
    let waited = turn(&budget, Priority::Interactive).await.as_secs_f64();
    assert!((0.45..0.51).contains(&waited), "{waited}");
}

/// Who was served, in order, where these ask one after the other.
async fn served(budget: &RateLimiter, tenants: &[&'static str]) -> Vec<&'static str> {
    let order = Order::default();
    let mut callers = vec![];
    for &tenant in tenants {
        let place = budget.enqueue(Priority::Interactive, tenant);
        let order = Arc::clone(&order);
        callers.push(tokio::spawn(async move {
            place.acquire().await;
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
async fn one_call_of_a_tenant_does_not_wait_for_all_calls_of_another() {
    let budget = RateLimiter::new(1.0);
    turn(&budget, Priority::Interactive).await;
    let tenants = ["many", "many", "many", "many", "few", "few"];
    let expected = ["many", "few", "many", "few", "many", "many"];
    assert_eq!(served(&budget, &tenants).await, expected);
}

#[tokio::test(start_paused = true)]
async fn places_that_were_given_up_put_no_later_one_back() {
    let budget = RateLimiter::new(1.0);
    turn(&budget, Priority::Interactive).await;
    let places: Vec<Reservation> = (0..100)
        .map(|_| budget.enqueue(Priority::Interactive, "fickle"))
        .collect();
    drop(places);
    let tenants = ["other", "other", "other", "fickle"];
    let expected = ["other", "fickle", "other", "other"];
    assert_eq!(served(&budget, &tenants).await, expected);
}

#[tokio::test(start_paused = true)]
async fn who_gives_a_place_up_after_its_turn_does_not_get_that_turn_again() {
    let budget = RateLimiter::new(1.0);
    turn(&budget, Priority::Interactive).await;
    let first = budget.enqueue(Priority::Interactive, "fickle");
    first.acquire().await;
    drop(first);
    let tenants = ["fickle", "other"];
    assert_eq!(served(&budget, &tenants).await, ["other", "fickle"]);
}

/// Books a place; the name is written down when the turn is near.
fn book(budget: &RateLimiter, name: &'static str, called: &Order) -> Reservation {
    let called = Arc::clone(called);
    budget.reserve(Priority::Interactive, "somebody", move || {
        called.lock().unwrap().push(name);
    })
}

#[tokio::test(start_paused = true)]
async fn who_booked_a_place_is_called_when_its_turn_is_near_and_has_kept_it() {
    let budget = RateLimiter::new(0.3);
    turn(&budget, Priority::Interactive).await;
    let (called, order) = (Order::default(), Order::default());
    let waiting = ["a", "b"].map(|name| caller(&budget, Priority::Interactive, name, &order));
    settle().await;
    let booked = ["c", "d", "e"].map(|name| book(&budget, name, &called));
    assert_eq!(booked.each_ref().map(Reservation::position), [2, 3, 4]);
    assert!(booked.iter().all(|place| !place.is_ready()));
    let late = caller(&budget, Priority::Interactive, "late", &order);
    for caller in waiting {
        caller.await.unwrap();
    }
    assert_eq!(*called.lock().unwrap(), ["c", "d"]);
    assert!(booked[1].is_ready() && !booked[2].is_ready());
    booked[1].acquire().await;
    assert!(!order.lock().unwrap().contains(&"late"), "it came later");
    drop(booked);
    late.await.unwrap();
    assert_eq!(budget.snapshot().queue_depth, 0);
}

#[tokio::test(start_paused = true)]
async fn who_is_called_and_does_not_come_holds_nobody_up() {
    let budget = RateLimiter::new(1.0);
    turn(&budget, Priority::Interactive).await;
    let _absent = budget.reserve(Priority::Interactive, "somebody", || {});
    let waited = turn(&budget, Priority::Interactive).await.as_secs_f64();
    assert!(waited < 1.01, "{waited}");
}

#[tokio::test(start_paused = true)]
async fn no_turn_is_lost_while_those_who_were_called_are_long_in_coming() {
    let budget = RateLimiter::new(0.5);
    turn(&budget, Priority::Interactive).await;
    let called = Order::default();
    let (order, names) = (Order::default(), ["a", "b", "c"]);
    let waiting = names.map(|name| caller(&budget, Priority::Interactive, name, &order));
    settle().await;
    let absent = ["d", "e", "f", "g"].map(|name| book(&budget, name, &called));
    for caller in waiting {
        caller.await.unwrap();
    }
    assert!(absent[0].is_ready());
    let late = book(&budget, "late", &called);
    assert!(late.is_ready(), "it may go before those who do not come");
    late.acquire().await;
}

#[tokio::test(start_paused = true)]
async fn without_a_limit_nobody_is_sent_away() {
    let budget = RateLimiter::new(0.0);
    let called = Order::default();
    let booked: Vec<Reservation> = (0..1_000).map(|_| book(&budget, "x", &called)).collect();
    assert!(booked.iter().all(Reservation::is_ready));
}
