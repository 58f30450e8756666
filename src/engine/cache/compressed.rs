//! Text, in as few bytes as possible.

use lz4_flex::block::{DecompressError, compress_with_dict, decompress_with_dict};
use std::sync::{PoisonError, RwLock};

/// What all texts are packed with: objects and documents are much alike, whatever their kind.
static DICTIONARY: Dictionary = Dictionary(RwLock::new(vec![]));

/// Bytes that a sample may grow to: LZ4 reaches back for 64 KiB, of which the text itself takes some.
const MAX_DICTIONARY: usize = 32 << 10;

/// Bytes of one text that go into a sample, so that no single one fills it.
const MAX_ENTRY: usize = 8 << 10;

/// Compressed text.
#[derive(Clone)]
pub(crate) struct Compressed {
    bytes: Box<[u8]>,
    /// How much of the sample it was packed with.
    sample: usize,
    length: usize,
}

/// The texts so far that resembled none before them, one after the other. With these at hand most others are kept as the little that
/// is their own. It only ever grows at its end, so a length tells what a text was packed with.
struct Dictionary(RwLock<Vec<u8>>);

impl Compressed {
    /// Compresses text. If it resembles nothing so far, and there is room, those to come are packed with `lesson` at hand: the same text without its secrets,
    /// since that is kept for good.
    pub(crate) fn new(text: &[u8], redacted: impl FnOnce() -> String) -> Self {
        let packed = DICTIONARY.pack(text);
        let has_room = packed.sample < MAX_DICTIONARY;
        if has_room && packed.bytes.len() > text.len() / 4 {
            DICTIONARY.extend(redacted().as_bytes());
        }
        packed
    }

    /// The text. Fails only if it is not what was packed.
    pub(crate) fn decompress(&self) -> Result<Vec<u8>, DecompressError> {
        DICTIONARY.decompress(self)
    }
}

impl Dictionary {
    fn pack(&self, text: &[u8]) -> Compressed {
        let sample = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Compressed {
            bytes: compress_with_dict(text, &sample).into(),
            sample: sample.len(),
            length: text.len(),
        }
    }

    /// Keeps a text for the sake of those to come, while there is room.
    fn extend(&self, text: &[u8]) {
        let mut sample = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let room = (MAX_DICTIONARY - sample.len()).min(MAX_ENTRY);
        sample.extend(text.iter().take(room));
    }

    fn decompress(&self, packed: &Compressed) -> Result<Vec<u8>, DecompressError> {
        let sample = self.0.read().unwrap_or_else(PoisonError::into_inner);
        decompress_with_dict(&packed.bytes, packed.length, &sample[..packed.sample])
    }
}

/// What all texts are packed with at this moment.
#[cfg(test)]
pub(crate) fn sample() -> String {
    let sample = DICTIONARY.0.read().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8_lossy(&sample).into_owned()
}

impl std::fmt::Debug for Compressed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_comes_back_and_the_next_of_its_like_is_small() {
        let sample = Dictionary(RwLock::default());
        let text = |name: &str| {
            let items = (0..20).map(|n| format!("<Item{n}>{}</Item{n}>", n * n));
            format!("<Name>{name}</Name>{}", items.collect::<String>())
        };
        let first = sample.pack(text("one").as_bytes());
        sample.extend(text("one").as_bytes());
        let second = sample.pack(text("two").as_bytes());
        assert!(second.bytes.len() < text("two").len() / 5, "{second:?}");
        assert_eq!(sample.decompress(&first).unwrap(), text("one").as_bytes());
        assert_eq!(sample.decompress(&second).unwrap(), text("two").as_bytes());
    }

    #[test]
    fn texts_without_any_likeness_come_back_however_many_there_are() {
        let sample = Dictionary(RwLock::default());
        // High powers have digits that do not repeat each other for long.
        let text = |n: u128| -> String {
            let digits = (1..200).map(|m| format!("{:x}", n.pow(7) * m * m));
            digits.collect()
        };
        let packed: Vec<Compressed> = (1000..1100)
            .map(|n| {
                let packed = sample.pack(text(n).as_bytes());
                sample.extend(text(n).as_bytes());
                packed
            })
            .collect();
        for (n, packed) in (1000..1100).zip(&packed) {
            assert_eq!(
                sample.decompress(packed).unwrap(),
                text(n).as_bytes(),
                "{n}"
            );
        }
        assert_eq!(sample.0.read().unwrap().len(), MAX_DICTIONARY);
    }
}
