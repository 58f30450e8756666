//! Text, in as few bytes as possible.

use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use std::io::{Error, Read, Write};

/// Compressed text.
#[derive(Clone)]
pub(super) struct Packed(Box<[u8]>);

impl Packed {
    /// Compresses text. Fails only for want of memory.
    pub(super) fn of(text: &[u8]) -> Result<Self, Error> {
        let mut writer = DeflateEncoder::new(vec![], Compression::fast());
        writer.write_all(text)?;
        Ok(Self(writer.finish()?.into_boxed_slice()))
    }

    /// The text.
    pub(super) fn open(&self) -> Result<Vec<u8>, Error> {
        let mut text = vec![];
        DeflateDecoder::new(&*self.0).read_to_end(&mut text)?;
        Ok(text)
    }
}

impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_comes_back_in_fewer_bytes() {
        let text = "<Item>one</Item>".repeat(20);
        let packed = Packed::of(text.as_bytes()).unwrap();
        assert!(packed.0.len() < text.len());
        assert_eq!(packed.open().unwrap(), text.as_bytes());
    }
}
