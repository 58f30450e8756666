//! The signatures of requests on the wire equal those of botocore, AWS's own library.

use super::server::{Received, Server, body, keys, ok};
use cloudfront_operator::{
    cloudfront::{
        Client, CredentialsSource, Method, Options, Request, StaticCredentials, encode_segment,
    },
    xml::Element,
};
use serde_json::{Value, json};
use std::{path::PathBuf, process::Stdio};
use tokio::{io::AsyncWriteExt, process::Command};

const BOTOCORE: &str = "botocore==1.44.5";
const ARN: &str = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/a b/ä+%2F";

fn with(request: Request, query: &[(&'static str, &str)]) -> Request {
    query.iter().fold(request, |request, (name, value)| {
        request.query(*name, (*value).to_owned())
    })
}

fn reads() -> Vec<Request> {
    let thing = |id: &str| Request::get("GetThing", format!("thing/{}", encode_segment(id)));
    let list = |query: &[(&'static str, &str)]| {
        with(Request::get("ListDistributions", "distribution"), query)
    };
    vec![
        thing("E1ABC"),
        thing(ARN),
        thing("../x"),
        thing("a~b-c_d.e!*'()"),
        thing("日本語 🚀"),
        Request::get("GetDistributionConfig", "distribution/E1ABC/config"),
        list(&[]),
        list(&[("MaxItems", "100")]),
        list(&[("MaxItems", "100"), ("Marker", "E1/+=&?")]),
        list(&[("b", "2"), ("a", "1"), ("B", "3")]),
        list(&[("Marker", "")]),
        list(&[("Resource", ARN)]),
        list(&[("domain", "a*.example.com")]),
    ]
}

fn writes() -> Vec<Request> {
    let utf8 = Element::new("Config").with(Element::leaf("Comment", "Grüße & <日本語> 🚀"));
    let tag = Request::post("TagResource", "tagging", body());
    let bare = |method, path: &str, etag: Option<&str>| Request {
        method,
        if_match: etag.map(str::to_owned),
        ..Request::get("UpdateThing", path)
    };
    let alias = bare(Method::Put, "distribution/E1/associate-alias", None);
    vec![
        Request::post("CreateThing", "thing", body()),
        Request::post("CreateThing", "thing", body()).flag("WithTags"),
        Request::post("CreateThing", "thing", utf8.clone()),
        with(tag.clone(), &[("Operation", "Tag"), ("Resource", ARN)]),
        with(tag, &[("Operation", "Untag"), ("Resource", ARN)]),
        Request::put("UpdateThing", "thing/E1/config", "E2QWRUHAPOMQZL", body()),
        Request::put(
            "UpdateThing",
            format!("thing/{}", encode_segment(ARN)),
            "E2",
            utf8,
        ),
        Request::put("Promote", "distribution/E1/promote", "E2, E3", body()),
        Request::delete("DeleteThing", "thing/E1", "E2QWRUHAPOMQZL"),
        bare(Method::Put, "thing/E1/disassociate-web-acl", Some("E2")),
        bare(Method::Post, "function/f/publish", Some("E2")),
        bare(Method::Delete, "thing/E1/monitoring-subscription", None),
        with(alias, &[("Alias", "*.example.com")]),
    ]
}

#[tokio::test]
async fn signatures_equal_those_of_botocore() {
    let plain = keys();
    let temporary = StaticCredentials {
        session_token: Some("IQoJb3JpZ2luX2VjEXAMPLE/+==".into()),
        ..keys()
    };
    let mut cases = vec![];
    for keys in [plain, temporary] {
        let server = Server::responding_with(ok()).await;
        let credentials = CredentialsSource::Static(keys.clone());
        let options = Options {
            credentials,
            ..server.options()
        };
        let client = Client::new(options).await.unwrap();
        for request in [reads(), writes()].concat() {
            client.send(&request).await.unwrap();
        }
        cases.extend(
            server
                .received()
                .into_iter()
                .map(|request| (case(&server, &keys, &request), request)),
        );
    }
    assert!(cases.len() >= 40, "{} requests", cases.len());

    let (cases, received): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    let expected = botocore(&cases).await;
    for (request, expected) in received.iter().zip(&expected) {
        assert_eq!(
            request.header("authorization"),
            Some(expected.as_str()),
            "{request:?}"
        );
    }
    assert_eq!(received.len(), expected.len());
}

/// Describes a received request without its signature, with every header that the signature covers.
fn case(server: &Server, keys: &StaticCredentials, request: &Received) -> Value {
    let authorization = request.header("authorization").unwrap();
    let (_, signed) = authorization.split_once("SignedHeaders=").unwrap();
    let (signed, _) = signed.split_once(',').unwrap();
    let headers: serde_json::Map<_, _> = signed
        .split(';')
        .filter(|name| *name != "host" && !name.starts_with("x-amz-"))
        .map(|name| (name.to_owned(), request.header(name).unwrap().into()))
        .collect();
    if !request.body.is_empty() {
        assert!(headers.contains_key("content-type"), "{authorization}");
    }
    json!({
        "method": request.method,
        "url": format!("{}{}", server.url, request.target),
        "headers": headers,
        "body": String::from_utf8(request.body.clone()).unwrap(),
        "date": request.header("x-amz-date"),
        "keys": [keys.access_key_id, keys.secret_access_key, keys.session_token],
    })
}

/// Returns the `Authorization` header that botocore creates for each request.
async fn botocore(cases: &[Value]) -> Vec<String> {
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/unit/cloudfront/signatures.py"
    );
    let mut python = Command::new(environment().await.join("bin/python"))
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut stdin = python.stdin.take().unwrap();
    stdin
        .write_all(&serde_json::to_vec(cases).unwrap())
        .await
        .unwrap();
    drop(stdin);
    let output = python.wait_with_output().await.unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Returns a Python environment with botocore. Creates it once, below `target`, which needs Python 3 and a package index.
async fn environment() -> PathBuf {
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(BOTOCORE);
    let marker = home.join("done");
    if !marker.exists() {
        let _ = std::fs::remove_dir_all(&home);
        let venv = ["-m", "venv", home.to_str().unwrap()];
        run("python3".into(), &venv).await;
        let pip = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            BOTOCORE,
        ];
        run(home.join("bin/python"), &pip).await;
        std::fs::write(marker, "").unwrap();
    }
    home
}

async fn run(program: PathBuf, arguments: &[&str]) {
    let status = Command::new(&program).args(arguments).status().await;
    let status = status.unwrap_or_else(|error| panic!("{} is needed: {error}", program.display()));
    assert!(status.success(), "{} {arguments:?}", program.display());
}
