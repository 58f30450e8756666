//! An HTTP server that responds with given bytes, and records the requests.

use cloudfront_operator::{
    cloudfront::{Client, CredentialsSource, Options, StaticCredentials},
    xml::Element,
};
use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::{Duration, sleep},
};

/// A request as it came over the wire.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// The reaction of the server to a request. It closes the connection afterwards.
pub(crate) enum ServerAction {
    /// Sends these bytes.
    Respond(Vec<u8>),
    /// Sends these bytes, one every ten milliseconds.
    RespondSlowly(Vec<u8>),
    /// Sends the head, then this many bytes.
    RespondAtLength(String, usize),
    /// Sends nothing until the client closes the connection.
    Hang,
    /// Closes the connection.
    Close,
}

pub(crate) struct Server {
    pub(crate) url: String,
    received: Arc<Mutex<Vec<Received>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts a server. `respond` receives the request and the number of earlier requests.
    pub(crate) async fn start(
        respond: impl Fn(&Received, usize) -> ServerAction + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::default();
        let (respond, recorded) = (Arc::new(respond), Arc::clone(&received));
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (respond, recorded) = (Arc::clone(&respond), Arc::clone(&recorded));
                tokio::spawn(async move {
                    let _ = serve(stream, &*respond, &recorded).await;
                });
            }
        });
        Self {
            url,
            received,
            task,
        }
    }

    /// Starts a server that always sends the same response.
    pub(crate) async fn responding_with(reply: impl Into<Vec<u8>>) -> Self {
        let reply = reply.into();
        Self::start(move |_, _| ServerAction::Respond(reply.clone())).await
    }

    /// Starts a server that sends these responses in order, and repeats the last one.
    pub(crate) async fn responding_in_sequence(replies: Vec<Vec<u8>>) -> Self {
        Self::start(move |_, n| ServerAction::Respond(replies[n.min(replies.len() - 1)].clone()))
            .await
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Returns options without rate limits and with a short timeout.
    pub(crate) fn options(&self) -> Options {
        Options {
            endpoint: Some(self.url.clone()),
            credentials: CredentialsSource::Static(keys()),
            read_qps: 0.0,
            write_qps: 0.0,
            request_timeout: Duration::from_secs(2),
            ..Options::default()
        }
    }

    pub(crate) async fn client(&self) -> Client {
        Client::new(self.options()).await.unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_str())
    }
}

pub(crate) fn keys() -> StaticCredentials {
    StaticCredentials {
        access_key_id: "AKIDEXAMPLE".into(),
        secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
        session_token: None,
    }
}

/// Returns a body for requests that need one.
pub(crate) fn body() -> Element {
    Element::new("Config").with(Element::leaf("Comment", "a & b"))
}

/// Builds a complete HTTP response.
pub(crate) fn http(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
    )
    .into()
}

/// Builds a success with a document.
pub(crate) fn ok() -> Vec<u8> {
    http("200 OK", "ETag: E2\r\n", "<Thing><Id>E1</Id></Thing>")
}

/// Builds a refusal in CloudFront's format.
pub(crate) fn refusal(status: u16, code: &str, message: &str) -> Vec<u8> {
    let head = "Content-Type: text/xml\r\nx-amzn-RequestId: r-1\r\n";
    http(
        &format!("{status} Said"),
        head,
        &refusal_body(code, message),
    )
}

pub(crate) fn refusal_body(code: &str, message: &str) -> String {
    format!(
        r#"<?xml version="1.0"?>
<ErrorResponse xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"#
    )
}

async fn serve(
    mut stream: TcpStream,
    respond: &(impl Fn(&Received, usize) -> ServerAction + Send + Sync),
    recorded: &Mutex<Vec<Received>>,
) -> std::io::Result<()> {
    let Some(request) = read(&mut stream).await? else {
        return Ok(());
    };
    let before = {
        let mut recorded = recorded.lock().unwrap();
        recorded.push(request.clone());
        recorded.len() - 1
    };
    match respond(&request, before) {
        ServerAction::Respond(bytes) => stream.write_all(&bytes).await?,
        ServerAction::RespondSlowly(bytes) => {
            for byte in bytes {
                stream.write_all(&[byte]).await?;
                sleep(Duration::from_millis(10)).await;
            }
        }
        ServerAction::RespondAtLength(start, size) => {
            stream.write_all(start.as_bytes()).await?;
            for _ in 0..size / 8_192 {
                stream.write_all(&[b' '; 8_192]).await?;
            }
        }
        ServerAction::Hang => drop(stream.read(&mut [0]).await?),
        ServerAction::Close => {}
    }
    stream.shutdown().await
}

/// Reads one request. Returns `None` if the client closes the connection without a request.
async fn read(stream: &mut TcpStream) -> std::io::Result<Option<Received>> {
    let mut bytes = vec![];
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap().split(' ').map(str::to_owned);
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let mut request = Received {
        method: first.next().unwrap(),
        target: first.next().unwrap(),
        headers,
        body: bytes.split_off(end + 4),
    };
    let length = request
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    while request.body.len() < length {
        stream.read_buf(&mut request.body).await?;
    }
    Ok(Some(request))
}
