//! The connections of one process of the operator. A killed process sends nothing more, and receives no response.

use super::{recorder::Recorder, watch_fault};
use crate::{
    api_server::{ApiServer, ResponseBody, refused},
    fault::Fault,
    history::What,
    label::{Label, Side},
};
use bytes::Bytes;
use cloudfront_operator::cloudfront::{InProcessServer, TransportError};
use cloudfront_simulator::{BrokenConnection, InProcessSimulator};
use http::{Request, Response};
use kube::client::Body;
use parking_lot::Mutex;
use std::{
    future::pending,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};

/// How late a request reaches the server: longer than the operator waits for a response of CloudFront.
const DELAY: Duration = Duration::from_secs(45);

/// For how long a process cannot renew its Lease: longer than the Lease is valid, so that another one acquires it.
const LEASE_OUTAGE: Duration = Duration::from_secs(15);

/// The gate through which all requests of one process pass. Clones share their state.
#[derive(Clone)]
pub(super) struct Gate {
    recorder: Arc<Mutex<Recorder>>,
    is_closed: Arc<AtomicBool>,
    closed: Arc<Notify>,
    /// The time since which another process takes over.
    taken_over: Arc<Mutex<Option<Instant>>>,
}

impl Gate {
    pub(super) fn new(recorder: Arc<Mutex<Recorder>>) -> Self {
        Self {
            recorder,
            is_closed: Arc::default(),
            closed: Arc::default(),
            taken_over: Arc::default(),
        }
    }

    /// Waits until the process was killed at a request.
    pub(super) async fn closed(&self) {
        self.closed.notified().await;
    }

    /// Kills the process: from now on it sends nothing.
    pub(super) fn close(&self) {
        if !self.is_closed.swap(true, Ordering::Relaxed) {
            self.recorder.lock().push(What::Crashed);
            self.closed.notify_one();
        }
    }

    /// Returns a client of the Kubernetes API.
    pub(super) fn kubernetes(&self, server: ApiServer) -> kube::Client {
        let gate = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let (gate, server) = (gate.clone(), server.clone());
            async move { gate.ask_kubernetes(server, request).await }
        });
        kube::Client::new(service, "default")
    }

    /// Returns the server that responds to requests to CloudFront.
    pub(super) fn cloudfront(&self, simulator: InProcessSimulator) -> InProcessServer {
        let gate = self.clone();
        InProcessServer::new(move |request| {
            let (gate, simulator) = (gate.clone(), simulator.clone());
            async move { gate.ask_cloudfront(simulator, request).await }
        })
    }

    /// Counts a request as in flight until the result is dropped.
    fn enter(&self, side: Side) -> impl Drop + use<> {
        self.recorder.lock().enter(side);
        InFlight(self.recorder.clone(), side)
    }

    async fn ask_kubernetes(
        &self,
        server: ApiServer,
        request: Request<Body>,
    ) -> Result<Response<ResponseBody>, io::Error> {
        let (operation, object) = server.describe(&request);
        let _in_flight = self.enter(Side::Kubernetes);
        let (label, fault) = self.begin(Side::Kubernetes, operation, object).await;
        let is_lease = label.operation.ends_with(" leases");
        let response = match fault {
            _ if is_lease && self.was_taken_over_within(LEASE_OUTAGE) => Ok(refused(500)),
            Some(Fault::ResetBefore) => Err(reset()),
            Some(Fault::Refused(code)) => Ok(refused(code)),
            Some(Fault::ResetAfter) => {
                server.respond(request).await;
                Err(reset())
            }
            Some(Fault::Late) => {
                let late = async move { server.respond(request).await };
                self.late(late).await
            }
            Some(fault) => Ok(watch_fault::apply(fault, server.respond(request).await)),
            None => Ok(server.respond(request).await),
        };
        let response = response.map(|it| self.delay_events(&label, it));
        self.end(label, fault).await;
        response
    }

    /// Delays the events of a watch until the process sees again what others do.
    fn delay_events(
        &self,
        label: &Label,
        response: Response<ResponseBody>,
    ) -> Response<ResponseBody> {
        if !label.has_verb(&["watch"]) {
            return response;
        }
        let gate = self.clone();
        let lag = Fault::Takeover.cleared_after();
        watch_fault::delay_while(response, move || gate.was_taken_over_within(lag))
    }

    fn was_taken_over_within(&self, period: Duration) -> bool {
        let since = *self.taken_over.lock();
        since.is_some_and(|since| since.elapsed() < period)
    }

    /// Sends a request late, also if the operator does not wait for the response any more.
    async fn late<R: Send + 'static>(
        &self,
        response: impl Future<Output = R> + Send + 'static,
    ) -> Result<R, io::Error> {
        let recorder = self.recorder.clone();
        let sent = tokio::spawn(async move {
            sleep(DELAY).await;
            let response = response.await;
            recorder.lock().observe();
            response
        });
        sent.await.map_err(io::Error::other)
    }

    async fn ask_cloudfront(
        &self,
        simulator: InProcessSimulator,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, TransportError> {
        let operation = simulator.operation(&request);
        let uri = request.uri().to_string();
        let object = self.recorder.lock().object_of(&uri, request.body());
        let _in_flight = self.enter(Side::CloudFront);
        let (label, fault) = self
            .begin(Side::CloudFront, operation.clone(), object)
            .await;
        if let Some(mode) = fault.and_then(|fault| fault.mode(&label)) {
            let fault = cloudfront_simulator::Fault::on(&operation, mode);
            simulator.control().inject(fault);
        }
        let handled = async move { simulator.handle(request).await };
        let response = match fault {
            Some(Fault::Late) => {
                let late = self.late(handled).await;
                late.map_err(|error| TransportError::NoResponse(error.to_string()))?
            }
            _ => handled.await,
        };
        self.end(label, fault).await;
        response.map_err(|broken| match broken {
            BrokenConnection::Reset => TransportError::NoResponse(broken.to_string()),
            BrokenConnection::Truncated => TransportError::InvalidResponse(broken.to_string()),
        })
    }

    /// Returns the label of a request and its fault, unless the process was killed or is killed at this request.
    async fn begin(&self, side: Side, operation: String, object: String) -> (Label, Option<Fault>) {
        self.stop_if_closed().await;
        let (label, fault) = self.recorder.lock().begin(side, operation, object);
        if fault == Some(Fault::Takeover) {
            *self.taken_over.lock() = Some(Instant::now());
            self.recorder.lock().push(What::TakenOver);
        }
        if fault == Some(Fault::CrashBeforeSend) {
            self.close();
            self.stop_if_closed().await;
        }
        (label, fault)
    }

    /// Records a request, and kills the process if it does not live to see the response.
    async fn end(&self, label: Label, fault: Option<Fault>) {
        self.recorder.lock().end(label);
        if fault == Some(Fault::CrashAfterCommit) {
            self.close();
        }
        self.stop_if_closed().await;
    }

    async fn stop_if_closed(&self) {
        if self.is_closed.load(Ordering::Relaxed) {
            pending::<()>().await;
        }
    }
}

/// A request in flight.
struct InFlight(Arc<Mutex<Recorder>>, Side);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.lock().leave(self.1);
    }
}

fn reset() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, "the connection is reset")
}
