//! The command line. Every flag of `run` is also an environment variable, so that the chart can set it.

use super::value_parsers;
use crate::{
    cloudfront,
    engine::EngineConfig,
    operator::{registry, role_bindings::RoleBindingName},
};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, builder::PossibleValuesParser};
use clap_complete::Shell;
use std::{collections::BTreeSet, net::SocketAddr, path::PathBuf, time::Duration};

/// Manages Amazon CloudFront through Kubernetes custom resources.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the operator, until SIGTERM or Ctrl-C.
    ///
    /// The cluster comes from KUBECONFIG, ~/.kube/config or the pod's service account. AWS credentials come from the standard chain:
    /// AWS_* variables, profile, web identity (IRSA), EKS Pod Identity, instance metadata.
    Run(Box<RunArgs>),
    /// Checks credentials, permissions, CRDs and cluster access, and suggests a fix for each problem. Read-only.
    ///
    /// Takes the same options as `run`. Exits with 0 if no check failed, with 1 if a check failed, and with 2 if the command line is
    /// invalid.
    Doctor(Box<DoctorArgs>),
    /// Prints the CustomResourceDefinitions, for `kubectl apply -f -`.
    Crds,
    /// Prints the minimal IAM policy of the operator: JSON for `aws iam put-role-policy --policy-document`.
    IamPolicy(IamPolicyArgs),
    /// Prints the completion script for a shell, such as `source <(cloudfront-operator completions bash)`.
    Completions(CompletionsArgs),
    /// Writes the man pages to a directory, one for each command.
    Man(ManArgs),
}

/// The arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell that reads the script
    #[arg(value_enum)]
    pub shell: Shell,
}

/// The arguments of `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The directory for the pages; created if it does not exist
    pub directory: PathBuf,
}

/// The options of `iam-policy`.
#[derive(Debug, Args)]
pub struct IamPolicyArgs {
    /// Kinds to grant access for, separated by commas; all unless set
    #[arg(long, value_delimiter = ',', value_name = "KINDS", value_parser = kind_names())]
    pub kinds: Vec<String>,

    /// Grants no write, for an operator with `--read-only`
    #[arg(long)]
    pub read_only: bool,
}

/// Returns a parser of the names of kinds.
fn kind_names() -> PossibleValuesParser {
    PossibleValuesParser::new(registry::kind_names())
}

/// The options of `doctor`: those of `run`, and its own.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Format of the report
    #[arg(short, long, value_enum, default_value = "text")]
    pub output: OutputFormat,

    /// The options of `run`.
    #[command(flatten)]
    pub run: RunArgs,
}

/// The format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// One line per check.
    Text,
    /// One JSON object.
    Json,
}

/// The format of the logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// Text for a terminal.
    Text,
}

/// The events that the operator publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Events {
    /// Each write to CloudFront, and warnings.
    All,
    /// Warnings, and corrections of drift.
    Warnings,
}

/// The options of `run`. The defaults are for an account of 500 distributions.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct RunArgs {
    /// Namespaces to watch, separated by commas; all unless set
    #[arg(
        long,
        env = "CLOUDFRONT_OPERATOR_WATCH_NAMESPACES",
        value_delimiter = ',',
        value_parser = value_parsers::namespace,
        value_name = "NAMES"
    )]
    pub watch_namespaces: Vec<String>,

    /// Kinds to manage, separated by commas; all unless set. Objects of other kinds, and references to them, are not reconciled
    #[arg(long, env = "CLOUDFRONT_OPERATOR_KINDS", value_delimiter = ',', value_name = "KINDS", value_parser = kind_names())]
    pub kinds: Vec<String>,

    /// Label selector of the objects to watch, such as `tier=prod,team in (web)`; all unless set
    #[arg(long, env = "CLOUDFRONT_OPERATOR_WATCH_LABEL_SELECTOR", value_parser = value_parsers::selector, value_name = "SELECTOR")]
    pub watch_label_selector: Option<String>,

    /// RoleBindings, as NAMESPACE/NAME separated by commas, that keep the permissions in a namespace that is being deleted; the chart sets it
    #[arg(
        long,
        env = "CLOUDFRONT_OPERATOR_PROTECTED_ROLE_BINDINGS",
        value_delimiter = ',',
        value_parser = value_parsers::role_binding,
        value_name = "NAMES"
    )]
    pub protected_role_bindings: Vec<RoleBindingName>,

    /// Writes nothing to CloudFront, for any object; the status shows what would be written
    #[arg(long, env = "CLOUDFRONT_OPERATOR_READ_ONLY", action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_value_t = false, default_missing_value = "true")]
    pub read_only: bool,

    /// Paths that the InvalidationPolicies of a namespace may invalidate in a calendar month; no limit unless set
    #[arg(
        long,
        env = "CLOUDFRONT_OPERATOR_MAX_INVALIDATION_PATHS_PER_MONTH",
        value_name = "N"
    )]
    pub max_invalidation_paths_per_month: Option<u32>,

    /// Reconciliations of one kind that run at once
    #[arg(long, env = "CLOUDFRONT_OPERATOR_MAX_CONCURRENT_RECONCILES", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..), value_name = "N")]
    pub max_concurrent_reconciles: u16,

    /// Maximum age of an observation of CloudFront: 10m, 1h; from 1s to 168h
    #[arg(long, env = "CLOUDFRONT_OPERATOR_RESYNC_PERIOD", default_value = "10m", value_parser = value_parsers::resync_period, value_name = "DURATION")]
    pub resync_period: Duration,

    /// Interval of the requests to CloudFront while a change is being deployed, from 100ms to 1h; at first a tenth, in the end three times as long
    #[arg(long, env = "CLOUDFRONT_OPERATOR_DEPLOYMENT_POLL_INTERVAL", default_value = "10s", value_parser = value_parsers::deployment_poll_interval, value_name = "DURATION")]
    pub deployment_poll_interval: Duration,

    /// Read requests to CloudFront per second, for the whole account; 0 disables the limit
    #[arg(long, env = "CLOUDFRONT_OPERATOR_CLOUDFRONT_READ_QPS", default_value_t = 10.0, value_parser = value_parsers::rate, value_name = "RATE")]
    pub cloudfront_read_qps: f64,

    /// Write requests to CloudFront per second, for the whole account; 0 disables the limit
    #[arg(long, env = "CLOUDFRONT_OPERATOR_CLOUDFRONT_WRITE_QPS", default_value_t = 2.0, value_parser = value_parsers::rate, value_name = "RATE")]
    pub cloudfront_write_qps: f64,

    /// Reconciles only while holding a Lease, so that a second replica can stand by
    #[arg(long, env = "CLOUDFRONT_OPERATOR_LEADER_ELECT", action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_value_t = false, default_missing_value = "true")]
    pub leader_elect: bool,

    /// Duration for which the Lease is valid without a renewal, from 3s to 1h; it is renewed every quarter of it
    #[arg(long, env = "CLOUDFRONT_OPERATOR_LEADER_ELECT_LEASE_DURATION", default_value = "6s", value_parser = value_parsers::lease_duration, value_name = "DURATION")]
    pub leader_elect_lease_duration: Duration,

    /// Events to publish; `warnings` leaves out those of expected writes, so that a create needs one Kubernetes write less
    #[arg(
        long,
        env = "CLOUDFRONT_OPERATOR_EVENTS",
        value_enum,
        default_value = "all"
    )]
    pub events: Events,

    /// Endpoint to use instead of AWS, such as a simulator. AWS_ENDPOINT_URL_CLOUDFRONT and AWS_ENDPOINT_URL work too
    #[arg(long, env = "CLOUDFRONT_OPERATOR_ENDPOINT_URL", value_name = "URL")]
    pub endpoint_url: Option<String>,

    /// Permits plain HTTP to an endpoint that is not on the loopback interface
    #[arg(long, env = "CLOUDFRONT_OPERATOR_ALLOW_INSECURE_HTTP", action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_value_t = false, default_missing_value = "true")]
    pub allow_insecure_http: bool,

    /// Whether a start checks the permissions that no response has shown yet, with at most five reads, and logs what is missing
    #[arg(long, env = "CLOUDFRONT_OPERATOR_STARTUP_CHECKS", action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_value_t = true, default_missing_value = "true")]
    pub startup_checks: bool,

    /// Address at which /metrics is served
    #[arg(
        long,
        env = "CLOUDFRONT_OPERATOR_METRICS_BIND_ADDRESS",
        default_value = "0.0.0.0:8080",
        value_name = "ADDRESS"
    )]
    pub metrics_bind_address: SocketAddr,

    /// Serves the conditions of each object as metric object_condition, at most 10,000 series
    #[arg(long, env = "CLOUDFRONT_OPERATOR_METRICS_PER_OBJECT", action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_value_t = false, default_missing_value = "true")]
    pub metrics_per_object: bool,

    /// Address at which /healthz and /readyz are served
    #[arg(
        long,
        env = "CLOUDFRONT_OPERATOR_HEALTH_PROBE_BIND_ADDRESS",
        default_value = "0.0.0.0:8081",
        value_name = "ADDRESS"
    )]
    pub health_probe_bind_address: SocketAddr,

    /// Log level: error, warn, info, debug, trace, or per module as in `info,cloudfront_operator=debug`
    #[arg(
        long,
        env = "CLOUDFRONT_OPERATOR_LOG_LEVEL",
        default_value = "info",
        value_name = "LEVEL"
    )]
    pub log_level: String,

    /// Log format; json unless set, or text on a terminal
    #[arg(long, env = "CLOUDFRONT_OPERATOR_LOG_FORMAT", value_enum)]
    pub log_format: Option<LogFormat>,

    /// OTLP/HTTP collector that receives the traces, such as http://otel-collector:4318; no traces unless set
    #[arg(long, env = "CLOUDFRONT_OPERATOR_OTLP_ENDPOINT", value_name = "URL")]
    pub otlp_endpoint: Option<String>,
}

impl RunArgs {
    /// Returns the namespaces to watch, or `None` for all. Duplicates are removed, because two controllers would reconcile the same
    /// objects.
    pub(crate) fn scopes(&self) -> Vec<Option<String>> {
        if self.watch_namespaces.is_empty() {
            return vec![None];
        }
        let names: BTreeSet<&String> = self.watch_namespaces.iter().collect();
        names.into_iter().cloned().map(Some).collect()
    }

    /// Returns the configuration of the engine.
    pub fn engine_config(&self) -> EngineConfig {
        EngineConfig {
            resync_period: self.resync_period,
            deployment_poll_interval: self.deployment_poll_interval,
            max_concurrent_reconciles: self.max_concurrent_reconciles,
            is_read_only: self.read_only,
            label_selector: self.watch_label_selector.clone(),
        }
    }

    /// Returns the configuration of the CloudFront client, without the functions that connect it to other parts of the program.
    pub fn cloudfront_options(&self) -> cloudfront::Options {
        cloudfront::Options {
            endpoint: self.endpoint_url.clone(),
            allow_insecure_http: self.allow_insecure_http,
            read_qps: self.cloudfront_read_qps,
            write_qps: self.cloudfront_write_qps,
            ..cloudfront::Options::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_flag_of_run_has_an_environment_variable_of_the_same_name() {
        let command = Cli::command();
        let run = command
            .find_subcommand("run")
            .expect("there is a run command");
        let flags = run
            .get_arguments()
            .filter(|flag| !["help", "version"].contains(&flag.get_id().as_str()));
        for flag in flags {
            let long = flag.get_long().expect("every argument is a flag");
            let name = format!(
                "CLOUDFRONT_OPERATOR_{}",
                long.to_uppercase().replace('-', "_")
            );
            assert_eq!(
                flag.get_env().and_then(|name| name.to_str()),
                Some(name.as_str()),
                "--{long}"
            );
            assert!(flag.get_help().is_some(), "--{long} has no help");
        }
    }

    /// Parses arguments of `run`.
    fn parse_run(arguments: &[&str]) -> Result<RunArgs, clap::Error> {
        let program: &[&str] = &["cloudfront-operator", "run"];
        match Cli::try_parse_from([program, arguments].concat())?.command {
            Command::Run(options) => Ok(*options),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_error_names_the_option_the_value_and_a_valid_form() {
        for (option, value, invalid, valid) in [
            (
                "--watch-namespaces",
                "team-a,Team_B",
                "'Team_B'",
                "lower-case",
            ),
            (
                "--watch-namespaces",
                "team-a, team-b",
                "' team-b'",
                "no spaces",
            ),
            (
                "--watch-label-selector",
                "tier in prod",
                "'tier in prod'",
                "in (web)",
            ),
            (
                "--protected-role-bindings",
                "edge",
                "'edge'",
                "NAMESPACE/NAME",
            ),
            ("--resync-period", "0s", "'0s'", "from 1s to 168h"),
            (
                "--deployment-poll-interval",
                "2h",
                "'2h'",
                "from 100ms to 1h",
            ),
            (
                "--leader-elect-lease-duration",
                "2s",
                "'2s'",
                "from 3s to 1h",
            ),
        ] {
            let refusal = parse_run(&[option, value]).expect_err(value).to_string();
            for part in [option, invalid, valid] {
                assert!(refusal.contains(part), "{part} is missing from {refusal}");
            }
        }
    }

    #[test]
    fn a_namespace_is_watched_once_even_if_it_is_given_twice() {
        let scopes = |arguments: &[&str]| parse_run(arguments).unwrap().scopes();
        assert_eq!(scopes(&[]), [None]);
        assert_eq!(
            scopes(&["--watch-namespaces", "b,a,b"]),
            [Some("a".into()), Some("b".into())]
        );
    }
}
