//! Valid and invalid endpoints. A wrong one discloses requests and signatures.

use cloudfront_operator::cloudfront::Endpoint;

const ACCEPTED: &[(&str, &str)] = &[
    (
        "https://cloudfront.amazonaws.com",
        "https://cloudfront.amazonaws.com",
    ),
    (
        "https://cloudfront.amazonaws.com/",
        "https://cloudfront.amazonaws.com",
    ),
    (
        "HTTPS://CloudFront.AmazonAWS.com:443",
        "https://cloudfront.amazonaws.com",
    ),
    ("https://10.0.0.1:8443", "https://10.0.0.1:8443"),
    ("http://127.0.0.1:4566", "http://127.0.0.1:4566"),
    ("http://127.255.255.254", "http://127.255.255.254"),
    ("http://localhost:4566", "http://localhost:4566"),
    ("http://LOCALHOST", "http://localhost"),
    ("http://[::1]:80", "http://[::1]"),
    // URL parsing normalizes these to 127.0.0.1.
    ("http://2130706433", "http://127.0.0.1"),
    ("http://0x7f.1:81", "http://127.0.0.1:81"),
    ("http://0177.0.0.1", "http://127.0.0.1"),
];

const REFUSED: &[(&str, &str)] = &[
    ("http://cloudfront.amazonaws.com", "plain HTTP"),
    ("http://10.0.0.1", "plain HTTP"),
    ("http://169.254.169.254", "plain HTTP"),
    ("http://2852039166", "plain HTTP"),
    ("http://0xA9FEA9FE", "plain HTTP"),
    ("http://0.0.0.0", "plain HTTP"),
    ("http://[::]", "plain HTTP"),
    ("http://[::ffff:127.0.0.1]", "plain HTTP"),
    ("http://[::ffff:a9fe:a9fe]", "plain HTTP"),
    ("http://[fd00:ec2::254]", "plain HTTP"),
    ("http://localhost.evil.example", "plain HTTP"),
    ("http://localhost.", "plain HTTP"),
    ("http://127.0.0.1.evil.example", "plain HTTP"),
    ("http://loopback.evil.example", "plain HTTP"),
    ("http://evil.example:127", "plain HTTP"),
    ("http://user@127.0.0.1", "user name"),
    ("http://127.0.0.1@evil.example", "user name"),
    ("https://user:canary@cloudfront.amazonaws.com", "user name"),
    ("https://@cloudfront.amazonaws.com", "user name"),
    (r"http://127.0.0.1\@evil.example", "user name"),
    ("https://cloudfront.amazonaws.com?x=canary", "query"),
    ("https://cloudfront.amazonaws.com/#canary", "fragment"),
    ("https://cloudfront.amazonaws.com/2020-05-31", "path"),
    ("http://127.0.0.1//evil.example", "path"),
    ("ftp://127.0.0.1", "https://"),
    ("file:///etc/passwd", "path"),
    ("unix:/run/x.sock", "path"),
    ("cloudfront.amazonaws.com", "not a URL"),
    ("//cloudfront.amazonaws.com", "not a URL"),
    ("https://", "not a URL"),
    ("http://127.0.0.1:99999", "not a URL"),
    ("http://127.0.0.256", "not a URL"),
    ("", "not a URL"),
];

#[test]
fn these_endpoints_are_accepted() {
    for (url, normal) in ACCEPTED {
        let endpoint = Endpoint::parse(url, false).unwrap_or_else(|error| panic!("{url}: {error}"));
        assert_eq!(endpoint.to_string(), *normal, "{url}");
    }
}

#[test]
fn these_endpoints_are_refused_with_a_reason() {
    for (url, why) in REFUSED {
        let error = Endpoint::parse(url, false).expect_err(url).to_string();
        assert!(
            error.starts_with("the endpoint is invalid: "),
            "{url}: {error}"
        );
        assert!(error.contains(why), "{url}: {error}");
        assert!(!error.contains("canary"), "{url}: {error}");
    }
}

#[test]
fn allowing_plain_http_allows_nothing_else() {
    for (url, why) in REFUSED {
        assert_eq!(
            Endpoint::parse(url, true).is_ok(),
            *why == "plain HTTP",
            "{url}"
        );
    }
}

#[test]
fn the_setting_precedes_the_services_variable_and_that_the_common_one() {
    let find = |setting: Option<&str>, set: &[(&str, &str)]| {
        let environment = |name: &str| {
            let found = set.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Endpoint::find("CLOUDFRONT", setting, "https://default", false, environment)
            .map(|endpoint| endpoint.to_string())
            .map_err(|error| error.to_string())
    };
    let own = ("AWS_ENDPOINT_URL_CLOUDFRONT", "https://own");
    let common = ("AWS_ENDPOINT_URL", "https://common");
    assert_eq!(
        find(Some("https://set"), &[own, common]).unwrap(),
        "https://set"
    );
    assert_eq!(find(None, &[own, common]).unwrap(), "https://own");
    assert_eq!(find(None, &[common]).unwrap(), "https://common");
    assert_eq!(
        find(None, &[("AWS_ENDPOINT_URL_CLOUDFRONT", ""), common]).unwrap(),
        "https://common"
    );
    assert_eq!(find(None, &[]).unwrap(), "https://default");
    let error = find(None, &[("AWS_ENDPOINT_URL", "http://evil.example")]).unwrap_err();
    assert!(
        error.starts_with("AWS_ENDPOINT_URL: the endpoint is invalid"),
        "{error}"
    );
}
