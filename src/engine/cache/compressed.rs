//! LZ4-compressed text with a shared dictionary.

use lz4_flex::block::{DecompressError, compress_with_dict, decompress_with_dict};
use parking_lot::RwLock;
use std::sync::Arc;

/// The dictionary of the process. Objects and documents of all kinds resemble each other.
static DICTIONARY: Dictionary = Dictionary(RwLock::new(vec![]));

/// The maximum size of the dictionary in bytes. LZ4 refers back at most 64 KiB, including the text itself.
const MAX_DICTIONARY: usize = 32 << 10;

/// The maximum number of bytes of one text in the dictionary, so that a single text cannot fill it.
const MAX_ENTRY: usize = 8 << 10;

/// The maximum size of a compressed text in bytes. A distribution with 250 cache behaviors needs less.
const MAX_COMPRESSED: usize = 32 << 10;

/// Compressed text. Clones share it.
#[derive(Clone)]
pub(crate) struct Compressed {
    bytes: Arc<[u8]>,
    /// The length of the dictionary at the time of compression.
    dictionary_length: usize,
    /// The length of the text.
    length: usize,
}

/// Texts that did not resemble any earlier text. Only differences from them are stored for most other texts.
///
/// The dictionary only grows at its end, so its length identifies the version with which a text was compressed.
struct Dictionary(RwLock<Vec<u8>>);

impl Compressed {
    /// Compresses `text` with the shared dictionary. If it compresses badly and the dictionary has room, appends `redacted` to it: the
    /// same text without secret values, since the dictionary stays in memory.
    ///
    /// `None`: the compressed text is larger than 32 KiB.
    pub(crate) fn new(text: &[u8], redacted: impl FnOnce() -> String) -> Option<Self> {
        let compressed = DICTIONARY.compress(text);
        if compressed.bytes.len() > MAX_COMPRESSED {
            return None;
        }
        let has_room = compressed.dictionary_length < MAX_DICTIONARY;
        if has_room && compressed.bytes.len() > text.len() / 4 {
            DICTIONARY.extend(redacted().as_bytes());
        }
        Some(compressed)
    }

    /// Returns the text.
    pub(crate) fn decompress(&self) -> Result<Vec<u8>, DecompressError> {
        DICTIONARY.decompress(self)
    }
}

impl Dictionary {
    fn compress(&self, text: &[u8]) -> Compressed {
        let dictionary = self.0.read();
        Compressed {
            bytes: compress_with_dict(text, &dictionary).into(),
            dictionary_length: dictionary.len(),
            length: text.len(),
        }
    }

    /// Appends a text, as far as there is room.
    fn extend(&self, text: &[u8]) {
        let mut dictionary = self.0.write();
        let room = (MAX_DICTIONARY - dictionary.len()).min(MAX_ENTRY);
        dictionary.extend(text.iter().take(room));
    }

    fn decompress(&self, compressed: &Compressed) -> Result<Vec<u8>, DecompressError> {
        let dictionary = self.0.read();
        let dictionary = &dictionary[..compressed.dictionary_length];
        decompress_with_dict(&compressed.bytes, compressed.length, dictionary)
    }
}

/// Returns the present content of the shared dictionary.
#[cfg(test)]
pub(crate) fn dictionary() -> String {
    String::from_utf8_lossy(&DICTIONARY.0.read()).into_owned()
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
    fn a_text_that_resembles_the_dictionary_is_small_and_decompresses_to_itself() {
        let dictionary = Dictionary(RwLock::default());
        let text = |name: &str| {
            let items = (0..20).map(|n| format!("<Item{n}>{}</Item{n}>", n * n));
            format!("<Name>{name}</Name>{}", items.collect::<String>())
        };
        let first = dictionary.compress(text("one").as_bytes());
        dictionary.extend(text("one").as_bytes());
        let second = dictionary.compress(text("two").as_bytes());
        assert!(second.bytes.len() < text("two").len() / 5, "{second:?}");
        let first = dictionary.decompress(&first).unwrap();
        assert_eq!(first, text("one").as_bytes());
        let second = dictionary.decompress(&second).unwrap();
        assert_eq!(second, text("two").as_bytes());
    }

    #[test]
    fn many_different_texts_decompress_to_themselves_and_the_dictionary_stays_bounded() {
        let dictionary = Dictionary(RwLock::default());
        // The digits of high powers contain no long repetitions.
        let text = |n: u128| -> String {
            let digits = (1..200).map(|m| format!("{:x}", n.pow(7) * m * m));
            digits.collect()
        };
        let all: Vec<Compressed> = (1000..1100)
            .map(|n| {
                let compressed = dictionary.compress(text(n).as_bytes());
                dictionary.extend(text(n).as_bytes());
                compressed
            })
            .collect();
        for (n, compressed) in (1000..1100).zip(&all) {
            let decompressed = dictionary.decompress(compressed).unwrap();
            assert_eq!(decompressed, text(n).as_bytes(), "{n}");
        }
        assert_eq!(dictionary.0.read().len(), MAX_DICTIONARY);
    }
}
