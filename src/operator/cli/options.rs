//! The command line. Every flag of `run` is also an environment variable, so that the chart can set it.

use super::value_parsers;
use crate::operator::registry::kinds;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, builder::PossibleValuesParser};
use clap_complete::Shell;
use std::{collections::BTreeSet, net::SocketAddr, path::PathBuf, time::Duration};

/// Manages Amazon CloudFront through Kubernetes custom resources.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the operator, until SIGTERM or Ctrl-C.
    ///
    /// Kubernetes is found through KUBECONFIG, ~/.kube/config or the pod's service account; AWS credentials through the standard
    /// chain: AWS_* variables, profile, web identity (IRSA), EKS Pod Identity, instance metadata.
    Run(Box<RunArgs>),
    /// Tells what would keep the operator from its work, and how to put it right. Changes nothing.
    ///
    /// Looks at the same places and takes the same options as `run`. Ends with 0 if nothing failed, with 1 if something did, and with
    /// 2 if the command line is wrong.
    Doctor(Box<DoctorArgs>),
    /// Prints the custom resource definitions, for `kubectl apply -f -`.
    Crds,
    /// Prints the IAM policy that the operator needs, and no more: JSON for `aws iam put-role-policy --policy-document`.
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
    /// The kinds that are used, separated by commas; all unless set
    #[arg(long, value_delimiter = ',', value_name = "KINDS", value_parser = PossibleValuesParser::new(kinds().iter().map(|entry| entry.kind)))]
    pub kinds: Vec<String>,

    /// Leaves out what changes something, for `--mode observe`
    #[arg(long)]
    pub read_only: bool,
}

/// The options of `doctor`: those of `run`, and its own.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// How the report is written
    #[arg(short, long, value_enum, default_value = "text")]
    pub output: OutputFormat,

    /// What `run` would be given.
    #[command(flatten)]
    pub run: RunArgs,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people: a line for each check.
    Text,
    /// One JSON object.
    Json,
}

/// Whether CloudFront is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// CloudFront is kept as the objects ask.
    Manage,
    /// Nothing is written to CloudFront, for any object; status tells what would be.
    Observe,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// The options of `run`. The defaults are for an account of 500 distributions.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Namespaces to watch, separated by commas; all unless set
    #[arg(
        long,
        env = "CLOUDFRONT_OPERATOR_NAMESPACES",
        value_delimiter = ',',
        value_parser = value_parsers::namespace,
        value_name = "NAMES"
    )]
    pub namespaces: Vec<String>,

    /// Label selector of the objects to watch, such as `tier=prod,team in (web)`; all unless set
    #[arg(long, env = "CLOUDFRONT_OPERATOR_SELECTOR", value_parser = value_parsers::selector, value_name = "SELECTOR")]
    pub selector: Option<String>,

    /// Whether CloudFront may be written to
    #[arg(
        long,
        env = "CLOUDFRONT_OPERATOR_MODE",
        value_enum,
        default_value = "manage"
    )]
    pub mode: Mode,

    /// Passes of one kind at once
    #[arg(long, env = "CLOUDFRONT_OPERATOR_CONCURRENCY", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..), value_name = "N")]
    pub concurrency: u16,

    /// How old an observation of CloudFront may get: 10m, 1h; from 1s to 168h
    #[arg(long, env = "CLOUDFRONT_OPERATOR_RESYNC_INTERVAL", default_value = "10m", value_parser = value_parsers::resync_interval, value_name = "TIME")]
    pub resync_interval: Duration,

    /// How often CloudFront is asked while it deploys something, from 100ms to 1h
    #[arg(long, env = "CLOUDFRONT_OPERATOR_DEPLOY_POLL_INTERVAL", default_value = "10s", value_parser = value_parsers::deploy_poll_interval, value_name = "TIME")]
    pub deploy_poll_interval: Duration,

    /// Reads from CloudFront a second, for the whole account; 0 is no limit
    #[arg(long, env = "CLOUDFRONT_OPERATOR_READS_PER_SECOND", default_value_t = 10.0, value_parser = value_parsers::rate, value_name = "RATE")]
    pub reads_per_second: f64,

    /// Writes to CloudFront a second, for the whole account; 0 is no limit
    #[arg(long, env = "CLOUDFRONT_OPERATOR_WRITES_PER_SECOND", default_value_t = 2.0, value_parser = value_parsers::rate, value_name = "RATE")]
    pub writes_per_second: f64,

    /// Whether to work only while holding a Lease, so that a second replica may stand by
    #[arg(long, env = "CLOUDFRONT_OPERATOR_LEADER_ELECT", action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_value_t = false, default_missing_value = "true")]
    pub leader_elect: bool,

    /// How long the Lease is held without being renewed, from 3s to 1h
    #[arg(long, env = "CLOUDFRONT_OPERATOR_LEASE_DURATION", default_value = "15s", value_parser = value_parsers::lease_duration, value_name = "TIME")]
    pub lease_duration: Duration,

    /// Where CloudFront is, instead of AWS: a simulator, a proxy. AWS_ENDPOINT_URL_CLOUDFRONT and AWS_ENDPOINT_URL work too
    #[arg(long, env = "CLOUDFRONT_OPERATOR_ENDPOINT_URL", value_name = "URL")]
    pub endpoint_url: Option<String>,

    /// Permits plain HTTP to an endpoint beyond this machine
    #[arg(long, env = "CLOUDFRONT_OPERATOR_ALLOW_PLAIN_HTTP", action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_value_t = false, default_missing_value = "true")]
    pub allow_plain_http: bool,

    /// Where /metrics is served
    #[arg(
        long,
        env = "CLOUDFRONT_OPERATOR_METRICS_LISTEN",
        default_value = "0.0.0.0:8080",
        value_name = "ADDRESS"
    )]
    pub metrics_listen: SocketAddr,

    /// Where /healthz and /readyz are served
    #[arg(
        long,
        env = "CLOUDFRONT_OPERATOR_HEALTH_LISTEN",
        default_value = "0.0.0.0:8081",
        value_name = "ADDRESS"
    )]
    pub health_listen: SocketAddr,

    /// What is logged: error, warn, info, debug, trace, or per module as in `info,cloudfront_operator=debug`
    #[arg(
        long,
        env = "CLOUDFRONT_OPERATOR_LOG_LEVEL",
        default_value = "info",
        value_name = "LEVEL"
    )]
    pub log_level: String,

    /// How it is logged; json unless set, or text on a terminal
    #[arg(long, env = "CLOUDFRONT_OPERATOR_LOG_FORMAT", value_enum)]
    pub log_format: Option<LogFormat>,

    /// Collector that traces are sent to, OTLP over HTTP: http://otel-collector:4318; none unless set
    #[arg(long, env = "CLOUDFRONT_OPERATOR_TRACES_ENDPOINT", value_name = "URL")]
    pub traces_endpoint: Option<String>,
}

impl RunArgs {
    /// Returns the namespaces to watch, or `None` for all. Duplicates are removed, because two controllers would reconcile the same
    /// objects.
    pub(crate) fn scopes(&self) -> Vec<Option<String>> {
        if self.namespaces.is_empty() {
            return vec![None];
        }
        let names: BTreeSet<&String> = self.namespaces.iter().collect();
        names.into_iter().cloned().map(Some).collect()
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
            ("--namespaces", "team-a,Team_B", "'Team_B'", "lower-case"),
            ("--namespaces", "team-a, team-b", "' team-b'", "no spaces"),
            ("--selector", "tier in prod", "'tier in prod'", "in (web)"),
            ("--resync-interval", "0s", "'0s'", "from 1s to 168h"),
            ("--deploy-poll-interval", "2h", "'2h'", "from 100ms to 1h"),
            ("--lease-duration", "2s", "'2s'", "from 3s to 1h"),
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
            scopes(&["--namespaces", "b,a,b"]),
            [Some("a".into()), Some("b".into())]
        );
    }
}
