//! Parses the values of options. An error message says what to write instead, and clap adds the name of the option.

use super::label_selector::{is_dns_label, is_selector};
use crate::operator::role_bindings::RoleBindingName;
use jiff::SignedDuration;
use std::{ops::RangeInclusive, time::Duration};

type Bounds = RangeInclusive<SignedDuration>;

/// With a shorter period the operator only lists; after more than a week, an observation is useless.
const RESYNC: Bounds = SignedDuration::from_secs(1)..=SignedDuration::from_hours(168);

/// A deployment takes minutes, and a shorter interval would poll CloudFront without a pause.
const DEPLOY_POLL: Bounds = SignedDuration::from_millis(100)..=SignedDuration::from_hours(1);

/// A Lease contains whole seconds. From three seconds on, the fraction that is cut off is less than the third by which the leader
/// stops early. A longer duration means a longer pause after a crash.
const LEASE: Bounds = SignedDuration::from_secs(3)..=SignedDuration::from_hours(1);

/// With a lower rate nothing happens for minutes, which looks like a failure.
const MIN_RATE: f64 = 0.01;

/// Parses the name of a namespace.
pub(crate) fn namespace(text: &str) -> Result<String, String> {
    let namespace = is_dns_label(text).then(|| text.to_owned());
    namespace.ok_or_else(|| {
        format!(
            "{text:?} is not a namespace name: use at most 63 lower-case letters, digits and hyphens, separate several names by commas \
             and no spaces, or omit the option to watch all namespaces"
        )
    })
}

/// Parses the namespace and the name of a RoleBinding.
pub(crate) fn role_binding(text: &str) -> Result<RoleBindingName, String> {
    let name = text.split_once('/').filter(|(namespace, name)| {
        is_dns_label(namespace) && !name.is_empty() && !name.contains(['/', ' '])
    });
    let name = name.map(|(namespace, name)| RoleBindingName {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
    });
    name.ok_or_else(|| {
        format!("{text:?} is not the name of a RoleBinding: use NAMESPACE/NAME, such as team-a/edge-objects")
    })
}

/// Parses a label selector.
pub(crate) fn selector(text: &str) -> Result<String, String> {
    let selector = is_selector(text).then(|| text.to_owned());
    selector.ok_or_else(|| {
        format!("{text:?} is not a label selector: use the syntax of kubectl, such as tier=prod,team in (web)")
    })
}

/// Parses the maximum age of an observation.
pub(crate) fn resync_period(text: &str) -> Result<Duration, String> {
    duration(text, &RESYNC)
}

/// Parses the interval between two polls of a deployment.
pub(crate) fn deployment_poll_interval(text: &str) -> Result<Duration, String> {
    duration(text, &DEPLOY_POLL)
}

/// Parses the duration of a Lease.
pub(crate) fn lease_duration(text: &str) -> Result<Duration, String> {
    duration(text, &LEASE)
}

/// Parses a duration such as `10s`, `5m` or `1h30m`.
fn duration(text: &str, bounds: &Bounds) -> Result<Duration, String> {
    let duration: SignedDuration = text
        .parse()
        .map_err(|_| format!("invalid duration {text:?}: use a value such as 10s, 5m or 1h30m"))?;
    if bounds.contains(&duration) {
        return Ok(duration.unsigned_abs());
    }
    let (min, max) = (bounds.start(), bounds.end());
    Err(format!(
        "duration {text:?} is out of range: use a value from {min:#} to {max:#}"
    ))
}

/// Parses a rate per second.
pub(crate) fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate: &f64| rate.is_finite());
    let rate = rate.filter(|rate| *rate >= 0.0).ok_or_else(|| {
        format!("{text:?} is not a rate: use a number such as 2 or 0.5, or 0 for no limit")
    })?;
    if rate > 0.0 && rate < MIN_RATE {
        return Err(format!(
            "rate {text:?} is out of range: use {MIN_RATE} (one request every 100 seconds) or more, or 0 for no limit"
        ));
    }
    Ok(rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_selectors_are_not_changed() {
        assert_eq!(namespace("team-a"), Ok("team-a".into()));
        assert_eq!(selector("a in (b, c)"), Ok("a in (b, c)".into()));
        assert_eq!(selector(""), Ok(String::new()));
        assert!(namespace("").is_err());
        assert!(selector("a in b").is_err());
    }

    #[test]
    fn durations_are_written_with_units() {
        assert_eq!(resync_period("10s"), Ok(Duration::from_secs(10)));
        assert_eq!(resync_period("1h30m"), Ok(Duration::from_secs(5400)));
        for invalid in ["", "10", "0s", "-5s", "soon", "5s10m"] {
            assert!(resync_period(invalid).is_err(), "{invalid:?}");
        }
    }

    #[test]
    fn durations_have_bounds() {
        let parsers = [resync_period, deployment_poll_interval, lease_duration];
        let bounds = [
            ["999ms", "1s", "168h", "168h1s"],
            ["99ms", "100ms", "1h", "1h1s"],
            ["2s999ms", "3s", "1h", "1h1s"],
        ];
        for (parse, [short, min, max, long]) in parsers.into_iter().zip(bounds) {
            assert!(parse(min).is_ok() && parse(max).is_ok(), "{min}, {max}");
            assert!(
                parse(short).is_err() && parse(long).is_err(),
                "{short}, {long}"
            );
        }
        assert_eq!(
            lease_duration("0s"),
            Err("duration \"0s\" is out of range: use a value from 3s to 1h".into())
        );
    }

    #[test]
    fn rates_are_finite_numbers_from_zero_up() {
        assert_eq!(rate("0.5"), Ok(0.5));
        for invalid in ["-1", "NaN", "inf", "fast"] {
            assert!(rate(invalid).is_err(), "{invalid:?}");
        }
        assert_eq!((rate("0"), rate("0.01")), (Ok(0.0), Ok(0.01)));
        let too_low = rate("1e-30").unwrap_err();
        assert!(too_low.contains("use 0.01"), "{too_low}");
    }
}
