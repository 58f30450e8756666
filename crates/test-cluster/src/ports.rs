//! Free loopback ports, and retries if another process takes one.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use crate::error::Error;
use crate::progress::progress;

/// The maximum number of starts of a server, each on new ports. A start fails only if another process binds the same
/// port in the second between its selection and its use.
const MAX_ATTEMPTS: usize = 5;

/// Starts a server on `N` free ports. Retries on other ports if another process takes one of them first.
pub(crate) fn with_free_ports<const N: usize, T>(
    mut start: impl FnMut([u16; N]) -> Result<T, Error>,
) -> Result<T, Error> {
    for _ in 1..MAX_ATTEMPTS {
        match start(free_ports()?) {
            Err(Error::PortTaken { server, .. }) => {
                progress(&format!(
                    "another process uses the port of {server}: trying another port"
                ));
            }
            other => return other,
        }
    }
    start(free_ports()?)
}

/// Returns ports on which no process listens at this moment. The ports differ because they are bound at the same time.
fn free_ports<const N: usize>() -> Result<[u16; N], Error> {
    let mut ports = [0; N];
    let mut listeners = Vec::with_capacity(N);
    let mut bind = || -> io::Result<()> {
        for port in &mut ports {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            *port = listener.local_addr()?.port();
            listeners.push(listener);
        }
        Ok(())
    };
    bind().map_err(|source| Error::io("listen on", Path::new("127.0.0.1"), source))?;
    Ok(ports)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn port_taken() -> Error {
        Error::PortTaken {
            server: "etcd",
            log: String::new(),
        }
    }

    #[test]
    fn free_ports_of_one_call_differ() {
        let ports: [u16; 8] = free_ports().unwrap();
        let mut distinct = ports.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), ports.len());
    }

    #[test]
    fn a_server_with_a_taken_port_is_restarted_on_another_port() {
        let tried = RefCell::new(Vec::new());
        let started = with_free_ports(|[port]| {
            tried.borrow_mut().push(port);
            if tried.borrow().len() < 3 {
                Err(port_taken())
            } else {
                Ok(port)
            }
        });
        assert_eq!(started.unwrap(), *tried.borrow().last().unwrap());
        assert_eq!(tried.borrow().len(), 3);
    }

    #[test]
    fn a_taken_port_is_an_error_after_the_last_attempt() {
        let mut starts = 0;
        let result: Result<(), Error> = with_free_ports(|[_]| {
            starts += 1;
            Err(port_taken())
        });
        assert!(matches!(result, Err(Error::PortTaken { .. })));
        assert_eq!(starts, MAX_ATTEMPTS);
    }

    #[test]
    fn any_other_error_is_not_retried() {
        let mut starts = 0;
        let result: Result<(), Error> = with_free_ports(|[_]| {
            starts += 1;
            Err(Error::NoCache)
        });
        assert!(matches!(result, Err(Error::NoCache)));
        assert_eq!(starts, 1);
    }
}
