//! A server of the process in place of the endpoint, in paused time.

use cloudfront_operator::cloudfront::{
    Client, Clock, CloudFrontError, CredentialsSource, InProcessServer, Options, Priority, Request,
    StaticCredentials, TransportError,
};
use cloudfront_simulator::{
    Credential, Fault, FaultMode, InProcessSimulator, Options as SimulatorOptions,
};
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

const START: SystemTime = SystemTime::UNIX_EPOCH;

fn simulator() -> InProcessSimulator {
    let options = SimulatorOptions {
        start_time: Some(START),
        ..SimulatorOptions::default()
    };
    InProcessSimulator::new(&options).expect("there is no state file")
}

async fn client(simulator: &InProcessSimulator) -> Client {
    let key = Credential::for_tests();
    let simulator = simulator.clone();
    let server = InProcessServer::new(move |request| {
        let simulator = simulator.clone();
        async move {
            let response = simulator.handle(request).await;
            response.map_err(|broken| TransportError::NoResponse(broken.to_string()))
        }
    });
    let options = Options {
        credentials: CredentialsSource::Static(StaticCredentials {
            access_key_id: key.access_key,
            secret_access_key: key.secret_key,
            session_token: None,
        }),
        server: Some(server),
        clock: Clock::simulated(START),
        ..Options::default()
    };
    Client::new(options).await.expect("a client")
}

fn list() -> Request {
    Request::get("ListDistributions", "distribution").priority(Priority::Interactive)
}

#[tokio::test(start_paused = true)]
async fn signatures_are_valid_however_far_paused_time_advances() {
    let simulator = simulator();
    let client = client(&simulator).await;
    tokio::time::advance(Duration::from_secs(100 * 24 * 3600)).await;
    let response = client.send(&list()).await.expect("a list");
    assert!(response.document.is_some());
    let account = client.caller_account().await.expect("an account");
    assert_eq!(account, Credential::for_tests().account);
}

#[tokio::test(start_paused = true)]
async fn a_response_that_never_comes_ends_with_the_timeout_of_the_request() {
    let simulator = simulator();
    let client = client(&simulator).await;
    let begun = Instant::now();
    let never = Fault::on("*", FaultMode::Timeout { committed: false }).times(10);
    simulator.control().inject(never);
    let error = client.send(&list()).await.expect_err("no response");
    assert!(
        matches!(error, CloudFrontError::Unreachable { .. }),
        "{error}"
    );
    assert!(begun.elapsed() >= Options::default().request_timeout);
}

#[tokio::test(start_paused = true)]
async fn a_request_during_a_known_outage_is_not_retried() {
    let simulator = simulator();
    let client = client(&simulator).await;
    let fault = Fault::on("*", FaultMode::error(503, "ServiceUnavailable", "busy")).times(100);
    simulator.control().inject(fault);
    let attempts = || simulator.control().journal().len();
    client.send(&list()).await.expect_err("the outage begins");
    let first = attempts();
    assert!(first > 1, "the cause may be temporary");
    tokio::time::advance(Duration::from_secs(10)).await;
    client.send(&list()).await.expect_err("the outage lasts");
    assert_eq!(attempts(), first + 1);
}

#[tokio::test(start_paused = true)]
async fn a_request_of_a_caller_that_tries_again_later_is_sent_once() {
    let simulator = simulator();
    let client = client(&simulator).await.without_retries();
    let busy = Fault::on("*", FaultMode::error(503, "ServiceUnavailable", "busy"));
    simulator.control().inject(busy);
    client.send(&list()).await.expect_err("busy");
    assert_eq!(simulator.control().journal().len(), 1);
    client.send(&list()).await.expect("the fault is over");
}
