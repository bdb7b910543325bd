//! The protocol without any I/O.

use bytes::Bytes;
use std::io::IoSlice;
use tauraro::engine::ws::{Close, Event, Kind, Limits, Message, Protocol, SendError, Side, State};

fn open(side: Side) -> Protocol {
    let mut protocol = Protocol::new(side, Limits::default());
    protocol.open();
    protocol
}

/// Takes all of the output.
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

fn receive_all(protocol: &mut Protocol, mut input: &[u8]) -> Vec<Event> {
    let events = std::iter::from_fn(|| protocol.receive(&mut input)).collect();
    assert!(input.is_empty());
    events
}

/// An event that can be compared.
#[derive(Debug, PartialEq)]
enum Seen {
    Data(Kind, bool, Bytes),
    Other(Event),
}

impl From<Event> for Seen {
    fn from(event: Event) -> Self {
        match event {
            Event::Data(it) => Self::Data(it.kind(), it.is_final(), it.payload().clone()),
            other => Self::Other(other),
        }
    }
}

/// Feeds `input` in pieces, to where a payload stays wherever that is possible.
fn receive_in_place(protocol: &mut Protocol, mut input: &[u8], size: usize) -> Vec<Event> {
    let mut events = Vec::new();
    while !input.is_empty() {
        let event = if protocol.takes_in_place(0) {
            protocol.receive_in_place(|buffer| {
                let count = size.min(input.len()).min(buffer.remaining());
                buffer.put_slice(&input[..count]);
                input = &input[count..];
            })
        } else {
            let count = size.min(input.len());
            let mut piece = &input[..count];
            let event = protocol.receive(&mut piece);
            input = &input[count - piece.len()..];
            event
        };
        events.extend(event);
    }
    events
}

#[test]
fn payloads_received_in_place_are_those_that_were_sent() {
    for (sender, receiver) in [(Side::Client, Side::Server), (Side::Server, Side::Client)] {
        for size in [1, 3, 4096, 1_usize << 20] {
            let mut sender = open(sender);
            for message in [
                Message::text("žluťoučký 🦀".repeat(size.div_ceil(7))),
                Message::binary(vec![7; 300_000]),
                Message::text(""),
            ] {
                sender.send(message).unwrap();
                sender.send_ping(b"between").unwrap();
            }
            let sent = take_output(&mut sender);
            let copied = receive_all(&mut open(receiver), &sent);
            let in_place = receive_in_place(&mut open(receiver), &sent, size);
            assert!(in_place == copied, "{receiver:?}, pieces of {size}");
        }
    }
}

#[test]
fn a_bad_byte_received_in_place_is_found_before_the_message_ends() {
    let mut client = open(Side::Client);
    // A text of 100 bytes.
    assert!(receive_all(&mut client, &[0x81, 100, b'a']).is_empty());
    assert_eq!(
        client.receive_in_place(|buffer| buffer.put_slice(b"b\xff")),
        None
    );
    let violation = client.violation().unwrap();
    assert_eq!(violation.to_string(), "invalid start byte at position 2");
    assert!(!client.takes_in_place(0));
}

#[test]
fn what_one_end_sends_the_other_receives_however_it_is_cut() {
    for (sender, receiver) in [(Side::Client, Side::Server), (Side::Server, Side::Client)] {
        let mut sender = open(sender);
        let messages = [
            Message::text("žluťoučký 🦀"),
            Message::binary(vec![1; 70_000]),
            Message::text(""),
            Message::binary(vec![2; 300]),
        ];
        for message in &messages {
            sender.send(message.clone()).unwrap();
            sender.send_ping(b"between").unwrap();
        }
        sender.send_close(Some(Close::new(3000, "end"))).unwrap();
        let bytes = take_output(&mut sender);
        for size in [1, 2, 3, 7, 1000, 1 << 20] {
            let mut receiver = open(receiver);
            let events: Vec<Seen> = bytes
                .chunks(size)
                .flat_map(|chunk| receive_all(&mut receiver, chunk))
                .map(Seen::from)
                .collect();
            let mut expected = Vec::new();
            for message in &messages {
                let payload = message.clone().into_payload();
                expected.push(Seen::Data(message.kind(), true, payload));
                expected.push(Seen::Other(Event::Ping(Bytes::from_static(b"between"))));
            }
            expected.push(Seen::Other(Event::Close(Close::new(3000, "end"))));
            assert!(events == expected, "pieces of {size} bytes");
            assert_eq!(receiver.state(), State::Closing);
        }
    }
}

#[test]
fn a_client_masks_with_a_fresh_key_each_time() {
    let mut client = open(Side::Client);
    let mut keys = std::collections::HashSet::new();
    for size in [5, 5, 5, 20_000, 20_000] {
        client.send(Message::binary(vec![0; size])).unwrap();
        let frame = take_output(&mut client);
        assert_eq!(frame[1] & 0x80, 0x80);
        // The payload is all zeros, so that what is sent is the key.
        keys.insert(frame[frame.len() - 4..].to_vec());
    }
    assert!(keys.len() >= 4);
}

#[test]
fn a_flood_of_pings_does_not_grow_the_output() {
    let mut client = open(Side::Client);
    client.send_ping(&[7; 125]).unwrap();
    let ping = take_output(&mut client);
    let mut server = open(Side::Server);
    for _ in 0..10_000 {
        receive_all(&mut server, &ping);
    }
    client.send_ping(b"latest").unwrap();
    receive_all(&mut server, &take_output(&mut client));
    assert!(server.output().len() < 40_000);
    // RFC 6455 section 5.5.3: the latest one has to be answered.
    let answers = receive_all(&mut client, &take_output(&mut server));
    assert_eq!(
        answers.last(),
        Some(&Event::Pong(Bytes::from_static(b"latest")))
    );
}

#[test]
fn sending_is_refused_in_the_wrong_state() {
    let mut protocol = Protocol::new(Side::Client, Limits::default());
    let refused = protocol.send(Message::text("early"));
    assert_eq!(refused, Err(SendError::InvalidState(State::Connecting)));
    protocol.open();
    protocol.send_close(None).unwrap();
    let refused = protocol.send(Message::text("late")).unwrap_err();
    assert_eq!(refused.to_string(), "connection is closing");
    // Control frames may follow a close frame.
    protocol.send_ping(b"").unwrap();
    protocol.receive_eof();
    assert_eq!(
        protocol.send_pong(b""),
        Err(SendError::InvalidState(State::Closed))
    );
}

#[test]
fn what_follows_a_close_frame_is_ignored() {
    let mut client = open(Side::Client);
    client.send_close(Some(Close::new(1000, ""))).unwrap();
    client.send_ping(b"afterwards").unwrap();
    let mut server = open(Side::Server);
    let events = receive_all(&mut server, &take_output(&mut client));
    assert_eq!(events, [Event::Close(Close::new(1000, ""))]);
    assert!(server.wants_eof());
    server.receive_eof();
    assert_eq!(
        (server.state(), server.close_code()),
        (State::Closed, Some(1000))
    );
}

#[test]
fn a_close_frame_may_come_between_fragments() {
    let mut client = open(Side::Client);
    let events = receive_all(&mut client, &[0x01, 0x01, b'a', 0x88, 0x02, 0x03, 0xe8]);
    let [Event::Data(_), close] = &events[..] else {
        panic!("expected the fragment and the close frame, got {events:?}");
    };
    assert_eq!(close, &Event::Close(Close::new(1000, "")));
    assert_eq!(client.close_sent(), Some(&Close::new(1000, "")));
}

#[test]
fn a_violation_waits_to_be_acted_on() {
    let mut server = open(Side::Server);
    assert!(receive_all(&mut server, &[0x83, 0x80, 0, 0, 0, 0]).is_empty());
    assert_eq!(server.violation().unwrap().to_string(), "invalid opcode");
    server
        .send(Message::text("answer to what came before"))
        .unwrap();
    server.fail_violated();
    assert!(server.violation().is_none() && server.wants_eof());
    let close = Close::new(1002, "invalid opcode");
    assert_eq!(server.close_sent(), Some(&close));
}

#[test]
fn a_client_leaves_closing_the_stream_to_the_server() {
    let mut client = open(Side::Client);
    receive_all(&mut client, &[0x88, 0x02, 0x03, 0xe8]);
    assert_eq!(client.state(), State::Closing);
    assert!(!client.wants_eof());
    client.receive_eof();
    assert!(client.wants_eof());
}

#[test]
fn a_failed_connection_takes_no_notice_of_a_late_close_frame() {
    let mut server = open(Side::Server);
    server.fail(Close::new(1011, "oops"));
    assert!(receive_all(&mut server, &[0x88, 0x80, 0, 0, 0, 0]).is_empty());
    server.receive_eof();
    assert_eq!(server.close_sent(), Some(&Close::new(1011, "oops")));
    assert_eq!(
        (server.close_rcvd(), server.close_code()),
        (None, Some(1006))
    );
}

#[test]
fn an_announced_length_takes_no_memory_before_it_arrives() {
    let limits = Limits {
        message: None,
        fragment: None,
    };
    let mut client = Protocol::new(Side::Client, limits);
    client.open();
    // 2^62 bytes are announced, and one comes.
    let events = receive_all(&mut client, &[0x82, 127, 0x40, 0, 0, 0, 0, 0, 0, 0, 1]);
    assert!(events.is_empty());
    let missing = (1 << 62) - 1;
    assert!(client.takes_in_place(missing - 1) && !client.takes_in_place(missing));
}

#[test]
fn a_handshake_that_failed_ends_the_stream_and_ignores_the_rest() {
    for side in [Side::Server, Side::Client] {
        let mut protocol = Protocol::new(side, Limits::default());
        protocol.end();
        assert!(protocol.wants_eof() && protocol.is_discarding());
        assert!(receive_all(&mut protocol, b"\x81\x00HTTP").is_empty());
        assert!(protocol.violation().is_none() && protocol.output().is_empty());
        protocol.receive_eof();
        assert_eq!(protocol.state(), State::Closed);
    }
}

#[test]
fn a_broken_stream_is_abandoned_without_a_close_frame() {
    let mut server = open(Side::Server);
    server.abandon();
    assert!(server.wants_eof() && server.output().is_empty());
    assert!(receive_all(&mut server, &[0x89, 0x80, 0, 0, 0, 0]).is_empty());
    assert_eq!(server.close_sent(), None);
}

#[test]
fn the_order_of_close_frames_is_known_once_there_are_two() {
    let mut client = open(Side::Client);
    client.send_close(Some(Close::new(1000, ""))).unwrap();
    assert_eq!(client.rcvd_then_sent(), None);
    receive_all(&mut client, &[0x88, 2, 0x03, 0xe8]);
    assert_eq!(client.rcvd_then_sent(), Some(false));
}
