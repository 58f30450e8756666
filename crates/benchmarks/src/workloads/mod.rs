//! The workloads, one file each.

mod burst;
mod drift;
mod edits;
mod growth;
mod invalidations;
mod kinds;
mod large;
mod lost_deletion;
mod phases;
mod shipped;
mod site;
mod takeover;
mod throttle;

use crate::{Outcome, environment::NO_RATE_LIMIT, harness::Harness, report::Report};
use clap::ValueEnum;
use std::{
    fmt::{self, Display},
    str::FromStr,
    time::Duration,
};

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Workload {
    /// Calls and writes for each distribution: create, edit, idle, restart, delete
    Phases,
    /// Many objects at once without a rate limit, at several latencies
    Burst,
    /// 50 and 500 objects at once, within the default rate limit
    Budget,
    /// 0, 500, 1,000 and more objects: time, memory, restart and idle operation at each size
    Growth,
    /// One in a hundred objects is changed in CloudFront
    Drift,
    /// One edit per second, and 160
    Edits,
    /// Many edits at two writes per second
    Throttle,
    /// Invalidations of several distributions
    Invalidations,
    /// Time from the end of the leader to the first write of the next one
    Takeover,
    /// Tagged objects with the default settings: edits, an outage of a minute, a deployment of five minutes
    Shipped,
    /// 50 sites at once: each a distribution with an access control, three policies, a function with a test and a log configuration
    Site,
    /// An operator without objects, with all kinds and with one: memory, CPU and calls
    Kinds,
    /// Time of a deletion whose response is lost
    LostDeletion,
    /// 200 objects of 1.4 MB beside 10,000 small ones: memory
    Large,
}

/// A number of objects that are created at once, and the latency of CloudFront.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    objects: usize,
    latency: u64,
}

impl Workload {
    /// All workloads, the short ones first.
    pub(crate) fn all() -> Vec<Self> {
        Self::value_variants().to_vec()
    }

    /// The name on the command line and in the report.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Phases => "phases",
            Self::Burst => "burst",
            Self::Budget => "budget",
            Self::Growth => "growth",
            Self::Drift => "drift",
            Self::Edits => "edits",
            Self::Throttle => "throttle",
            Self::Invalidations => "invalidations",
            Self::Takeover => "takeover",
            Self::Shipped => "shipped",
            Self::Site => "site",
            Self::Kinds => "kinds",
            Self::LostDeletion => "lost-deletion",
            Self::Large => "large",
        }
    }

    /// Whether the null operator can do the work.
    pub(crate) const fn has_null_operator(self) -> bool {
        matches!(self, Self::Burst | Self::Growth)
    }

    /// Runs the workload and reports its figures.
    pub(crate) async fn run(self, harness: &Harness, report: &mut Report) -> Outcome<()> {
        match self {
            Self::Burst => self.run_bursts(harness, report).await,
            Self::Budget => self.run_limited_bursts(harness, report).await,
            Self::Site => self.run_sites(harness, report).await,
            _ => self.run_whole(harness, report).await,
        }
    }

    /// Each load has its own pairs, so that the runs of a pair follow each other.
    async fn run_bursts(self, harness: &Harness, report: &mut Report) -> Outcome<()> {
        for load in &harness.loads {
            let measure = async |role| burst::measure(harness, role, *load, &NO_RATE_LIMIT).await;
            let runs = harness.run_in_turn(self, 2, measure).await?;
            report.add(self.name(), &runs)?;
        }
        Ok(())
    }

    async fn run_limited_bursts(self, harness: &Harness, report: &mut Report) -> Outcome<()> {
        for load in burst::LIMITED_LOADS {
            let measure = async |role| burst::measure(harness, role, load, &[]).await;
            let runs = harness.run_in_turn(self, 1, measure).await?;
            report.add(self.name(), &runs)?;
        }
        Ok(())
    }

    async fn run_sites(self, harness: &Harness, report: &mut Report) -> Outcome<()> {
        for flags in [&[][..], &NO_RATE_LIMIT] {
            let measure = async |role| site::measure(harness, role, flags).await;
            let runs = harness.run_in_turn(self, 1, measure).await?;
            report.add(self.name(), &runs)?;
        }
        Ok(())
    }

    async fn run_whole(self, harness: &Harness, report: &mut Report) -> Outcome<()> {
        let repetitions = if self == Self::Takeover { 5 } else { 1 };
        let measure = async |role| match self {
            Self::Phases => phases::measure(harness, role).await,
            Self::Growth => growth::measure(harness, role).await,
            Self::Drift => drift::measure(harness, role).await,
            Self::Edits => edits::measure(harness, role).await,
            Self::Throttle => throttle::measure(harness, role).await,
            Self::Invalidations => invalidations::measure(harness, role).await,
            Self::Takeover => takeover::measure(harness, role).await,
            Self::Shipped => shipped::measure(harness, role).await,
            Self::Kinds => kinds::measure(harness, role).await,
            Self::LostDeletion => lost_deletion::measure(harness, role).await,
            Self::Large => large::measure(harness, role).await,
            Self::Burst | Self::Budget | Self::Site => Ok(vec![]),
        };
        let runs = harness.run_in_turn(self, repetitions, measure).await?;
        report.add(self.name(), &runs)
    }
}

impl Load {
    fn latency(self) -> Duration {
        Duration::from_millis(self.latency)
    }
}

impl Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}x{}", self.objects, self.latency)
    }
}

impl FromStr for Load {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (objects, latency) = text
            .split_once('x')
            .ok_or("a load is a number of objects, x and a latency, such as 500x20")?;
        Ok(Self {
            objects: objects.parse().map_err(|error| format!("{error}"))?,
            latency: latency.parse().map_err(|error| format!("{error}"))?,
        })
    }
}
