//! The suites: which campaigns run on which occasion.

use crate::{
    Arguments,
    dashboard::Dashboard,
    programs::{self, Found},
    real_servers,
};
use campaign::{
    Campaign, Comparison, Difference, Failure, INVARIANTS, Plan, Report,
    real::{Overload, Verdict},
    sample, scenarios, seeded_defects, write_failures,
};
use clap::Subcommand;
use std::{error::Error, time::Duration};

/// The longest time for which a silent watch may hide a change.
const MAX_STALENESS: Duration = Duration::from_mins(1);

/// The plans that `nightly` runs on both API servers.
const SERVERS: usize = 100;

/// The campaigns of one occasion.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Suite {
    /// Every distinct crash point, and a sample of all faults.
    Ci {
        /// The size of the sample.
        #[arg(long, default_value_t = 2_000)]
        faults: usize,
    },
    /// Every crash point of every scenario, all faults, all pairs, two replicas, silent watches, and half an hour of walks.
    Nightly,
    /// `nightly` with two hours of walks, the real servers, an overload, seeded defects, bad manifests, and the bugs of similar tools.
    Weekly,
    /// A crash and a second fault during the recovery.
    Pairs {
        /// The size of the sample. Without it, all pairs run.
        #[arg(long)]
        count: Option<usize>,
    },
    /// Faults with two replicas, and takeovers by one whose watches lag.
    Replicas {
        /// The size of the sample. Without it, all faults run.
        #[arg(long)]
        count: Option<usize>,
    },
    /// Crashes, faults and takeovers while the API server adds the finalizer to new objects.
    FinalizerPolicy {
        /// The size of the sample. Without it, all crash points and faults run.
        #[arg(long)]
        count: Option<usize>,
    },
    /// Random walks.
    Walks {
        /// The time.
        #[arg(long, default_value_t = 30)]
        minutes: u64,
        /// The seed of the first walk. The others follow.
        #[arg(long, default_value_t = 1)]
        first: u64,
    },
    /// Silent watches of each kind.
    Watches,
    /// Plans on the model of the API server and on a real one, which must end alike after the same requests.
    Servers {
        /// The size of the sample: one plan of each scenario first.
        #[arg(long, default_value_t = 100)]
        count: usize,
    },
    /// The shipped program on the real servers, killed at each of its requests.
    ProgramCrashes {
        /// The size of the sample. Without it, all crash points run.
        #[arg(long)]
        count: Option<usize>,
    },
    /// The shipped program with large objects, many edits of one tenant beside a deletion of another, and many clients of /metrics.
    Overload {
        /// The objects of 1.4 MB.
        #[arg(long, default_value_t = Overload::FULL.large)]
        large: usize,
        /// The objects of the usual size, each of which is edited.
        #[arg(long, default_value_t = Overload::FULL.small)]
        small: usize,
    },
}

/// Runs campaigns, and collects their figures.
pub(crate) struct Session<'a> {
    pub(crate) campaign: Campaign,
    pub(crate) arguments: &'a Arguments,
    pub(crate) dashboard: Dashboard,
}

type Done = Result<(), Box<dyn Error>>;

impl Session<'_> {
    /// Runs a suite.
    pub(crate) fn run(&mut self, suite: Suite) -> Done {
        match suite {
            Suite::Ci { faults } => {
                let (crashes, listed) = (
                    self.campaign.distinct_crash_points(),
                    self.campaign.crash_points().len(),
                );
                self.plans("crash points", &crashes, listed)?;
                self.faults(Some(faults))
            }
            Suite::Nightly => self.nightly(Duration::from_mins(30)),
            Suite::Weekly => {
                self.nightly(Duration::from_hours(2))?;
                self.real_servers()?;
                self.overload(Overload::FULL)?;
                self.seeded_defects()?;
                self.found("bad manifests at apply", programs::bad_manifests()?);
                if let Some(mutants) = programs::mutants() {
                    self.dashboard.add("last sample of mutants", mutants);
                }
                self.found("peer bugs", programs::peer_bugs()?);
                Ok(())
            }
            Suite::Pairs { count } => self.pairs(count),
            Suite::Replicas { count } => self.replicas(count),
            Suite::FinalizerPolicy { count } => self.finalizer_policy(count),
            Suite::Walks { minutes, first } => self.walks(first, Duration::from_mins(minutes)),
            Suite::Watches => self.watches(),
            Suite::Servers { count } => self.servers(count),
            Suite::ProgramCrashes { count } => self.program_crashes(count),
            Suite::Overload { large, small } => self.overload(Overload {
                large,
                small,
                ..Overload::FULL
            }),
        }
    }

    fn nightly(&mut self, walks: Duration) -> Done {
        let crashes = self.campaign.crash_points();
        let listed = crashes.len();
        self.plans("crash points", &crashes, listed)?;
        self.faults(None)?;
        self.pairs(None)?;
        self.replicas(None)?;
        self.finalizer_policy(None)?;
        self.watches()?;
        self.servers(SERVERS)?;
        self.program_crashes(None)?;
        self.walks(self.arguments.seed, walks)
    }

    /// Runs the campaigns on the real servers.
    pub(crate) fn real_servers(&mut self) -> Done {
        let operator = self.arguments.operator.as_deref();
        let verdicts = real_servers::run(operator, self.arguments.seed);
        self.verdicts(verdicts.map_err(|error| -> Box<dyn Error> { error })?);
        Ok(())
    }

    /// Runs plans on the model of the API server and on a real one.
    fn servers(&mut self, count: usize) -> Done {
        let plans = self.campaign.plans_of_each_scenario(count);
        let server = real_servers::api_server();
        let server = server.map_err(|error| -> Box<dyn Error> { error })?;
        let Comparison {
            plans,
            scenarios,
            requests,
            differences,
        } = self.campaign.compare_servers(&server, &plans)?;
        for Difference { plan, sentences } in &differences {
            println!("DIFFERENT {}", serde_json::to_string(plan)?);
            for sentence in sentences {
                println!("  {sentence}");
            }
            self.dashboard.fail();
        }
        let value = format!(
            "{plans} plans of {scenarios} scenarios / {requests} requests / {} plans differ, seed {}",
            differences.len(),
            self.arguments.seed
        );
        self.dashboard.add("model and real API server", value);
        Ok(())
    }

    /// Kills the shipped program at each of its requests, or at this many.
    fn program_crashes(&mut self, count: Option<usize>) -> Done {
        let operator = self.arguments.operator.as_deref();
        let verdicts = real_servers::run_crashes(operator, count, self.arguments.seed);
        self.verdicts(verdicts.map_err(|error| -> Box<dyn Error> { error })?);
        Ok(())
    }

    /// Runs the shipped program with more than it usually has to bear.
    fn overload(&mut self, sizes: Overload) -> Done {
        let operator = self.arguments.operator.as_deref();
        let verdicts = real_servers::run_overload(operator, sizes);
        self.verdicts(verdicts.map_err(|error| -> Box<dyn Error> { error })?);
        Ok(())
    }

    /// Adds what campaigns on the real servers have shown.
    fn verdicts(&mut self, verdicts: Vec<(String, Verdict)>) {
        for (name, verdict) in verdicts {
            for violation in &verdict.violations {
                println!("FAILED {name}: {violation}");
            }
            self.dashboard.add_verdict(&name, verdict);
        }
    }

    fn faults(&mut self, count: Option<usize>) -> Done {
        let mut faults = self.campaign.single_faults();
        let once = faults.len();
        faults.extend(self.campaign.repeated_faults());
        let listed = faults.len();
        println!("faults: {once} once, {} repeated", listed - once);
        self.plans("fault cells", &self.sampled(faults, count), listed)
    }

    fn pairs(&mut self, count: Option<usize>) -> Done {
        let first = self.campaign.distinct_crash_points();
        let pairs = [
            ("crash pairs", self.campaign.crash_pairs(&first)?),
            (
                "crashes with stale reads",
                self.campaign.crashes_with_stale_reads(&first)?,
            ),
        ];
        self.samples(pairs, count)
    }

    fn replicas(&mut self, count: Option<usize>) -> Done {
        let replicated = self.campaign.with_replicas(2)?;
        let plans = [
            (
                "crash points with two replicas",
                replicated.distinct_crash_points(),
            ),
            ("fault cells with two replicas", replicated.single_faults()),
            ("takeovers by a replica that lags", replicated.takeovers()?),
        ];
        self.samples(plans, count)
    }

    fn finalizer_policy(&mut self, count: Option<usize>) -> Done {
        let policed = self.campaign.with_finalizer_policy()?;
        let plans = [
            (
                "crash points with the finalizer policy",
                policed.distinct_crash_points(),
            ),
            (
                "fault cells with the finalizer policy",
                policed.single_faults(),
            ),
            (
                "takeovers with the finalizer policy",
                policed.with_replicas(2)?.takeovers()?,
            ),
        ];
        self.samples(plans, count)
    }

    fn watches(&mut self) -> Done {
        let times = self.campaign.silent_watches()?;
        self.dashboard.add_staleness(&times);
        if times.iter().any(|(_, time)| *time > MAX_STALENESS) {
            self.dashboard.fail();
        }
        Ok(())
    }

    fn walks(&mut self, first: u64, duration: Duration) -> Done {
        let report = self.campaign.walks(first, duration)?;
        self.report("walks", &report, None)
    }

    /// Adds what another program has found.
    fn found(&mut self, name: &str, found: Found) {
        if !found.is_success {
            self.dashboard.fail();
        }
        self.dashboard.add(name, found.figure);
    }

    /// Puts defects into histories, and checks that the checker finds them.
    fn seeded_defects(&mut self) -> Done {
        let (scenarios, defects) = (scenarios()?, seeded_defects());
        let mut found = 0;
        for defect in &defects {
            if defect.is_found(&scenarios)? {
                found += 1;
            } else {
                println!("NOT FOUND {}", defect.name);
                self.dashboard.fail();
            }
        }
        let (invariants, defects) = (INVARIANTS.len(), defects.len());
        let value = format!("{found} of {defects} found / {invariants} invariants");
        self.dashboard.add("seeded defects", value);
        Ok(())
    }

    /// Runs a sample of each of these campaigns, or all of their plans.
    fn samples<const N: usize>(
        &mut self,
        campaigns: [(&str, Vec<Plan>); N],
        count: Option<usize>,
    ) -> Done {
        for (name, plans) in campaigns {
            let listed = plans.len();
            self.plans(name, &self.sampled(plans, count), listed)?;
        }
        Ok(())
    }

    fn sampled(&self, plans: Vec<Plan>, count: Option<usize>) -> Vec<Plan> {
        match count {
            Some(count) => sample(plans, count, self.arguments.seed),
            None => plans,
        }
    }

    fn plans(&mut self, name: &str, plans: &[Plan], listed: usize) -> Done {
        let report = self.campaign.execute(plans)?;
        self.report(name, &report, Some(listed))
    }

    fn report(&mut self, name: &str, report: &Report, listed: Option<usize>) -> Done {
        let folder = self.arguments.failures.join(name.replace(' ', "-"));
        let files = write_failures(&report.failures, &folder)?;
        for (failure, file) in report.failures.iter().zip(&files) {
            println!("FAILED {}", file.display());
            print_failure(failure);
        }
        println!(
            "{name}: {} run, {} without their second fault, {} failures, {:.1} s, seed {}",
            report.plans,
            report.missed,
            report.failures.len(),
            report.duration.as_secs_f64(),
            self.arguments.seed
        );
        self.dashboard.add_report(name, report, listed);
        Ok(())
    }
}

/// Prints the faults of a plan, and what went wrong.
pub(crate) fn print_failure(failure: &Failure) {
    println!(
        "  {}, seed {}, {} replicas",
        failure.plan.scenario, failure.plan.seed, failure.plan.replicas
    );
    for fault in &failure.plan.faults {
        println!(
            "  {:?} {:?} at {}",
            fault.fault, fault.repetition, fault.label
        );
    }
    for violation in &failure.violations {
        println!("  {}: {}", violation.invariant, violation.detail);
    }
}
