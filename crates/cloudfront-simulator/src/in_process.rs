//! A simulator without sockets.

use bytes::Bytes;
use hyper::{Request, Response, header};

use crate::{
    api_port::{ApiPortHandler, ApiService},
    control::Control,
    http::{BrokenConnection, Handler, HttpRequest},
    options::{Credential, Options},
    service::SharedService,
    simulator::{StartError, accepted_credentials, load_service},
};

/// A simulator without sockets, for tests that pause tokio's time: paused time advances while a test waits for a socket.
///
/// It has no ports, so it ignores their addresses. It reads a state file at its creation, and never writes one. Clones share
/// one service.
#[derive(Clone)]
pub struct InProcessSimulator {
    credentials: Vec<Credential>,
    service: SharedService,
}

impl InProcessSimulator {
    /// Creates a simulator.
    pub fn new(options: &Options) -> Result<Self, StartError> {
        let credentials = accepted_credentials(options);
        Ok(Self {
            service: SharedService::new(load_service(options, &credentials)?),
            credentials,
        })
    }

    /// Responds to a request as the API port does, for both `CloudFront` and STS. A response that a fault withholds never
    /// comes.
    pub async fn handle(
        &self,
        mut request: Request<Bytes>,
    ) -> Result<Response<Bytes>, BrokenConnection> {
        let host = request.uri().authority().map(|it| it.as_str().parse());
        if let Some(Ok(host)) = host {
            // An HTTP client adds this header.
            request.headers_mut().entry(header::HOST).or_insert(host);
        }
        let handler = ApiPortHandler(self.service.clone());
        let delivery = handler.handle(HttpRequest::from(request)).await;
        delivery.complete().await
    }

    /// Returns the name of the operation of a request, as in the journal.
    pub fn operation(&self, request: &Request<Bytes>) -> String {
        let request = HttpRequest::from(request.clone());
        ApiService::of(&request).operation(&request)
    }

    /// Returns the access keys of the options.
    pub fn credentials(&self) -> &[Credential] {
        &self.credentials
    }

    /// Returns a handle with the functions of the control port.
    pub fn control(&self) -> Control {
        Control::new(self.service.clone())
    }
}
