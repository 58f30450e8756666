//! What options can be. Each function takes what was written, and gives the value or says what to write instead; clap says of which
//! option that is.

use super::label_selector::{is_dns_label, is_selector};
use jiff::SignedDuration;
use std::{ops::RangeInclusive, time::Duration};

type Bounds = RangeInclusive<SignedDuration>;

/// More often, the operator would do nothing but list; after a week, an observation tells nothing any more.
const RESYNC: Bounds = SignedDuration::from_secs(1)..=SignedDuration::from_hours(168);

/// More often, CloudFront would be asked without a pause; a deployment takes minutes.
const DEPLOY_POLL: Bounds = SignedDuration::from_millis(100)..=SignedDuration::from_hours(1);

/// A Lease tells whole seconds: from three on, what is cut off is less than the third by which its holder gives up before. The
/// longer it is, the longer nobody works after a crash.
const LEASE: Bounds = SignedDuration::from_secs(3)..=SignedDuration::from_hours(1);

/// The name of a namespace.
pub(crate) fn namespace(text: &str) -> Result<String, String> {
    let good = is_dns_label(text).then(|| text.to_owned());
    good.ok_or_else(|| {
        format!(
            "{text:?} is no name of a namespace; write names of at most 63 lower-case letters, digits and hyphens, with commas and no \
             spaces between them, or leave the option out for all namespaces"
        )
    })
}

/// A label selector.
pub(crate) fn selector(text: &str) -> Result<String, String> {
    let good = is_selector(text).then(|| text.to_owned());
    good.ok_or_else(|| {
        format!("{text:?} is no label selector; write one as kubectl takes it, such as tier=prod,team in (web)")
    })
}

/// How old an observation may get.
pub(crate) fn resync_interval(text: &str) -> Result<Duration, String> {
    time(text, &RESYNC)
}

/// The time between two looks at what is being deployed.
pub(crate) fn deploy_poll_interval(text: &str) -> Result<Duration, String> {
    time(text, &DEPLOY_POLL)
}

/// The time that a Lease is good for.
pub(crate) fn lease_duration(text: &str) -> Result<Duration, String> {
    time(text, &LEASE)
}

/// A time such as `10s`, `5m` or `1h30m`.
fn time(text: &str, bounds: &Bounds) -> Result<Duration, String> {
    let time: SignedDuration = text
        .parse()
        .map_err(|_| format!("{text:?} is no time; write 10s, 5m or 1h30m"))?;
    if bounds.contains(&time) {
        return Ok(time.unsigned_abs());
    }
    let (least, most) = (bounds.start(), bounds.end());
    Err(format!(
        "{text:?} is out of bounds; write a time from {least:#} to {most:#}"
    ))
}

/// A rate a second.
pub(crate) fn rate(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|rate: &f64| rate.is_finite() && *rate >= 0.0)
        .ok_or_else(|| {
            format!("{text:?} is no rate; write a number such as 2 or 0.5, or 0 for no limit")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_selectors_are_taken_as_they_are_written() {
        assert_eq!(namespace("team-a"), Ok("team-a".into()));
        assert_eq!(selector("a in (b, c)"), Ok("a in (b, c)".into()));
        assert_eq!(selector(""), Ok(String::new()));
        assert!(namespace("").is_err());
        assert!(selector("a in b").is_err());
    }

    #[test]
    fn times_are_written_as_people_write_them() {
        assert_eq!(resync_interval("10s"), Ok(Duration::from_secs(10)));
        assert_eq!(resync_interval("1h30m"), Ok(Duration::from_secs(5400)));
        for bad in ["", "10", "0s", "-5s", "soon", "5s10m"] {
            assert!(resync_interval(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn times_have_bounds() {
        let parsers = [resync_interval, deploy_poll_interval, lease_duration];
        let bounds = [
            ["999ms", "1s", "168h", "168h1s"],
            ["99ms", "100ms", "1h", "1h1s"],
            ["2s999ms", "3s", "1h", "1h1s"],
        ];
        for (parse, [short, least, most, long]) in parsers.into_iter().zip(bounds) {
            assert!(
                parse(least).is_ok() && parse(most).is_ok(),
                "{least}, {most}"
            );
            assert!(
                parse(short).is_err() && parse(long).is_err(),
                "{short}, {long}"
            );
        }
        assert_eq!(
            lease_duration("0s"),
            Err("\"0s\" is out of bounds; write a time from 3s to 1h".into())
        );
    }

    #[test]
    fn rates_are_numbers_from_nought_up() {
        assert_eq!(rate("0.5"), Ok(0.5));
        for bad in ["-1", "NaN", "inf", "fast"] {
            assert!(rate(bad).is_err(), "{bad:?}");
        }
    }
}
