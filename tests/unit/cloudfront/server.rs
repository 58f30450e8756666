//! An HTTP server that says exactly what it is told, byte for byte, and remembers what it heard.

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

/// What the server does with a request. Every connection is closed afterwards.
pub(crate) enum Act {
    /// Sends these bytes.
    Say(Vec<u8>),
    /// Sends these bytes, one every ten milliseconds.
    Drip(Vec<u8>),
    /// Sends the head, then this many bytes.
    Flood(String, usize),
    /// Says nothing until the client gives up.
    Hang,
    /// Hangs up.
    Close,
}

pub(crate) struct Server {
    pub(crate) url: String,
    received: Arc<Mutex<Vec<Received>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts a server whose `answer` is told the request and how many came before it.
    pub(crate) async fn start(
        answer: impl Fn(&Received, usize) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::default();
        let (answer, heard) = (Arc::new(answer), Arc::clone(&received));
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (answer, heard) = (Arc::clone(&answer), Arc::clone(&heard));
                tokio::spawn(async move {
                    let _ = serve(stream, &*answer, &heard).await;
                });
            }
        });
        Self {
            url,
            received,
            task,
        }
    }

    /// A server that always says the same.
    pub(crate) async fn saying(reply: impl Into<Vec<u8>>) -> Self {
        let reply = reply.into();
        Self::start(move |_, _| Act::Say(reply.clone())).await
    }

    /// A server that says one thing after the other, and the last one again and again.
    pub(crate) async fn telling(replies: Vec<Vec<u8>>) -> Self {
        Self::start(move |_, n| Act::Say(replies[n.min(replies.len() - 1)].clone())).await
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Without limits, and with deadlines that a test can wait for.
    pub(crate) fn options(&self) -> Options {
        Options {
            endpoint: Some(self.url.clone()),
            credentials: CredentialsSource::Static(keys()),
            reads_per_second: 0.0,
            writes_per_second: 0.0,
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

/// A body for requests that need one.
pub(crate) fn body() -> Element {
    Element::new("Config").with(Element::leaf("Comment", "a & b"))
}

/// A whole HTTP answer.
pub(crate) fn http(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
    )
    .into()
}

/// A success with a document.
pub(crate) fn ok() -> Vec<u8> {
    http("200 OK", "ETag: E2\r\n", "<Thing><Id>E1</Id></Thing>")
}

/// A refusal in CloudFront's form.
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
    answer: &(impl Fn(&Received, usize) -> Act + Send + Sync),
    heard: &Mutex<Vec<Received>>,
) -> std::io::Result<()> {
    let Some(request) = read(&mut stream).await? else {
        return Ok(());
    };
    let before = {
        let mut heard = heard.lock().unwrap();
        heard.push(request.clone());
        heard.len() - 1
    };
    match answer(&request, before) {
        Act::Say(bytes) => stream.write_all(&bytes).await?,
        Act::Drip(bytes) => {
            for byte in bytes {
                stream.write_all(&[byte]).await?;
                sleep(Duration::from_millis(10)).await;
            }
        }
        Act::Flood(start, size) => {
            stream.write_all(start.as_bytes()).await?;
            for _ in 0..size / 8_192 {
                stream.write_all(&[b' '; 8_192]).await?;
            }
        }
        Act::Hang => drop(stream.read(&mut [0]).await?),
        Act::Close => {}
    }
    stream.shutdown().await
}

/// Reads one request; `None` when the client opened a connection and left.
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
