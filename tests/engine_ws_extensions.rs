//! permessage-deflate: what is agreed on, and what it makes of messages. No I/O.

use std::io::IoSlice;
use std::sync::Arc;

use bytes::Bytes;
use tauraro::engine::ws::extensions::{
    Agreed, ClientDeflate, ClientExtension, ClientWindowBits, ServerDeflate, ServerExtension,
    accept_offers, check_answer, offer, parse,
};
use tauraro::engine::ws::{Event, Kind, Limits, Message, Protocol, Side};

fn client(deflate: ClientDeflate) -> Vec<Arc<dyn ClientExtension>> {
    vec![Arc::new(deflate)]
}

fn server(deflate: ServerDeflate) -> Vec<Arc<dyn ServerExtension>> {
    vec![Arc::new(deflate)]
}

fn plain_client() -> ClientDeflate {
    ClientDeflate {
        client_max_window_bits: None,
        ..ClientDeflate::default()
    }
}

fn plain_server() -> ServerDeflate {
    ServerDeflate {
        server_max_window_bits: None,
        client_max_window_bits: None,
        ..ServerDeflate::default()
    }
}

/// The answer of a server to an offer.
fn answer(offered: &str, deflate: ServerDeflate) -> String {
    let (answer, _) = accept_offers(&parse(offered).unwrap(), &server(deflate)).unwrap();
    answer.unwrap_or_default()
}

/// What a client makes of an answer.
fn judged(answered: &str, deflate: ClientDeflate) -> String {
    match check_answer(&parse(answered).unwrap(), &client(deflate)) {
        Ok(agreed) => format!("{agreed:?}"),
        Err(refusal) => refusal.to_string(),
    }
}

/// Two connected protocols that agreed as given.
fn pair(client_side: ClientDeflate, server_side: ServerDeflate) -> [Protocol; 2] {
    let offered = offer(&client(client_side)).unwrap().unwrap();
    let offers = parse(&offered).unwrap();
    let (answered, servers) = accept_offers(&offers, &server(server_side)).unwrap();
    let answer = parse(&answered.unwrap()).unwrap();
    let clients = check_answer(&answer, &client(client_side)).unwrap();
    [(Side::Client, clients), (Side::Server, servers)].map(|(side, agreed)| {
        let mut protocol = Protocol::new(side, Limits::default());
        let [Agreed::Deflate(deflate)] = agreed.as_slice() else {
            panic!("{agreed:?}");
        };
        protocol.use_deflate(deflate);
        protocol.open();
        protocol
    })
}

fn take_output(protocol: &mut Protocol) -> Vec<u8> {
    let mut bytes = Vec::new();
    while !protocol.output().is_empty() {
        let mut slices = [IoSlice::new(&[]); 4];
        let used = protocol.output().chunks(&mut slices);
        let chunk: Vec<u8> = slices[..used].iter().flat_map(|s| s.to_vec()).collect();
        protocol.written(chunk.len());
        bytes.extend(chunk);
    }
    bytes
}

fn receive(protocol: &mut Protocol, bytes: &[u8], size: usize) -> Vec<(Kind, bool, Bytes)> {
    let mut received = Vec::new();
    for mut chunk in bytes.chunks(size) {
        while let Some(event) = protocol.receive(&mut chunk) {
            let Event::Data(it) = event else {
                panic!("{event:?}");
            };
            received.push((it.kind(), it.is_final(), it.payload().clone()));
        }
    }
    received
}

#[test]
fn a_client_offers_what_it_is_told_to() {
    let all = ClientDeflate {
        server_no_context_takeover: true,
        client_no_context_takeover: true,
        server_max_window_bits: Some(10),
        client_max_window_bits: Some(ClientWindowBits::Limit(11)),
        ..ClientDeflate::default()
    };
    for (deflate, expected) in [
        (
            ClientDeflate::default(),
            "permessage-deflate; client_max_window_bits",
        ),
        (plain_client(), "permessage-deflate"),
        (
            all,
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; \
             server_max_window_bits=10; client_max_window_bits=11",
        ),
    ] {
        assert_eq!(offer(&client(deflate)).unwrap().unwrap(), expected);
    }
    assert_eq!(offer(&[]).unwrap(), None);
}

#[test]
fn a_server_answers_what_both_can_do() {
    let default = ServerDeflate::default();
    let forgets = ServerDeflate {
        server_no_context_takeover: true,
        client_no_context_takeover: true,
        ..plain_server()
    };
    let requires = ServerDeflate {
        require_client_max_window_bits: true,
        ..default
    };
    for (offered, deflate, expected) in [
        (
            "permessage-deflate; client_max_window_bits",
            default,
            "permessage-deflate; server_max_window_bits=12; client_max_window_bits=12",
        ),
        (
            "permessage-deflate",
            default,
            "permessage-deflate; server_max_window_bits=12",
        ),
        ("permessage-deflate", plain_server(), "permessage-deflate"),
        (
            "permessage-deflate; client_max_window_bits",
            plain_server(),
            "permessage-deflate",
        ),
        (
            "permessage-deflate; server_max_window_bits=10; client_max_window_bits=9",
            default,
            "permessage-deflate; server_max_window_bits=10; client_max_window_bits=9",
        ),
        (
            "permessage-deflate",
            forgets,
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        ),
        ("permessage-deflate", requires, ""),
        (
            "permessage-deflate; server_max_window_bits=8",
            plain_server(),
            "",
        ),
        ("permessage-deflate; server_max_window_bits=08", default, ""),
        ("permessage-deflate; server_max_window_bits", default, ""),
        ("permessage-deflate; unknown", default, ""),
        (
            "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
            default,
            "",
        ),
        ("x-unknown", default, ""),
        (
            "x-unknown, permessage-deflate; bad, permessage-deflate, permessage-deflate",
            plain_server(),
            "permessage-deflate",
        ),
    ] {
        assert_eq!(answer(offered, deflate), expected, "{offered}");
    }
}

#[test]
fn a_client_refuses_what_it_did_not_offer() {
    let limited = ClientDeflate {
        server_no_context_takeover: true,
        server_max_window_bits: Some(10),
        ..plain_client()
    };
    for (answered, deflate) in [
        ("permessage-deflate", limited),
        ("permessage-deflate; server_no_context_takeover", limited),
        (
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=11",
            limited,
        ),
        (
            "permessage-deflate; client_max_window_bits=10",
            plain_client(),
        ),
        (
            "permessage-deflate; client_max_window_bits",
            ClientDeflate::default(),
        ),
        (
            "permessage-deflate; client_max_window_bits=8",
            ClientDeflate::default(),
        ),
        (
            "permessage-deflate, permessage-deflate",
            ClientDeflate::default(),
        ),
        ("x-unknown", ClientDeflate::default()),
    ] {
        let refusal = judged(answered, deflate);
        assert!(
            refusal.starts_with("Unsupported extension: name = "),
            "{answered}: {refusal}"
        );
    }
    assert_eq!(
        judged("permessage-deflate; a=b; c", ClientDeflate::default()),
        "Unsupported extension: name = permessage-deflate, params = [('a', 'b'), ('c', None)]"
    );
    let nothing = check_answer(&parse("permessage-deflate").unwrap(), &[]);
    assert_eq!(nothing.unwrap_err().to_string(), "no extensions supported");
}

#[test]
fn messages_and_fragments_survive_compression_however_they_are_cut() {
    let forgets = ServerDeflate {
        server_no_context_takeover: true,
        client_no_context_takeover: true,
        ..ServerDeflate::default()
    };
    for server_side in [ServerDeflate::default(), forgets, plain_server()] {
        for size in [1, 7, 1000, 1 << 20] {
            let [mut client, mut server] = pair(ClientDeflate::default(), server_side);
            for client_sends in [true, false] {
                let (from, to) = match client_sends {
                    true => (&mut client, &mut server),
                    false => (&mut server, &mut client),
                };
                let text = "κόσμε ".repeat(5000);
                let part = Bytes::from(text.clone().into_bytes());
                from.send(Message::text(text)).unwrap();
                from.send(Message::binary(Vec::new())).unwrap();
                from.send_fragment(Kind::Text, part.slice(..1), false)
                    .unwrap();
                from.send_fragment(Kind::Continuation, part.slice(1..), false)
                    .unwrap();
                from.send_fragment(Kind::Continuation, Bytes::new(), true)
                    .unwrap();
                let bytes = take_output(from);
                assert!(bytes.len() < 1000, "{}", bytes.len());
                let expected = [
                    (Kind::Text, true, part.clone()),
                    (Kind::Binary, true, Bytes::new()),
                    (Kind::Text, false, part.slice(..1)),
                    (Kind::Continuation, false, part.slice(1..)),
                    (Kind::Continuation, true, Bytes::new()),
                ];
                let received = receive(to, &bytes, size);
                let lengths: Vec<usize> = received.iter().map(|it| it.2.len()).collect();
                assert!(
                    received == expected,
                    "pieces of {size}: {lengths:?} {:?}",
                    to.violation()
                );
            }
        }
    }
}

#[test]
fn a_peer_may_send_a_message_plain() {
    let [_, mut server] = pair(ClientDeflate::default(), ServerDeflate::default());
    let mut plain = Protocol::new(Side::Client, Limits::default());
    plain.open();
    plain.send(Message::text("as it is")).unwrap();
    let received = receive(&mut server, &take_output(&mut plain), 100);
    assert_eq!(
        received,
        [(Kind::Text, true, Bytes::from_static(b"as it is"))]
    );
}

fn violation(frames: &[&[u8]]) -> String {
    let [mut client, _] = pair(ClientDeflate::default(), ServerDeflate::default());
    for frame in frames {
        let mut input = *frame;
        while client.receive(&mut input).is_some() {}
    }
    let violation = client.violation().expect("a violation");
    format!("{} {violation}", violation.close_code())
}

#[test]
fn what_breaks_the_rules_of_the_extension_is_told_apart() {
    for (frames, expected) in [
        (
            vec![&b"\xc1\x03\xff\xff\xff"[..]],
            "1002 decompression failed",
        ),
        (vec![b"\xa1\x00"], "1002 reserved bits must be 0"),
        (vec![b"\xd1\x00"], "1002 reserved bits must be 0"),
        (vec![b"\xc9\x00"], "1002 reserved bits must be 0"),
        (
            vec![b"\x41\x01\x00", b"\xc0\x00"],
            "1002 RSV1 bit set in continuation frame",
        ),
        (
            vec![b"\x01\x01a", b"\xc0\x00"],
            "1002 reserved bits must be 0",
        ),
        // "\xff" compressed: a text that is none.
        (
            vec![b"\xc1\x03\xfa\x0f\x00"],
            "1007 invalid start byte at position 0",
        ),
    ] {
        assert_eq!(violation(&frames), expected, "{frames:x?}");
    }
}

#[test]
fn a_bomb_fails_as_soon_as_it_is_over_the_limit() {
    let [mut client, _] = pair(ClientDeflate::default(), plain_server());
    let mut bomber = {
        let [_, server] = pair(ClientDeflate::default(), plain_server());
        server
    };
    bomber.send(Message::binary(vec![0; 100 << 20])).unwrap();
    let bomb = take_output(&mut bomber);
    assert!(bomb.len() < 200_000);
    assert!(receive(&mut client, &bomb, 16 * 1024).is_empty());
    let violation = client.violation().expect("a violation");
    assert_eq!(violation.close_code(), 1009);
    assert_eq!(
        violation.to_string(),
        "frame exceeds limit of 1048576 bytes"
    );
}
