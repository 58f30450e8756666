//! How an answer reaches the client, or does not.

use hyper::{Response, StatusCode, header::HeaderValue};
use tokio::sync::oneshot;

use super::{Doom, Reply, body::ReplyBody};

/// What becomes of an answer.
pub(crate) enum Delivery {
    Answer(Reply),
    /// The connection is reset.
    Reset,
    /// Nothing is ever sent.
    Never,
    /// Sent when released.
    Held(Reply, oneshot::Receiver<()>),
    /// Cut after so many bytes of the body.
    Cut(Reply, Option<usize>),
}

impl Delivery {
    pub(super) async fn send(self, doom: &Doom) -> Response<ReplyBody> {
        match self {
            Self::Answer(reply) => response(reply, None),
            Self::Cut(reply, at) => {
                let half = reply.body.len() / 2;
                response(reply, Some(at.unwrap_or(half)))
            }
            Self::Held(reply, released) => {
                // Both a release and the simulator's end let it go.
                let _ = released.await;
                response(reply, None)
            }
            Self::Never => std::future::pending().await,
            Self::Reset => {
                doom.seal();
                response(
                    Reply {
                        status: 500,
                        ..Reply::default()
                    },
                    None,
                )
            }
        }
    }
}

fn response(reply: Reply, cut: Option<usize>) -> Response<ReplyBody> {
    let body = ReplyBody::new(reply.body, reply.pace);
    let mut response = Response::new(match cut {
        Some(at) => body.cut_at(at),
        None => body,
    });
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        // A fault's location may hold what no header can; it is then left out.
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
