//! The minimum versions of the programs.

use std::fmt;
use std::path::Path;
use std::process::Command;

use crate::children;

/// A version without its pre-release or vendor suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u32, pub(crate) u32, pub(crate) u32);

/// The minimum version of etcd. Streaming lists fail with an older one.
pub(crate) const OLDEST_ETCD: Version = Version(3, 5, 13);

/// The minimum version of kube-apiserver, which is the oldest Kubernetes minor version that the operator supports.
pub(crate) const OLDEST_KUBE_APISERVER: Version = Version(1, 33, 0);

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// Returns the reason why `program` is unsuitable: it is too old, or its version is unknown.
pub(crate) fn version_problem(program: &Path, oldest: Version) -> Option<String> {
    let output = children::output(Command::new(program).arg("--version"), "");
    let text = output
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    match parse(&text) {
        None => Some(format!("{} does not print its version", program.display())),
        Some(version) if version < oldest => Some(format!(
            "{} has version {version}, and the oldest supported version is {oldest}",
            program.display()
        )),
        Some(_) => None,
    }
}

/// Parses the version at the end of the first line, as in `etcd Version: 3.6.8` and `Kubernetes v1.36.2`.
fn parse(text: &str) -> Option<Version> {
    let word = text.lines().next()?.split_whitespace().last()?;
    let mut numbers = word.trim_start_matches('v').split('.').map(|part| {
        let digits = part
            .split(|character: char| !character.is_ascii_digit())
            .next()
            .unwrap_or_default();
        digits.parse().ok()
    });
    Some(Version(
        numbers.next()??,
        numbers.next()??,
        numbers.next()??,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_parsed_from_the_output_of_the_programs() {
        assert_eq!(
            parse("etcd Version: 3.6.8\nGit SHA: HEAD\n"),
            Some(Version(3, 6, 8))
        );
        assert_eq!(parse("Kubernetes v1.36.2\n"), Some(Version(1, 36, 2)));
        assert_eq!(
            parse("Kubernetes v1.33.0-rc.1+k3s1\n"),
            Some(Version(1, 33, 0))
        );
    }

    #[test]
    fn any_other_output_has_no_version() {
        assert_eq!(parse(""), None);
        assert_eq!(parse("usage: etcd [flags]"), None);
        assert_eq!(parse("etcd Version: 3.6"), None);
    }

    #[test]
    fn versions_compare_numerically() {
        assert!(Version(3, 5, 9) < OLDEST_ETCD);
        assert!(Version(3, 5, 13) >= OLDEST_ETCD);
        assert!(Version(1, 9, 0) < OLDEST_KUBE_APISERVER);
    }
}
