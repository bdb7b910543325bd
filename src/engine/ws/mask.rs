//! Masking of client payloads, RFC 6455 section 5.3.

/// A masking key as it stands in a frame header.
pub(super) type MaskKey = [u8; 4];

/// A fresh key from the thread's cryptographically strong generator. RFC 6455 section 10.3 asks
/// for one that a script cannot predict, or it could choose the bytes that a proxy sees.
pub(super) fn random_key() -> MaskKey {
    rand::random()
}

/// Masks or unmasks `data`, which starts `offset` bytes into its frame's payload.
pub fn apply(data: &mut [u8], key: MaskKey, offset: usize) {
    let at = |i: usize| key[(offset + i) % 4];
    let word: [u8; 8] = std::array::from_fn(at);
    let key = u64::from_ne_bytes(word);
    let (chunks, rest) = data.as_chunks_mut::<8>();
    for chunk in chunks {
        *chunk = (u64::from_ne_bytes(*chunk) ^ key).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(word) {
        *byte ^= key;
    }
}

#[cfg(test)]
mod tests {
    use super::{apply, random_key};

    #[test]
    fn every_length_and_offset_agrees_with_the_definition() {
        let key = [0x12, 0xab, 0x00, 0xff];
        for length in 0..40 {
            for offset in 0..9 {
                let plain: Vec<u8> = (0..length).collect();
                let expected: Vec<u8> = plain
                    .iter()
                    .enumerate()
                    .map(|(i, byte)| byte ^ key[(i + offset) % 4])
                    .collect();
                let mut masked = plain.clone();
                apply(&mut masked, key, offset);
                assert_eq!(masked, expected, "length {length}, offset {offset}");
            }
        }
    }

    #[test]
    fn keys_do_not_repeat() {
        let keys: std::collections::HashSet<_> = (0..64).map(|_| random_key()).collect();
        assert!(keys.len() > 60);
    }
}
