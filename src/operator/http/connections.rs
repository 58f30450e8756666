//! Limits the open connections of a server.

use std::{collections::VecDeque, time::Duration};
use tokio::{task::AbortHandle, time::sleep};

/// The most connections that a server has open. The kubelet and a few scrapers need one each.
pub(super) const MAX_CONNECTIONS: usize = 64;

/// The pause after a connection beyond the limit, which leaves the thread to the reconciliations.
const PAUSE: Duration = Duration::from_millis(1);

/// The open connections, in the order in which they were opened.
///
/// Beyond the limit the oldest one is closed: a client that sends its request is answered at once, so the oldest one is idle.
#[derive(Debug, Default)]
pub(super) struct Connections(VecDeque<AbortHandle>);

impl Connections {
    /// Adds a connection, and closes the oldest one beyond the limit.
    pub(super) async fn add(&mut self, connection: AbortHandle) {
        self.0.push_back(connection);
        if self.0.len() <= MAX_CONNECTIONS {
            return;
        }
        self.0.retain(|connection| !connection.is_finished());
        if self.0.len() > MAX_CONNECTIONS
            && let Some(oldest) = self.0.pop_front()
        {
            oldest.abort();
            sleep(PAUSE).await;
        }
    }
}
