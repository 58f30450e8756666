//! The wall clock.

use jiff::Timestamp;
use std::time::SystemTime;
use tokio::time::Instant;

/// The wall clock of the process: the only source of times that leave the process, such as those in conditions and signatures.
///
/// Durations are measured with tokio's [`Instant`] instead. A test can pause tokio's time, and a simulated clock then stands still too.
#[derive(Clone, Copy, Debug, Default)]
pub enum Clock {
    /// The clock of the system.
    #[default]
    System,
    /// A clock that advances with tokio's time.
    Simulated {
        /// The time that the clock showed at `since`.
        start: SystemTime,
        /// The instant from which the clock advances.
        since: Instant,
    },
}

impl Clock {
    /// Returns a clock that shows this time now, and advances with tokio's time.
    pub fn simulated(start: SystemTime) -> Self {
        Self::Simulated {
            start,
            since: Instant::now(),
        }
    }

    /// Returns the present time.
    pub fn now(self) -> SystemTime {
        match self {
            Self::System => SystemTime::now(),
            Self::Simulated { start, since } => start + since.elapsed(),
        }
    }

    /// Returns the present time as the Kubernetes API writes it.
    pub fn timestamp(self) -> Timestamp {
        Timestamp::try_from(self.now()).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn a_simulated_clock_advances_with_tokios_time() {
        let clock = Clock::simulated(SystemTime::UNIX_EPOCH);
        tokio::time::advance(Duration::from_hours(1)).await;
        assert_eq!(clock.timestamp().to_string(), "1970-01-01T01:00:00Z");
    }
}
