//! The URL that requests go to. A wrong endpoint discloses requests and signatures, so few forms are accepted.

use crate::cloudfront::CloudFrontError;
use reqwest::Url;
use std::fmt;

/// The scheme, host and port of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint(String);

impl Endpoint {
    /// Returns the endpoint of a service: the setting, else `AWS_ENDPOINT_URL_<SERVICE>`, else `AWS_ENDPOINT_URL`, else `default`.
    ///
    /// Fails as [`Endpoint::parse`] does, and then names the variable. An empty variable counts as unset.
    pub fn find(
        service: &str,
        setting: Option<&str>,
        default: &str,
        allow_insecure_http: bool,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, CloudFrontError> {
        if let Some(setting) = setting {
            return Self::parse(setting, allow_insecure_http);
        }
        for name in [
            format!("AWS_ENDPOINT_URL_{service}"),
            "AWS_ENDPOINT_URL".into(),
        ] {
            if let Some(url) = environment(&name).filter(|url| !url.is_empty()) {
                return Self::parse(&url, allow_insecure_http).map_err(|error| {
                    CloudFrontError::Configuration {
                        detail: format!("{name}: {error}"),
                    }
                });
            }
        }
        Self::parse(default, allow_insecure_http)
    }

    /// Parses an endpoint URL: `https://HOST[:PORT]`, or `http://` for a loopback host (127.0.0.0/8, `::1`, `localhost`).
    ///
    /// `allow_insecure_http` permits `http://` for every host. Anyone on the network path can then read requests, and replay one for minutes.
    pub fn parse(url: &str, allow_insecure_http: bool) -> Result<Self, CloudFrontError> {
        let refuse = |why: &str| {
            Err(CloudFrontError::Configuration {
                detail: format!("the endpoint is invalid: {why}"),
            })
        };
        let Ok(parsed) = Url::parse(url) else {
            return refuse("it is not a URL: use https://HOST or https://HOST:PORT");
        };
        if !parsed.username().is_empty() || parsed.password().is_some() || url.contains('@') {
            return refuse(
                "it contains a user name or password, which are never sent: remove the part before the @",
            );
        }
        if parsed.query().is_some() || parsed.fragment().is_some() {
            return refuse("it has a query or a fragment; end it after the host and port");
        }
        if parsed.path() != "/" {
            return refuse("it has a path; end it after the host and port");
        }
        match parsed.scheme() {
            "https" => {}
            "http" if allow_insecure_http || is_loopback(&parsed) => {}
            "http" => {
                return refuse(&format!(
                    "plain HTTP sends requests to {} without encryption: use https://, or permit it with --allow-insecure-http",
                    parsed.host_str().unwrap_or_default()
                ));
            }
            _ => {
                return refuse("only https:// (and http:// on the loopback interface) can be used");
            }
        }
        if parsed.host_str().is_none_or(str::is_empty) {
            return refuse("it has no host: use https://HOST or https://HOST:PORT");
        }
        Ok(Self(parsed.origin().ascii_serialization()))
    }

    /// Returns the URL of a request target, which starts with a slash.
    pub(in crate::cloudfront) fn url(&self, target: &str) -> String {
        format!("{}{target}", self.0)
    }

    /// Returns the URL of a request target of an account, which precedes the host. An IP address cannot have it.
    pub(in crate::cloudfront) fn account_url(&self, account: &str, target: &str) -> String {
        let parsed = Url::parse(&self.0).ok();
        let is_name = parsed.is_some_and(|it| it.domain().is_some());
        match self.0.split_once("://") {
            Some((scheme, host)) if is_name => format!("{scheme}://{account}.{host}{target}"),
            _ => self.url(target),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Checks the host after URL parsing, which normalizes `0x7f.1` and `2130706433` to 127.0.0.1.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let v4 = host.parse::<std::net::Ipv4Addr>();
    host == "localhost" || host == "[::1]" || v4.is_ok_and(|address| address.is_loopback())
}
