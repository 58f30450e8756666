//! Delivery of a response to the client, with transport faults.

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::{Response, StatusCode, header::HeaderValue};
use tokio::sync::oneshot;

use super::{body::ResponseBody, reset::ResetFlag, response::HttpResponse};

/// How a response is delivered.
pub(crate) enum Delivery {
    Send(HttpResponse),
    /// Resets the connection.
    Reset,
    /// Sends nothing and keeps the connection open.
    Never,
    /// Sends the response after its release.
    Hold(HttpResponse, oneshot::Receiver<()>),
    /// Closes the connection after this number of body bytes; `None` means half of the body.
    Truncate(HttpResponse, Option<usize>),
}

/// Why a client receives no complete response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrokenConnection {
    /// The connection was reset before the response.
    #[error("the connection was reset")]
    Reset,
    /// The connection was closed within the body of the response.
    #[error("the connection was closed within the response")]
    Truncated,
}

impl Delivery {
    /// Delivers the response to a client in this process.
    pub(crate) async fn complete(self) -> Result<Response<Bytes>, BrokenConnection> {
        let reset = ResetFlag::default();
        let (parts, body) = self.into_response(&reset).await.into_parts();
        if reset.is_set() {
            return Err(BrokenConnection::Reset);
        }
        let body = body.collect().await;
        let body = body.map_err(|_| BrokenConnection::Truncated)?.to_bytes();
        Ok(Response::from_parts(parts, body))
    }

    pub(super) async fn into_response(self, reset: &ResetFlag) -> Response<ResponseBody> {
        match self {
            Self::Send(response) => into_hyper_response(response, None),
            Self::Truncate(response, length) => {
                let half = response.body.len() / 2;
                into_hyper_response(response, Some(length.unwrap_or(half)))
            }
            Self::Hold(response, released) => {
                // The wait ends with a release or when the simulator drops the sender.
                let _ = released.await;
                into_hyper_response(response, None)
            }
            Self::Never => std::future::pending().await,
            Self::Reset => {
                reset.set();
                into_hyper_response(
                    HttpResponse {
                        status: 500,
                        ..HttpResponse::default()
                    },
                    None,
                )
            }
        }
    }
}

fn into_hyper_response(
    response: HttpResponse,
    truncate_at: Option<usize>,
) -> Response<ResponseBody> {
    let body = ResponseBody::new(response.body, response.chunk_delay);
    let mut converted = Response::new(match truncate_at {
        Some(length) => body.truncated(length),
        None => body,
    });
    *converted.status_mut() =
        StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in response.headers {
        // The location of a redirect fault can contain characters that are not valid in a header. It is then omitted.
        if let Ok(value) = HeaderValue::from_str(&value) {
            converted.headers_mut().insert(name, value);
        }
    }
    converted
}
