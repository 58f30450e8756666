//! Budgets, on time that moves only when everybody waits.

use cloudfront_operator::cloudfront::{Booking, Budget, Priority};
use std::sync::{Arc, Mutex};
use tokio::{
    task::JoinHandle,
    time::{Duration, Instant, advance, sleep},
};

type Order = Arc<Mutex<Vec<&'static str>>>;

async fn turn(budget: &Budget, priority: Priority) -> Duration {
    budget.join(priority, "somebody").turn().await
}

/// A caller that writes its name down when it is its turn.
fn caller(
    budget: &Budget,
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

fn check_rate(budget: &Budget, expected: f64) {
    let rate = budget.snapshot().rate;
    assert!((rate - expected).abs() < 1e-9, "{rate}, not {expected}");
}

/// Lets everything run that can run now.
async fn settle() {
    sleep(Duration::from_millis(1)).await;
}

#[tokio::test(start_paused = true)]
async fn calls_keep_to_the_rate_after_a_burst_of_one_second() {
    let budget = Budget::new(5.0);
    let start = Instant::now();
    for _ in 0..15 {
        turn(&budget, Priority::Edit).await;
    }
    let seconds = start.elapsed().as_secs_f64();
    assert!((2.0..2.1).contains(&seconds), "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn a_slow_budget_still_grants_its_first_call_at_once() {
    let budget = Budget::new(0.25);
    assert_eq!(turn(&budget, Priority::Edit).await, Duration::ZERO);
    let waited = turn(&budget, Priority::Edit).await.as_secs_f64();
    assert!((4.0..4.1).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn zero_less_and_not_a_number_mean_no_limit() {
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let budget = Budget::new(rate);
        for _ in 0..10_000 {
            assert_eq!(turn(&budget, Priority::Drift).await, Duration::ZERO);
        }
        budget.throttled();
        assert!(budget.snapshot().rate.is_infinite());
    }
}

#[tokio::test(start_paused = true)]
async fn people_go_first_and_otherwise_who_came_first() {
    let budget = Budget::new(1.0);
    let order = Order::default();
    turn(&budget, Priority::Edit).await;
    let arrivals = [
        (Priority::Drift, "drift"),
        (Priority::Deploy, "deploy"),
        (Priority::Edit, "first edit"),
        (Priority::Delete, "delete"),
        (Priority::Edit, "second edit"),
    ];
    let mut callers = vec![];
    for (priority, name) in arrivals {
        callers.push(caller(&budget, priority, name, &order));
        settle().await;
    }
    assert_eq!(budget.snapshot().waiting, 5);
    for caller in callers {
        caller.await.unwrap();
    }
    let expected = ["first edit", "second edit", "delete", "deploy", "drift"];
    assert_eq!(*order.lock().unwrap(), expected);
    assert_eq!(budget.snapshot().waiting, 0);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_leaves_gives_its_turn_away() {
    let budget = Budget::new(1.0);
    let order = Order::default();
    turn(&budget, Priority::Edit).await;
    let first = caller(&budget, Priority::Edit, "first", &order);
    settle().await;
    let second = caller(&budget, Priority::Edit, "second", &order);
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
    let budget = Budget::new(8.0);
    let mut rates = vec![];
    for _ in 0..6 {
        budget.throttled();
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
    let budget = Budget::new(8.0);
    for _ in 0..20 {
        budget.throttled();
    }
    check_rate(&budget, 4.0);
}

#[tokio::test(start_paused = true)]
async fn a_budget_below_the_floor_is_not_raised_to_it() {
    let budget = Budget::new(0.1);
    budget.throttled();
    check_rate(&budget, 0.1);
}

#[tokio::test(start_paused = true)]
async fn the_rate_recovers_evenly_and_by_itself() {
    let budget = Budget::new(6.0);
    budget.throttled();
    check_rate(&budget, 3.0);
    advance(Duration::from_secs(10)).await;
    check_rate(&budget, 4.0);
    advance(Duration::from_mins(1)).await;
    check_rate(&budget, 6.0);
}

#[tokio::test(start_paused = true)]
async fn the_rate_of_which_cloudfront_complained_is_neared_slowly() {
    let budget = Budget::new(8.0);
    for _ in 0..3 {
        budget.throttled();
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
    let budget = Budget::new(4.0);
    for _ in 0..90 {
        turn(&budget, Priority::Drift).await;
        advance(Duration::from_millis(333)).await;
    }
    budget.throttled();
    let rate = budget.snapshot().rate;
    assert!(
        (1.4..1.7).contains(&rate),
        "half of three a second, not {rate}"
    );
}

#[tokio::test(start_paused = true)]
async fn who_has_just_begun_is_not_taken_for_slow() {
    for calls in [0, 3, 10] {
        let budget = Budget::new(10.0);
        for _ in 0..calls {
            turn(&budget, Priority::Drift).await;
        }
        budget.throttled();
        let rate = budget.snapshot().rate;
        assert!(rate >= 2.5, "{rate} after {calls} calls");
    }
}

#[tokio::test(start_paused = true)]
async fn a_complaint_of_another_budget_slows_only_who_calls() {
    let (idle, busy) = (Budget::new(4.0), Budget::new(4.0));
    for _ in 0..40 {
        turn(&busy, Priority::Drift).await;
    }
    idle.throttled_beside();
    busy.throttled_beside();
    check_rate(&idle, 4.0);
    let rate = busy.snapshot().rate;
    assert!(rate < 2.5, "{rate}");
}

#[tokio::test(start_paused = true)]
async fn throttling_takes_the_burst_away() {
    let budget = Budget::new(4.0);
    budget.throttled();
    let waited = turn(&budget, Priority::Edit).await.as_secs_f64();
    assert!((0.45..0.51).contains(&waited), "{waited}");
}

/// Who was served, in order, where these ask one after the other.
async fn served(budget: &Budget, tenants: &[&'static str]) -> Vec<&'static str> {
    let order = Order::default();
    let mut callers = vec![];
    for &tenant in tenants {
        let place = budget.join(Priority::Edit, tenant);
        let order = Arc::clone(&order);
        callers.push(tokio::spawn(async move {
            place.turn().await;
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
    let budget = Budget::new(1.0);
    turn(&budget, Priority::Edit).await;
    let tenants = ["many", "many", "many", "many", "few", "few"];
    let expected = ["many", "few", "many", "few", "many", "many"];
    assert_eq!(served(&budget, &tenants).await, expected);
}

#[tokio::test(start_paused = true)]
async fn places_that_were_given_up_put_no_later_one_back() {
    let budget = Budget::new(1.0);
    turn(&budget, Priority::Edit).await;
    let places: Vec<Booking> = (0..100)
        .map(|_| budget.join(Priority::Edit, "fickle"))
        .collect();
    drop(places);
    let tenants = ["other", "other", "other", "fickle"];
    let expected = ["other", "fickle", "other", "other"];
    assert_eq!(served(&budget, &tenants).await, expected);
}

#[tokio::test(start_paused = true)]
async fn who_gives_a_place_up_after_its_turn_does_not_get_that_turn_again() {
    let budget = Budget::new(1.0);
    turn(&budget, Priority::Edit).await;
    let first = budget.join(Priority::Edit, "fickle");
    first.turn().await;
    drop(first);
    let tenants = ["fickle", "other"];
    assert_eq!(served(&budget, &tenants).await, ["other", "fickle"]);
}

/// Books a place; the name is written down when the turn is near.
fn book(budget: &Budget, name: &'static str, called: &Order) -> Booking {
    let called = Arc::clone(called);
    budget.book(Priority::Edit, "somebody", move || {
        called.lock().unwrap().push(name);
    })
}

#[tokio::test(start_paused = true)]
async fn who_booked_a_place_is_called_when_its_turn_is_near_and_has_kept_it() {
    let budget = Budget::new(0.3);
    turn(&budget, Priority::Edit).await;
    let (called, order) = (Order::default(), Order::default());
    let waiting = ["a", "b"].map(|name| caller(&budget, Priority::Edit, name, &order));
    settle().await;
    let booked = ["c", "d", "e"].map(|name| book(&budget, name, &called));
    assert_eq!(booked.each_ref().map(Booking::ahead), [2, 3, 4]);
    assert!(booked.iter().all(|place| !place.is_called()));
    let late = caller(&budget, Priority::Edit, "late", &order);
    for caller in waiting {
        caller.await.unwrap();
    }
    assert_eq!(*called.lock().unwrap(), ["c", "d"]);
    assert!(booked[1].is_called() && !booked[2].is_called());
    booked[1].turn().await;
    assert!(!order.lock().unwrap().contains(&"late"), "it came later");
    drop(booked);
    late.await.unwrap();
    assert_eq!(budget.snapshot().waiting, 0);
}

#[tokio::test(start_paused = true)]
async fn who_is_called_and_does_not_come_holds_nobody_up() {
    let budget = Budget::new(1.0);
    turn(&budget, Priority::Edit).await;
    let _absent = budget.book(Priority::Edit, "somebody", || {});
    let waited = turn(&budget, Priority::Edit).await.as_secs_f64();
    assert!(waited < 1.01, "{waited}");
}

#[tokio::test(start_paused = true)]
async fn no_turn_is_lost_while_those_who_were_called_are_long_in_coming() {
    let budget = Budget::new(0.5);
    turn(&budget, Priority::Edit).await;
    let called = Order::default();
    let (order, names) = (Order::default(), ["a", "b", "c"]);
    let waiting = names.map(|name| caller(&budget, Priority::Edit, name, &order));
    settle().await;
    let absent = ["d", "e", "f", "g"].map(|name| book(&budget, name, &called));
    for caller in waiting {
        caller.await.unwrap();
    }
    assert!(absent[0].is_called());
    let late = book(&budget, "late", &called);
    assert!(late.is_called(), "it may go before those who do not come");
    late.turn().await;
}

#[tokio::test(start_paused = true)]
async fn without_a_limit_nobody_is_sent_away() {
    let budget = Budget::new(0.0);
    let called = Order::default();
    let booked: Vec<Booking> = (0..1_000).map(|_| book(&budget, "x", &called)).collect();
    assert!(booked.iter().all(Booking::is_called));
}
