//! The certificate authorities that HTTPS trusts.

use super::{child, server::keys};
use cloudfront_operator::cloudfront::{Client, CredentialsSource, Options, Request};
use std::{path::Path, process::Stdio};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

const NAME: &str = "trust::an_authority_in_ssl_cert_file_is_trusted_and_another_is_not";

/// An HTTPS server that prints its port and responds to every GET with a document.
const SERVER: &str = r#"
import http.server, ssl, sys
class Response(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Length", "8"); self.end_headers(); self.wfile.write(b"<Thing/>")
    def log_message(self, *arguments): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Response)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
"#;

#[tokio::test]
async fn an_authority_in_ssl_cert_file_is_trusted_and_another_is_not() {
    if child::is_child() {
        let options = Options {
            credentials: CredentialsSource::Static(keys()),
            ..Options::default()
        };
        let client = Client::new(options).await.unwrap();
        let result = client.send(&Request::get("GetThing", "thing/E1")).await;
        println!("said: {result:?}");
        return;
    }
    let folder = TempDir::new().unwrap();
    let other = TempDir::new().unwrap();
    certificate(folder.path()).await;
    certificate(other.path()).await;
    let (_server, port) = serve(folder.path()).await;
    let url = format!("https://localhost:{port}");
    let send_with = async |authorities: &Path| {
        let file = authorities.join("certificate");
        let variables = [
            ("AWS_ENDPOINT_URL", url.as_str()),
            ("SSL_CERT_FILE", file.to_str().unwrap()),
        ];
        child::run(NAME, &variables).await
    };
    let trusted = send_with(folder.path()).await;
    assert!(trusted.contains("said: Ok(Response"), "{trusted}");
    let unknown = send_with(other.path()).await;
    assert!(unknown.contains("said: Err(Unreachable"), "{unknown}");
    assert!(unknown.contains("certificate"), "{unknown}");
    assert!(unknown.contains("outcome_unknown: false"), "{unknown}");
}

/// Creates a self-signed certificate for `localhost`.
async fn certificate(folder: &Path) {
    let status = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ])
        .args([
            "-subj",
            "/CN=test",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-keyout",
            "key",
            "-out",
            "certificate",
        ])
        .current_dir(folder)
        .stderr(Stdio::null())
        .status()
        .await;
    assert!(status.expect("openssl is needed").success());
}

async fn serve(folder: &Path) -> (Child, String) {
    let mut server = Command::new("python3")
        .args(["-c", SERVER, "certificate", "key"])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("python3 is needed");
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let port = lines
        .next_line()
        .await
        .unwrap()
        .expect("the server prints its port");
    (server, port)
}
