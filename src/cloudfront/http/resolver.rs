//! The resolution of names of hosts.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::net::lookup_host;

/// Resolves `localhost` and the names below it to the loopback interface, and others as the system does.
///
/// Plain HTTP is permitted for these names, so no server may map them to another host (RFC 6761). Not every system resolves the names below
/// `localhost`, which the account of key-value pairs makes of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let name = name.as_str();
            let found: Vec<SocketAddr> = if is_local(name) {
                vec![
                    (Ipv4Addr::LOCALHOST, 0).into(),
                    (Ipv6Addr::LOCALHOST, 0).into(),
                ]
            } else {
                lookup_host((name, 0)).await?.collect()
            };
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn is_local(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn localhost_and_the_names_below_it_are_on_the_loopback_interface() {
        for name in ["localhost", "111122223333.localhost", "a.LOCALHOST"] {
            let addresses = Resolver.resolve(name.parse().unwrap()).await.unwrap();
            assert!(
                addresses.into_iter().all(|it| it.ip().is_loopback()),
                "{name}"
            );
        }
        assert!(!is_local("localhost.example.com"));
        assert!(!is_local("notlocalhost"));
    }
}
