//! Signature Version 4A: ECDSA signatures with a key that is derived from the secret access key.
//!
//! The derivation is the one in the AWS documentation and in awslabs/aws-c-auth: counter mode of NIST SP 800-108.

use p256::{
    FieldBytes,
    ecdsa::{Signature, SigningKey, VerifyingKey, signature::hazmat::PrehashVerifier},
};

use super::{authorization::Algorithm, keyed_hash};

/// The order of the curve minus two: a candidate must not be larger.
const MAX_CANDIDATE: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x4f,
];

/// Whether the text is the hexadecimal DER form of a signature of the hash by an access key.
pub(super) fn is_valid(access_key: &str, secret: &str, hash: &[u8], signature: &str) -> bool {
    let key = public_key(access_key, secret);
    let signature = decode_hex(signature).and_then(|der| Signature::from_der(&der).ok());
    key.zip(signature)
        .is_some_and(|(key, signature)| key.verify_prehash(hash, &signature).is_ok())
}

/// Derives the public key of an access key. The probability that no counter gives a key is negligible.
fn public_key(access_key: &str, secret: &str) -> Option<VerifyingKey> {
    let input_key = format!("AWS4A{secret}");
    let mut candidates = (1..=254_u8).map(|counter| {
        let input = [
            &1_u32.to_be_bytes()[..],
            Algorithm::Ecdsa.name().as_bytes(),
            &[0],
            access_key.as_bytes(),
            &[counter],
            &256_u32.to_be_bytes(),
        ];
        keyed_hash(input_key.as_bytes(), &input.concat())
    });
    let candidate = candidates.find(|candidate| candidate.as_slice() <= &MAX_CANDIDATE[..])?;
    let private_key = FieldBytes::try_from(plus_one(candidate).as_slice()).ok()?;
    let private_key = SigningKey::from_bytes(&private_key).ok()?;
    Some(*private_key.verifying_key())
}

/// Adds one to a number of bytes with the most significant first.
fn plus_one(mut number: Vec<u8>) -> Vec<u8> {
    for byte in number.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break;
        }
    }
    number
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let is_hex = text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bytes = (0..text.len()).step_by(2);
    let mut bytes = bytes.map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok());
    is_hex.then(|| bytes.by_ref().collect()).flatten()
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::{super::canonical::hex, *};

    /// The values in awslabs/aws-c-auth, `tests/key_derivation_tests.c`.
    #[test]
    fn the_published_public_key_is_derived() {
        let secret = "q+jcrXGc+0zWN6uzclKVhvMmUsIfRPa4rlRandom";
        let key = public_key("AKISORANDOMAASORANDOM", secret).unwrap();
        let point = key.to_sec1_point(false);
        assert_eq!(
            hex(point.as_bytes()),
            "0415d242ceebf8d8169fd6a8b5a746c41140414c3b07579038da06af89190fffcb\
             0515242cedd82e94799482e4c0514b505afccf2c0c98d6a553bf539f424c5ec0"
        );
    }

    /// Test vector "post-sts-header-before" of the AWS test suite for Signature Version 4A.
    #[test]
    fn the_signature_of_the_published_test_vector_is_valid() {
        let to_sign = "AWS4-ECDSA-P256-SHA256\n20150830T123600Z\n20150830/service/aws4_request\n\
                       964c15d46a67b327b877c02d680c81cb75df04e85144142e190da565ff0d029f";
        let signature = "30450221009cf93687a6055c287c68f881d4a907a6c99eef88b9c908e33e15740ec5a75e43\
                         022072df645db08e18ba4cd7436b3d67691792815a353d48113c7c444bb67c630e50";
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        let is_valid = |access_key: &str, signature: &str| {
            is_valid(access_key, secret, &Sha256::digest(to_sign), signature)
        };
        assert!(is_valid("AKIDEXAMPLE", signature));
        assert!(!is_valid("AKIDEXAMPLF", signature));
        assert!(!is_valid("AKIDEXAMPLE", &signature.replace("0e50", "0e51")));
        for invalid in ["", "3", "zz", "é"] {
            assert!(!is_valid("AKIDEXAMPLE", invalid), "{invalid}");
        }
    }

    #[test]
    fn one_is_added_with_carry() {
        assert_eq!(plus_one(vec![0, 1, 255, 255]), [0, 2, 0, 0]);
    }
}
