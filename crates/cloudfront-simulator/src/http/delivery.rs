//! Delivery of a response to the client, with transport faults.

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

impl Delivery {
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
