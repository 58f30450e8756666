//! The identity of the credentials of a client.

use super::{Client, Inner, environment_variable};
use crate::cloudfront::{
    CloudFrontError,
    auth::{CallerIdentity, caller_identity},
};

impl Client {
    /// Asks STS for the id of the account that the credentials belong to: twelve digits. The rate limit does not apply.
    ///
    /// The STS endpoint is that of `AWS_REGION`, unless `AWS_ENDPOINT_URL_STS` is set.
    pub async fn caller_account(&self) -> Result<String, CloudFrontError> {
        Ok(self.caller_identity().await?.account)
    }

    /// Returns the account id as [`Client::caller_account`] does, with one request to STS per access key.
    ///
    /// Returns `None` if STS does not respond within five seconds, and for ten minutes after that: for callers that can do without.
    pub async fn cached_account(&self) -> Option<String> {
        let credentials = self.inner.transport.credentials.get().await.ok()?;
        let access_key_id = credentials.access_key_id();
        self.inner
            .account
            .get(access_key_id, self.caller_account())
            .await
    }

    /// Asks STS for the identity that the credentials belong to, as [`Client::caller_account`] does.
    pub async fn caller_identity(&self) -> Result<CallerIdentity, CloudFrontError> {
        let Inner {
            options,
            region,
            transport,
            ..
        } = &*self.inner;
        caller_identity(
            transport,
            region,
            options.allow_insecure_http,
            environment_variable,
        )
        .await
    }

    /// Returns the ID of the access key. An access key belongs to one account as long as it exists.
    ///
    /// Returns `None` if there are no credentials.
    pub async fn access_key_id(&self) -> Option<String> {
        let credentials = self.inner.transport.credentials.get().await.ok()?;
        Some(credentials.access_key_id().to_owned())
    }
}
