//! AWS's default credentials chain, over this client's HTTP transport.

use crate::cloudfront::http::{Transport, TransportError};
use aws_config::{
    Region, default_provider::credentials::DefaultCredentialsChain, provider_config::ProviderConfig,
};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
            SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use std::time::Duration;

/// Adapts the [`Transport`] to the chain, so that there is one HTTP stack and one TLS stack.
#[derive(Clone, Debug)]
struct HttpAdapter {
    transport: Transport,
    timeout: Option<Duration>,
}

/// Builds the chain for an operator in `region`, where it sends requests to STS.
///
/// Without a region the chain reads it from the instance metadata, and without metadata fails to assume a role.
pub(in crate::cloudfront) async fn default_chain(
    transport: Transport,
    region: String,
) -> SharedCredentialsProvider {
    let adapter = HttpAdapter {
        transport,
        timeout: None,
    };
    let chain = DefaultCredentialsChain::builder()
        .configure(ProviderConfig::without_region().with_http_client(adapter))
        .region(Region::new(region));
    SharedCredentialsProvider::new(chain.build().await)
}

impl HttpClient for HttpAdapter {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let timeouts = [settings.connect_timeout(), settings.read_timeout()];
        SharedHttpConnector::new(Self {
            transport: self.transport.clone(),
            // Outside of EC2 the instance metadata never responds, and the chain must not wait for it.
            timeout: timeouts.into_iter().flatten().reduce(|a, b| a + b),
        })
    }
}

impl HttpConnector for HttpAdapter {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self { transport, timeout } = self.clone();
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x().map_err(user_error)?;
            let (parts, body) = request.into_parts();
            let body = body
                .bytes()
                .ok_or_else(|| user_error("a body that is a stream"))?;
            let request = http::Request::from_parts(parts, Bytes::copy_from_slice(body));
            let raw = transport
                .exchange(request, timeout, None)
                .await
                .map_err(io_error)?;
            let mut response = http::Response::new(SdkBody::from(raw.body));
            *response.status_mut() = http::StatusCode::from_u16(raw.status).map_err(user_error)?;
            *response.headers_mut() = raw.headers;
            HttpResponse::try_from(response).map_err(user_error)
        })
    }
}

fn user_error(error: impl Into<BoxError>) -> ConnectorError {
    ConnectorError::user(error.into())
}

fn io_error(error: TransportError) -> ConnectorError {
    ConnectorError::io(error.into())
}
