//! Unique identifiers in AWS formats, repeatable from a seed.

use serde::{Deserialize, Serialize};

/// The entity tags of the first versions of a resource, where entity tags count versions (FACTS.md, families).
const COUNTED_ENTITY_TAGS: [&str; 9] = [
    "E23ZP02F085DFQ",
    "ETVPDKIKX0DER",
    "E3UN6WX5RRO2AG",
    "E1F83G8C2ARO7P",
    "E1PA6795UKMFR9",
    "E13V1IB3VIYZZH",
    "E1VC38T7YXB528",
    "E2EUQ1WTGCTBG2",
    "E3AEGXETSR30VB",
];

const BASE36_DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Generates identifiers from a counter and a bijection on 64-bit numbers, so that no two identifiers are equal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct IdGenerator {
    seed: u64,
    #[serde(rename = "next")]
    counter: u64,
}

impl IdGenerator {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, counter: 0 }
    }

    pub(crate) fn next_number(&mut self) -> u64 {
        self.counter += 1;
        mix(self
            .seed
            .wrapping_add(self.counter.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    /// Returns an ID or entity tag: `E` and 13 upper-case alphanumeric characters.
    pub(crate) fn next_entity_id(&mut self) -> String {
        format!("E{}", base36(self.next_number()))
    }

    /// Returns the ID of a public key: `K` and 13 upper-case alphanumeric characters.
    pub(crate) fn next_public_key_id(&mut self) -> String {
        format!("K{}", base36(self.next_number()))
    }

    /// Returns the ID of a field-level encryption profile: `P` and 13 upper-case alphanumeric characters.
    pub(crate) fn next_encryption_profile_id(&mut self) -> String {
        format!("P{}", base36(self.next_number()))
    }

    /// Returns the ID of a field-level encryption configuration: `C` and 13 upper-case alphanumeric characters.
    pub(crate) fn next_encryption_config_id(&mut self) -> String {
        format!("C{}", base36(self.next_number()))
    }

    /// Returns the ID of an invalidation: `I` and 13 upper-case alphanumeric characters.
    pub(crate) fn next_invalidation_id(&mut self) -> String {
        format!("I{}", base36(self.next_number()))
    }

    /// Returns the domain name of a distribution, such as `d111111abcdef8.cloudfront.net`.
    pub(crate) fn next_domain_name(&mut self, prefix: char) -> String {
        format!(
            "{prefix}{}.cloudfront.net",
            base36(self.next_number()).to_ascii_lowercase()
        )
    }

    /// Returns a canonical user ID: 96 hexadecimal digits.
    pub(crate) fn next_canonical_user_id(&mut self) -> String {
        [(); 6]
            .map(|()| format!("{:016x}", self.next_number()))
            .concat()
    }

    /// Returns a UUID, which identifies requests and some resources.
    pub(crate) fn next_uuid(&mut self) -> String {
        let hex = format!("{:016x}{:016x}", self.next_number(), self.next_number());
        [
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..],
        ]
        .join("-")
    }

    /// Returns the access key ID of temporary credentials.
    pub(crate) fn next_temporary_access_key(&mut self) -> String {
        format!("ASIASIM{}", base36(self.next_number()))
    }

    /// Returns a number in `0.0..1.0`.
    pub(crate) fn next_fraction(&mut self) -> f64 {
        f64::from(u32::try_from(self.next_number() >> 32).unwrap_or(0))
            / (f64::from(u32::MAX) + 1.0)
    }
}

/// Returns the entity tag of the first version, or of the version after the one with the current entity tag.
pub(crate) fn counted_entity_tag(current: Option<&str>) -> String {
    let mut tags = COUNTED_ENTITY_TAGS.iter();
    let next = match current {
        None => tags.next(),
        Some(current) => tags.find(|tag| **tag == current).and_then(|_| tags.next()),
    };
    if let Some(tag) = next {
        return (*tag).to_owned();
    }
    let text = current.unwrap_or_default().bytes();
    let number = text.fold(0_u64, |sum, byte| {
        sum.wrapping_mul(131).wrapping_add(u64::from(byte))
    });
    format!("E{}", base36(mix(number)))
}

/// The output function of `SplitMix64`, which maps distinct inputs to distinct outputs.
fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

fn base36(mut number: u64) -> String {
    let mut digits = [b'0'; 13];
    for digit in digits.iter_mut().rev() {
        *digit = BASE36_DIGITS[usize::try_from(number % 36).unwrap_or(0)];
        number /= 36;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn entity_ids_are_unique_and_have_the_aws_format() {
        let mut ids = IdGenerator::new(7);
        let generated: HashSet<_> = (0..10_000).map(|_| ids.next_entity_id()).collect();
        assert_eq!(generated.len(), 10_000);
        assert!(
            generated
                .iter()
                .all(|id| id.len() == 14 && id.starts_with('E'))
        );
    }

    #[test]
    fn counted_entity_tags_are_repeatable_and_differ() {
        let mut tags = vec![counted_entity_tag(None)];
        for number in 0..1_000 {
            tags.push(counted_entity_tag(Some(&tags[number])));
        }
        assert_eq!(tags[..2], ["E23ZP02F085DFQ", "ETVPDKIKX0DER"]);
        assert_eq!(tags.iter().collect::<HashSet<_>>().len(), 1_001);
    }

    #[test]
    fn equal_seeds_give_equal_ids() {
        assert_eq!(
            IdGenerator::new(1).next_uuid(),
            IdGenerator::new(1).next_uuid()
        );
        assert_ne!(
            IdGenerator::new(1).next_entity_id(),
            IdGenerator::new(2).next_entity_id()
        );
    }
}
