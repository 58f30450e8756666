//! Tests of the simulator in process, as the tests of other crates use it.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use cloudfront_simulator::{
    BrokenConnection, Credential, Edit, Fault, FaultMode, FunctionTest, InProcessSimulator,
    Options, Simulator,
};
use hyper::Request;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Sends a request without a signature and returns the response.
async fn send_unsigned(endpoint: &str, request_line: &str) -> String {
    let address = endpoint
        .strip_prefix("http://")
        .expect("endpoints are plain HTTP");
    let mut stream = TcpStream::connect(address)
        .await
        .expect("the simulator listens");
    let request =
        format!("{request_line} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("the simulator reads");
    let mut response = String::new();
    // A reset is a valid outcome. The response is then what was received before it.
    let _ = stream.read_to_string(&mut response).await;
    response
}

async fn start_simulator() -> Simulator {
    Simulator::start(Options::default())
        .await
        .expect("loopback has free ports")
}

#[tokio::test]
async fn the_default_credentials_are_those_for_tests() {
    let simulator = start_simulator().await;
    assert_eq!(simulator.credentials(), [Credential::for_tests()]);
    assert_ne!(simulator.endpoint(), simulator.control_endpoint());
}

#[tokio::test]
async fn an_unsigned_request_is_rejected_and_recorded_in_the_journal() {
    let simulator = start_simulator().await;
    let response = send_unsigned(&simulator.endpoint(), "GET /2020-05-31/distribution").await;
    assert!(response.starts_with("HTTP/1.1 403 "), "{response}");
    assert!(
        response.contains("<Code>MissingAuthenticationToken</Code>"),
        "{response}"
    );
    let journal = simulator.control().journal();
    assert_eq!(journal[0].operation, "ListDistributions");
    assert_eq!(
        (journal[0].status, journal[0].committed),
        (Some(403), false)
    );
}

#[tokio::test]
async fn dropping_the_simulator_closes_connections_and_ports() {
    let simulator = start_simulator().await;
    let address = simulator.endpoint().replace("http://", "");
    let mut idle = TcpStream::connect(&address).await.unwrap();
    drop(simulator);
    assert_eq!(idle.read(&mut [0; 1]).await.unwrap_or(0), 0);
    assert!(TcpStream::connect(&address).await.is_err());
}

#[tokio::test]
async fn the_clock_can_be_advanced() {
    let simulator = start_simulator().await;
    let control = simulator.control();
    let before = control.now();
    control.advance(Duration::from_hours(48));
    assert!(control.now()[..10] > before[..10]);
}

#[tokio::test]
async fn an_injected_fault_is_triggered_once() {
    let simulator = start_simulator().await;
    let control = simulator.control();
    control.inject(Fault::on("ListDistributions", FaultMode::service_unavailable()).nth(2));
    let list = "GET /2020-05-31/distribution";
    assert!(
        send_unsigned(&simulator.endpoint(), list)
            .await
            .starts_with("HTTP/1.1 403 ")
    );
    assert_eq!(control.faults().len(), 1);
    assert!(
        send_unsigned(&simulator.endpoint(), list)
            .await
            .starts_with("HTTP/1.1 503 ")
    );
    assert!(control.faults().is_empty());
    control.inject(Fault::on("*", FaultMode::ResetBeforeCommit));
    assert_eq!(send_unsigned(&simulator.endpoint(), list).await, "");
    assert_eq!(
        control.journal()[2].fault.as_deref(),
        Some("reset-before-commit")
    );
}

#[tokio::test]
async fn a_held_response_is_sent_after_its_release() {
    let simulator = start_simulator().await;
    let control = simulator.control();
    control.inject(Fault::on("*", FaultMode::Hold));
    let endpoint = simulator.endpoint();
    let pending =
        tokio::spawn(async move { send_unsigned(&endpoint, "GET /2020-05-31/distribution").await });
    while control.held_response_count() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(control.release_held_responses(), 1);
    assert!(pending.await.unwrap().starts_with("HTTP/1.1 403 "));
}

#[tokio::test]
async fn the_control_port_controls_the_same_simulator() {
    let simulator = start_simulator().await;
    let response = send_unsigned(&simulator.control_endpoint(), "POST /_sim/advance?by=24h").await;
    let now = simulator.control().now();
    assert!(
        response.starts_with("HTTP/1.1 200 ") && response.contains(&now[..10]),
        "{response}"
    );
}

#[tokio::test]
async fn an_edit_of_a_missing_resource_is_an_error_with_its_id() {
    let simulator = start_simulator().await;
    let tags = Edit::Tags {
        tags: BTreeMap::new(),
    };
    let error = simulator.control().edit("E0", tags).unwrap_err();
    assert!(error.to_string().contains("'E0'"), "{error}");
}

#[tokio::test]
async fn results_of_function_tests_are_set_and_cleared() {
    let simulator = start_simulator().await;
    let control = simulator.control();
    let test = FunctionTest {
        function: "f".to_owned(),
        error: Some("SyntaxError".to_owned()),
        ..FunctionTest::default()
    };
    control.set_function_test(test.clone());
    assert_eq!(control.function_tests(), [test]);
    control.clear_function_tests();
    assert!(control.function_tests().is_empty());
}

#[tokio::test]
async fn a_port_in_use_is_an_error_with_the_address() {
    let first = start_simulator().await;
    let listen = first.endpoint().replace("http://", "").parse().unwrap();
    let second = Simulator::start(Options {
        listen,
        ..Options::default()
    })
    .await;
    let error = second.err().expect("the port is taken").to_string();
    assert!(error.contains(&listen.to_string()), "{error}");
}

fn simulator_without_sockets() -> InProcessSimulator {
    let options = Options {
        start_time: Some(SystemTime::UNIX_EPOCH),
        ..Options::default()
    };
    InProcessSimulator::new(&options).expect("there is no state file")
}

fn list_request() -> Request<Bytes> {
    let uri = "https://cloudfront.amazonaws.com/2020-05-31/distribution";
    let request = Request::get(uri).body(Bytes::new());
    request.expect("the request is valid")
}

#[tokio::test(start_paused = true)]
async fn a_simulator_without_sockets_keeps_tokios_time() {
    let simulator = simulator_without_sockets();
    tokio::time::advance(Duration::from_secs(3600)).await;
    let response = simulator.handle(list_request()).await.expect("a response");
    assert_eq!(response.status(), 403);
    assert_eq!(response.headers()["date"], "Thu, 01 Jan 1970 01:00:00 GMT");
    let control = simulator.control();
    assert_eq!(control.journal()[0].time, "1970-01-01T01:00:00.000Z");
    assert_eq!(simulator.operation(&list_request()), "ListDistributions");
}

#[tokio::test(start_paused = true)]
async fn a_simulator_without_sockets_breaks_connections() {
    let simulator = simulator_without_sockets();
    let truncated = FaultMode::TruncatedBody { at: None };
    let never = FaultMode::Timeout { committed: false };
    for mode in [FaultMode::ResetBeforeCommit, truncated, never] {
        simulator.control().inject(Fault::on("*", mode));
    }
    let reset = simulator.handle(list_request()).await;
    assert_eq!(reset.err(), Some(BrokenConnection::Reset));
    let truncated = simulator.handle(list_request()).await;
    assert_eq!(truncated.err(), Some(BrokenConnection::Truncated));
    let response = simulator.handle(list_request());
    let waited = tokio::time::timeout(Duration::from_secs(3600), response).await;
    assert!(waited.is_err(), "the response is withheld");
}
