//! The AWS services that requests go to.

use super::Endpoint;
use crate::cloudfront::CloudFrontError;

/// The AWS service that a request goes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Service {
    /// CloudFront.
    #[default]
    CloudFront,
    /// The pairs of the key-value stores of an account. Requests and responses are JSON.
    KeyValueStore {
        /// The account: twelve digits.
        account: String,
    },
}

/// The endpoints of the services.
#[derive(Debug)]
pub(in crate::cloudfront) struct Endpoints {
    pub(in crate::cloudfront) cloudfront: Endpoint,
    pairs: Endpoint,
}

impl Endpoints {
    const CLOUDFRONT: &str = "https://cloudfront.amazonaws.com";
    /// Source: the endpoint rules of `cloudfront-keyvaluestore` in botocore. The account precedes the host.
    const PAIRS: &str = "https://cloudfront-kvs.global.api.aws";

    /// Returns the endpoints that the setting and the variables name. The setting applies to both services, unless
    /// `AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE` names another endpoint for the second one.
    ///
    /// Fails as [`Endpoint::find`] does.
    pub(in crate::cloudfront) fn find(
        setting: Option<&str>,
        allow_insecure_http: bool,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, CloudFrontError> {
        let find = |service: &str, setting, default| {
            Endpoint::find(service, setting, default, allow_insecure_http, &environment)
        };
        let own = environment("AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE");
        let pairs = setting.filter(|_| own.is_none_or(|url| url.is_empty()));
        Ok(Self {
            cloudfront: find("CLOUDFRONT", setting, Self::CLOUDFRONT)?,
            pairs: find("CLOUDFRONT_KEYVALUESTORE", pairs, Self::PAIRS)?,
        })
    }

    /// Returns the URL of a request target of a service.
    pub(in crate::cloudfront) fn url(&self, service: &Service, target: &str) -> String {
        match service {
            Service::CloudFront => self.cloudfront.url(target),
            Service::KeyValueStore { account } => self.pairs.account_url(account, target),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(setting: Option<&str>, variable: Option<(&str, &str)>) -> String {
        let environment = |name: &str| {
            let variable = variable.filter(|(known, _)| *known == name);
            variable.map(|(_, value)| value.to_owned())
        };
        let endpoints = Endpoints::find(setting, false, environment).unwrap();
        let account = "111122223333".into();
        endpoints.url(&Service::KeyValueStore { account }, "/key-value-stores/a")
    }

    #[test]
    fn the_account_precedes_the_host_of_the_pairs_unless_that_is_an_address() {
        const OWN: &str = "AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE";
        let custom = "http://localhost:4566";
        for (setting, variable, expected) in [
            (
                None,
                None,
                "https://111122223333.cloudfront-kvs.global.api.aws/key-value-stores/a",
            ),
            (
                None,
                Some((OWN, custom)),
                "http://111122223333.localhost:4566/key-value-stores/a",
            ),
            (
                None,
                Some(("AWS_ENDPOINT_URL", custom)),
                "http://111122223333.localhost:4566/key-value-stores/a",
            ),
            (
                None,
                Some(("AWS_ENDPOINT_URL_CLOUDFRONT", custom)),
                "https://111122223333.cloudfront-kvs.global.api.aws/key-value-stores/a",
            ),
            (
                Some("http://127.0.0.1:1"),
                None,
                "http://127.0.0.1:1/key-value-stores/a",
            ),
            (
                Some("http://[::1]:1"),
                Some((OWN, "")),
                "http://[::1]:1/key-value-stores/a",
            ),
            (
                Some("http://127.0.0.1:1"),
                Some((OWN, custom)),
                "http://111122223333.localhost:4566/key-value-stores/a",
            ),
        ] {
            assert_eq!(url(setting, variable), expected, "{setting:?} {variable:?}");
        }
    }
}
