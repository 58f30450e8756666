//! The simulator in process, as other crates' tests use it.

use std::{collections::BTreeMap, time::Duration};

use cloudfront_simulator::{Credential, Edit, Fault, FaultMode, Options, Simulator};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Sends a request without a signature and reads what comes back until the connection ends.
async fn exchange(endpoint: &str, head: &str) -> String {
    let address = endpoint
        .strip_prefix("http://")
        .expect("endpoints are plain HTTP");
    let mut stream = TcpStream::connect(address)
        .await
        .expect("the simulator listens");
    let request = format!("{head} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("the simulator reads");
    let mut answer = String::new();
    // A reset is one of the outcomes that tests look for; what came before it is the answer.
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

async fn started() -> Simulator {
    Simulator::start(Options::default())
        .await
        .expect("loopback has free ports")
}

#[tokio::test]
async fn it_starts_with_credentials_for_tests() {
    let simulator = started().await;
    assert_eq!(simulator.credentials(), [Credential::for_tests()]);
    assert_ne!(simulator.endpoint(), simulator.control_endpoint());
}

#[tokio::test]
async fn an_unsigned_request_is_refused_and_journaled() {
    let simulator = started().await;
    let answer = exchange(&simulator.endpoint(), "GET /2020-05-31/distribution").await;
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    assert!(
        answer.contains("<Code>MissingAuthenticationToken</Code>"),
        "{answer}"
    );
    let journal = simulator.control().journal();
    assert_eq!(journal[0].operation, "ListDistributions");
    assert_eq!(
        (journal[0].status, journal[0].committed),
        (Some(403), false)
    );
}

#[tokio::test]
async fn it_is_gone_when_it_is_dropped() {
    let simulator = started().await;
    let address = simulator.endpoint().replace("http://", "");
    let mut idle = TcpStream::connect(&address).await.unwrap();
    drop(simulator);
    assert_eq!(idle.read(&mut [0; 1]).await.unwrap_or(0), 0);
    assert!(TcpStream::connect(&address).await.is_err());
}

#[tokio::test]
async fn the_clock_moves_on_request() {
    let simulator = started().await;
    let control = simulator.control();
    let before = control.now();
    control.advance(Duration::from_hours(48));
    assert!(control.now()[..10] > before[..10]);
}

#[tokio::test]
async fn faults_are_injected_and_played() {
    let simulator = started().await;
    let control = simulator.control();
    control.inject(Fault::on("ListDistributions", FaultMode::service_unavailable()).nth(2));
    let list = "GET /2020-05-31/distribution";
    assert!(
        exchange(&simulator.endpoint(), list)
            .await
            .starts_with("HTTP/1.1 403 ")
    );
    assert_eq!(control.faults().len(), 1);
    assert!(
        exchange(&simulator.endpoint(), list)
            .await
            .starts_with("HTTP/1.1 503 ")
    );
    assert!(control.faults().is_empty());
    control.inject(Fault::on("*", FaultMode::ResetBeforeCommit));
    assert_eq!(exchange(&simulator.endpoint(), list).await, "");
    assert_eq!(
        control.journal()[2].fault.as_deref(),
        Some("reset-before-commit")
    );
}

#[tokio::test]
async fn a_held_answer_is_released() {
    let simulator = started().await;
    let control = simulator.control();
    control.inject(Fault::on("*", FaultMode::Hold));
    let endpoint = simulator.endpoint();
    let waiting =
        tokio::spawn(async move { exchange(&endpoint, "GET /2020-05-31/distribution").await });
    while control.held_response_count() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(control.release_held_responses(), 1);
    assert!(waiting.await.unwrap().starts_with("HTTP/1.1 403 "));
}

#[tokio::test]
async fn control_over_http_is_the_same_control() {
    let simulator = started().await;
    let answer = exchange(&simulator.control_endpoint(), "POST /_sim/advance?by=24h").await;
    let now = simulator.control().now();
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.contains(&now[..10]),
        "{answer}"
    );
}

#[tokio::test]
async fn an_edit_of_what_does_not_exist_says_so() {
    let simulator = started().await;
    let tags = Edit::Tags {
        tags: BTreeMap::new(),
    };
    let error = simulator.control().edit("E0", tags).unwrap_err();
    assert!(error.to_string().contains("'E0'"), "{error}");
}

#[tokio::test]
async fn a_taken_port_is_an_error_that_names_it() {
    let first = started().await;
    let listen = first.endpoint().replace("http://", "").parse().unwrap();
    let second = Simulator::start(Options {
        listen,
        ..Options::default()
    })
    .await;
    let error = second.err().expect("the port is taken").to_string();
    assert!(error.contains(&listen.to_string()), "{error}");
}
