//! AWS's usual chain of credential sources, on our own HTTP.

use crate::cloudfront::http::{Failure, Transport};
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

/// Lends the [`Transport`] to the chain: one HTTP stack, one TLS stack.
#[derive(Clone, Debug)]
struct Adapter {
    transport: Transport,
    deadline: Option<Duration>,
}

/// The chain, for an operator that runs in `region`: STS is asked there.
///
/// Without a region the chain would ask the instance's metadata for one, and then fail to assume a role.
pub(in crate::cloudfront) async fn chain(
    transport: Transport,
    region: String,
) -> SharedCredentialsProvider {
    let adapter = Adapter {
        transport,
        deadline: None,
    };
    let chain = DefaultCredentialsChain::builder()
        .configure(ProviderConfig::without_region().with_http_client(adapter))
        .region(Region::new(region));
    SharedCredentialsProvider::new(chain.build().await)
}

impl HttpClient for Adapter {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let waits = [settings.connect_timeout(), settings.read_timeout()];
        SharedHttpConnector::new(Self {
            transport: self.transport.clone(),
            // Instance metadata answers at once or never: outside of EC2 the chain must not hang there.
            deadline: waits.into_iter().flatten().reduce(|a, b| a + b),
        })
    }
}

impl HttpConnector for Adapter {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self {
            transport,
            deadline,
        } = self.clone();
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x().map_err(user)?;
            let (parts, body) = request.into_parts();
            let body = body
                .bytes()
                .ok_or_else(|| user("a body that is a stream"))?;
            let request = http::Request::from_parts(parts, Bytes::copy_from_slice(body));
            let reply = transport
                .exchange(request, deadline)
                .await
                .map_err(failed)?;
            let mut response = http::Response::new(SdkBody::from(reply.body));
            *response.status_mut() = http::StatusCode::from_u16(reply.status).map_err(user)?;
            *response.headers_mut() = reply.headers;
            HttpResponse::try_from(response).map_err(user)
        })
    }
}

fn user(error: impl Into<BoxError>) -> ConnectorError {
    ConnectorError::user(error.into())
}

fn failed(failure: Failure) -> ConnectorError {
    ConnectorError::io(failure.into())
}
