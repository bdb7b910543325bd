//! Content codings: what comes out, in which portions, and what is refused.

use std::io::Write as _;

use bytes::{Bytes, BytesMut};
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use tauraro::engine::http::decode::{Budget, Decoder, MAX_PIECE};
use tauraro::engine::{Error, Kind};

const CODINGS: [&str; 4] = ["gzip", "deflate", "br", "zstd"];

fn encode(coding: &str, data: &[u8]) -> Vec<u8> {
    let level = Compression::default();
    match coding {
        "gzip" => {
            let mut encoder = GzEncoder::new(Vec::new(), level);
            encoder.write_all(data).unwrap();
            encoder.finish().unwrap()
        }
        "deflate" => {
            let mut encoder = ZlibEncoder::new(Vec::new(), level);
            encoder.write_all(data).unwrap();
            encoder.finish().unwrap()
        }
        "raw deflate" => {
            let mut encoder = DeflateEncoder::new(Vec::new(), level);
            encoder.write_all(data).unwrap();
            encoder.finish().unwrap()
        }
        "br" => {
            let mut encoded = Vec::new();
            brotli::CompressorWriter::new(&mut encoded, 4096, 5, 22)
                .write_all(data)
                .unwrap();
            encoded
        }
        "zstd" => zstd::stream::encode_all(data, 3).unwrap(),
        other => panic!("no encoder for {other}"),
    }
}

fn headers(values: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(CONTENT_ENCODING, value.parse().unwrap());
    }
    headers
}

fn decoder(coding: &str) -> Decoder {
    Decoder::new(&headers(&[coding])).expect("a decoder")
}

/// All that comes out of data that comes in such portions.
fn decode_with(mut decoder: Decoder, data: &[u8], portion: usize) -> Result<Vec<u8>, Error> {
    let mut all = Vec::new();
    for data in data.chunks(portion) {
        decoder.push(Bytes::copy_from_slice(data));
        while let Some(piece) = decoder.pull()? {
            assert!(!piece.is_empty() && piece.len() <= MAX_PIECE);
            all.extend_from_slice(&piece);
        }
    }
    decoder.finish()?;
    Ok(all)
}

fn decode(coding: &str, data: &[u8]) -> Result<Vec<u8>, Error> {
    decode_with(decoder(coding), data, 1 << 20)
}

/// Text that compresses, but not to nothing.
fn sample(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b"etaoin shrdlu"[(state >> 24) as usize % 13]
    };
    std::iter::repeat_with(next).take(length).collect()
}

#[test]
fn every_coding_is_undone_however_the_data_is_cut() {
    for coding in CODINGS {
        for length in [1, 1000, 300_000] {
            let data = sample(length);
            let encoded = encode(coding, &data);
            for portion in [1, 7, 4096, encoded.len()] {
                let decoded = decode_with(decoder(coding), &encoded, portion).expect(coding);
                assert!(decoded == data, "{coding}, {length} bytes by {portion}");
            }
        }
    }
}

#[test]
fn deflate_may_lack_its_header() {
    let data = sample(1000);
    let encoded = encode("raw deflate", &data);
    for portion in [1, 2, encoded.len()] {
        let decoded = decode_with(decoder("deflate"), &encoded, portion).unwrap();
        assert!(decoded == data, "by {portion}");
    }
}

#[test]
fn a_tiny_input_comes_out_in_pieces_of_bounded_size() {
    let data = vec![0; 4 << 20];
    for coding in CODINGS {
        let encoded = encode(coding, &data);
        assert!(encoded.len() < 64 * 1024, "{coding}");
        // decode_with looks at the size of each piece.
        assert!(decode(coding, &encoded).unwrap() == data, "{coding}");
    }
}

#[test]
fn codings_are_undone_in_reverse_order_also_over_several_fields() {
    let data = sample(100_000);
    let encoded = encode("zstd", &encode("br", &encode("gzip", &data)));
    for values in [&["gzip, br, zstd"][..], &["gzip", "BR ,Zstd"]] {
        let decoder = Decoder::new(&headers(values)).unwrap();
        assert!(decode_with(decoder, &encoded, 1000).unwrap() == data);
    }
}

#[test]
fn a_chain_of_bombs_comes_out_in_pieces_too() {
    let data = vec![0; 8 << 20];
    let encoded = encode("gzip", &encode("gzip", &data));
    assert!(encoded.len() < 1024);
    let decoder = decoder("gzip, gzip");
    assert!(decode_with(decoder, &encoded, 1 << 20).unwrap() == data);
}

#[test]
fn unknown_codings_are_left_alone() {
    let data = sample(10);
    for value in ["identity", "x-gzip", "exi, identity", "", ",", "\u{fc}"] {
        let decoder = decoder(value);
        assert!(decoder.is_identity(), "{value}");
        assert_eq!(decode_with(decoder, &data, 3).unwrap(), data);
    }
    let encoded = encode("gzip", &data);
    assert_eq!(decode("foo, gzip,, identity", &encoded).unwrap(), data);
}

#[test]
fn what_is_not_encoded_is_not_copied() {
    let data = Bytes::from(sample(1 << 20));
    let mut decoder = Decoder::identity();
    decoder.push(data.clone());
    let piece = decoder.pull().unwrap().expect("all of it");
    assert_eq!((piece.as_ptr(), piece.len()), (data.as_ptr(), data.len()));
    assert!(decoder.pull().unwrap().is_none());
}

#[test]
fn more_than_five_codings_are_refused() {
    let five = ["gzip"; 5].join(",");
    assert!(Decoder::new(&headers(&[&five])).is_ok());
    for values in [&["gzip,gzip,gzip,gzip,gzip,br"][..], &[&five, "br"]] {
        let error = Decoder::new(&headers(values)).expect_err("a refusal");
        assert_eq!(error.kind(), Kind::Decoding);
    }
}

#[test]
fn no_data_is_no_error() {
    for coding in CODINGS {
        assert_eq!(decode(coding, b"").expect(coding), b"");
    }
}

#[test]
fn malformed_data_is_refused_and_stays_refused() {
    for coding in CODINGS {
        let mut decoder = decoder(coding);
        decoder.push(Bytes::from_static(b"\xff\xfegarbage!!garbage"));
        for _ in 0..2 {
            let error = decoder.pull().expect_err(coding);
            assert_eq!(error.kind(), Kind::Decoding);
            assert!(error.to_string().contains(coding), "{error}");
        }
        assert_eq!(decoder.finish().expect_err(coding).kind(), Kind::Decoding);
    }
}

#[test]
fn the_first_error_names_its_cause() {
    let error = decode("gzip", b"no gzip at all").unwrap_err();
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn wrong_checksums_are_noticed() {
    for coding in ["gzip", "deflate"] {
        let mut encoded = encode(coding, &sample(1000));
        let last = encoded.len() - 1;
        encoded[last] ^= 0xff;
        assert_eq!(
            decode(coding, &encoded).expect_err(coding).kind(),
            Kind::Decoding
        );
    }
}

#[test]
fn only_zstd_misses_what_was_cut_off() {
    let data = sample(1000);
    for coding in CODINGS {
        let encoded = encode(coding, &data);
        for length in [1, 5, encoded.len() / 2, encoded.len() - 1] {
            match decode(coding, &encoded[..length]) {
                Ok(decoded) => {
                    assert_ne!(coding, "zstd");
                    assert!(data.starts_with(&decoded), "{coding}, {length}");
                }
                Err(error) => {
                    assert_eq!((coding, error.kind()), ("zstd", Kind::Decoding));
                }
            }
        }
    }
}

#[test]
fn what_follows_the_end_of_gzip_and_deflate_data_is_ignored() {
    for coding in ["gzip", "deflate"] {
        let data = sample(1000);
        let encoded = encode(coding, &data);
        for portion in [1, 10_000] {
            let twice = [&encoded[..], &encoded].concat();
            let decoded = decode_with(decoder(coding), &twice, portion).expect(coding);
            assert!(decoded == data, "{coding}");
        }
    }
}

#[test]
fn what_follows_the_end_of_br_data_is_refused() {
    let encoded = encode("br", &sample(1000));
    for portion in [1, 10_000] {
        let longer = [&encoded[..], b"x"].concat();
        let error = decode_with(decoder("br"), &longer, portion).unwrap_err();
        assert_eq!(error.kind(), Kind::Decoding);
    }
}

#[test]
fn zstd_frames_follow_each_other() {
    let data = sample(100_000);
    let (first, second) = data.split_at(30_000);
    let frames = [encode("zstd", first), encode("zstd", second)];
    let skippable = b"\x50\x2a\x4d\x18\x03\0\0\0abc";
    let encoded = [&frames[0][..], skippable, &frames[1]].concat();
    for portion in [1, frames[0].len(), encoded.len()] {
        let decoded = decode_with(decoder("zstd"), &encoded, portion).unwrap();
        assert!(decoded == data, "by {portion}");
    }
}

#[test]
fn a_bomb_is_refused_when_all_of_it_is_to_be_kept() {
    let budget = Budget {
        bytes: 1 << 20,
        ratio: 10,
    };
    let mut decoder = decoder("gzip");
    decoder.push(encode("gzip", &vec![0; 16 << 20]).into());
    let mut all = BytesMut::new();
    let error = decoder.pull_all(&mut all, budget).unwrap_err();
    assert_eq!(error.kind(), Kind::Decoding);
    assert!(all.len() <= 1 << 20);
}

#[test]
fn what_stays_within_the_budget_is_kept_whole() {
    let data = sample(3 << 20);
    let budget = Budget {
        bytes: 1000,
        ratio: 100,
    };
    for coding in CODINGS {
        let mut decoder = decoder(coding);
        let mut all = BytesMut::new();
        for portion in encode(coding, &data).chunks(10_000) {
            decoder.push(Bytes::copy_from_slice(portion));
            decoder.pull_all(&mut all, budget).expect(coding);
        }
        decoder.finish().expect(coding);
        assert!(all == data, "{coding}");
    }
}
