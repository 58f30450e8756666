//! Connections: accepted, served, and reset when a fault says so.

use std::{
    convert::Infallible,
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use hyper::{Response, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::{Delivery, Received, Reply, body::ReplyBody};

/// Answers requests.
pub(crate) trait Handler: Clone + Send + 'static {
    fn handle(&self, request: Received) -> impl Future<Output = Delivery> + Send;
}

/// Serves connections until it is dropped, which ends them all.
pub(crate) async fn serve(listener: TcpListener, handler: impl Handler) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // A failed accept concerns one client, or passes when descriptors are free again.
                if let Ok((stream, _)) = accepted {
                    connections.spawn(connection(stream, handler.clone()));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, handler: impl Handler) {
    // A lost option only delays small answers.
    let _ = stream.set_nodelay(true);
    let doom = Doom::default();
    let io = TokioIo::new(Doomed {
        stream,
        doom: doom.clone(),
    });
    let service = service_fn(move |request| {
        let (handler, doom) = (handler.clone(), doom.clone());
        async move {
            let delivery = match Received::read(request).await {
                Some(received) => handler.handle(received).await,
                None => Delivery::Answer(Reply {
                    status: 413,
                    ..Reply::default()
                }),
            };
            Ok::<Response<ReplyBody>, Infallible>(delivery.send(&doom).await)
        }
    });
    // Errors here are the client's going away, or ours by intent.
    let _ = http1::Builder::new().serve_connection(io, service).await;
}

/// Whether a connection must end with a reset.
#[derive(Clone, Default)]
pub(crate) struct Doom(Arc<AtomicBool>);

impl Doom {
    pub(crate) fn seal(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn is_sealed(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// A stream that turns doom into a reset: nothing more is written, and closing drops what is in flight.
struct Doomed {
    stream: TcpStream,
    doom: Doom,
}

impl Drop for Doomed {
    fn drop(&mut self) {
        if self.doom.is_sealed() {
            // Without it the client sees an orderly end instead of a reset; both are failures to it.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Doomed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Doomed {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.doom.is_sealed() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_write(context, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.doom.is_sealed() {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
