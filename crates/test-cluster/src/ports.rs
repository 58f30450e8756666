//! Free loopback ports, and starting again when one turns out to be taken.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use crate::{Error, progress};

/// How often a server is started on new ports. Each try loses only to a process that binds the same port within the
/// second between the choice and its use.
const ATTEMPTS: usize = 5;

/// Starts a server on `N` free ports, and again on others as long as somebody else was faster.
pub(crate) fn on_free_ports<const N: usize, T>(
    mut start: impl FnMut([u16; N]) -> Result<T, Error>,
) -> Result<T, Error> {
    for _ in 1..ATTEMPTS {
        match start(free()?) {
            Err(Error::PortTaken { server, .. }) => {
                progress(&format!("{server}: port taken, trying others"));
            }
            other => return other,
        }
    }
    start(free()?)
}

/// Ports that nobody listens on at this moment. They are held together, so that they differ.
fn free<const N: usize>() -> Result<[u16; N], Error> {
    let mut ports = [0; N];
    let mut held = Vec::with_capacity(N);
    let mut choose = || -> io::Result<()> {
        for port in &mut ports {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            *port = listener.local_addr()?.port();
            held.push(listener);
        }
        Ok(())
    };
    choose().map_err(|source| Error::io("listen on", Path::new("127.0.0.1"), source))?;
    Ok(ports)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn taken() -> Error {
        Error::PortTaken {
            server: "etcd",
            log: String::new(),
        }
    }

    #[test]
    fn ports_taken_at_once_differ() {
        let ports: [u16; 8] = free().unwrap();
        let mut distinct = ports.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), ports.len());
    }

    #[test]
    fn a_server_that_finds_its_port_taken_is_started_on_another() {
        let tried = RefCell::new(Vec::new());
        let started = on_free_ports(|[port]| {
            tried.borrow_mut().push(port);
            if tried.borrow().len() < 3 {
                Err(taken())
            } else {
                Ok(port)
            }
        });
        assert_eq!(started.unwrap(), *tried.borrow().last().unwrap());
        assert_eq!(tried.borrow().len(), 3);
    }

    #[test]
    fn ports_that_are_always_taken_are_an_error_in_the_end() {
        let mut starts = 0;
        let result: Result<(), Error> = on_free_ports(|[_]| {
            starts += 1;
            Err(taken())
        });
        assert!(matches!(result, Err(Error::PortTaken { .. })));
        assert_eq!(starts, ATTEMPTS);
    }

    #[test]
    fn any_other_failure_is_not_tried_again() {
        let mut starts = 0;
        let result: Result<(), Error> = on_free_ports(|[_]| {
            starts += 1;
            Err(Error::NoCache)
        });
        assert!(matches!(result, Err(Error::NoCache)));
        assert_eq!(starts, 1);
    }
}
