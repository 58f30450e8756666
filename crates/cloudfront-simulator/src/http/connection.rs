//! Accepts connections and serves requests on them.

use std::{convert::Infallible, future::Future};

use hyper::{Response, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::{
    body::ResponseBody,
    delivery::Delivery,
    request::HttpRequest,
    reset::{ResetFlag, ResettableStream},
    response::HttpResponse,
};

/// Handles requests.
pub(crate) trait Handler: Clone + Send + 'static {
    fn handle(&self, request: HttpRequest) -> impl Future<Output = Delivery> + Send;
}

/// Serves connections. Dropping the future closes all of them.
pub(crate) async fn serve(listener: TcpListener, handler: impl Handler) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // A failed accept affects one client only, or ends when file descriptors become available.
                if let Ok((stream, _)) = accepted {
                    connections.spawn(serve_connection(stream, handler.clone()));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve_connection(stream: TcpStream, handler: impl Handler) {
    // Without this option, small responses are delayed but not lost.
    let _ = stream.set_nodelay(true);
    let reset = ResetFlag::default();
    let io = TokioIo::new(ResettableStream {
        stream,
        reset: reset.clone(),
    });
    let service = service_fn(move |request| {
        let (handler, reset) = (handler.clone(), reset.clone());
        async move {
            let delivery = match HttpRequest::read(request).await {
                Some(request) => handler.handle(request).await,
                None => Delivery::Send(HttpResponse {
                    status: 413,
                    ..HttpResponse::default()
                }),
            };
            Ok::<Response<ResponseBody>, Infallible>(delivery.into_response(&reset).await)
        }
    });
    // An error here means that the client disconnected or that a fault closed the connection.
    let _ = http1::Builder::new().serve_connection(io, service).await;
}
