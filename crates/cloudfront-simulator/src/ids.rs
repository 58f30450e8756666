//! Identifiers in the shapes AWS uses: unique, and repeatable from a seed.

use serde::{Deserialize, Serialize};

const UPPER: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// A counter behind a bijection of 64-bit numbers: no two identifiers are equal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ids {
    seed: u64,
    next: u64,
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, next: 0 }
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.next += 1;
        mix(self
            .seed
            .wrapping_add(self.next.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    /// `E` and 13 upper-case alphanumerics, for ids and entity tags.
    pub(crate) fn entity(&mut self) -> String {
        format!("E{}", base36(self.number()))
    }

    pub(crate) fn invalidation(&mut self) -> String {
        format!("I{}", base36(self.number()))
    }

    /// A distribution's domain name, `d111111abcdef8.cloudfront.net`; `s…` for streaming.
    pub(crate) fn domain(&mut self, first: char) -> String {
        format!(
            "{first}{}.cloudfront.net",
            base36(self.number()).to_ascii_lowercase()
        )
    }

    /// 96 hexadecimal digits.
    pub(crate) fn canonical_user(&mut self) -> String {
        [(); 6].map(|()| format!("{:016x}", self.number())).concat()
    }

    /// A UUID, for request ids.
    pub(crate) fn request(&mut self) -> String {
        let hex = format!("{:016x}{:016x}", self.number(), self.number());
        [
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..],
        ]
        .join("-")
    }

    /// The access key id of temporary credentials.
    pub(crate) fn temporary_key(&mut self) -> String {
        format!("ASIASIM{}", base36(self.number()))
    }

    /// A number in `0.0..1.0`.
    pub(crate) fn fraction(&mut self) -> f64 {
        f64::from(u32::try_from(self.number() >> 32).unwrap_or(0)) / (f64::from(u32::MAX) + 1.0)
    }
}

/// The finaliser of `SplitMix64`, which maps distinct inputs to distinct outputs.
fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

fn base36(mut number: u64) -> String {
    let mut digits = [b'0'; 13];
    for digit in digits.iter_mut().rev() {
        *digit = UPPER[usize::try_from(number % 36).unwrap_or(0)];
        number /= 36;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_of_the_right_shape() {
        let mut ids = Ids::new(7);
        let made: HashSet<_> = (0..10_000).map(|_| ids.entity()).collect();
        assert_eq!(made.len(), 10_000);
        assert!(made.iter().all(|id| id.len() == 14 && id.starts_with('E')));
    }

    #[test]
    fn a_seed_repeats_its_ids() {
        assert_eq!(Ids::new(1).request(), Ids::new(1).request());
        assert_ne!(Ids::new(1).entity(), Ids::new(2).entity());
    }
}
