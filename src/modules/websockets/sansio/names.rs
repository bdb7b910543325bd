//! Classes and members of `websockets.frames` and `.protocol` that native code makes objects of.

use rustpython_vm::{AsObject, PyObjectRef, PyResult, VirtualMachine, builtins::PyTypeRef};

use crate::engine::ws::Kind;
use crate::engine::ws::{Close, Side, State};

/// Looked up once for each connection.
pub(super) struct Names {
    pub(super) frame: PyTypeRef,
    close: PyObjectRef,
    /// CONT, TEXT, BINARY, CLOSE, PING, PONG.
    opcodes: [PyObjectRef; 6],
    /// By their numbers, as the sides are.
    states: [PyObjectRef; 4],
    sides: [PyObjectRef; 2],
}

/// What a frame is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Opcode {
    Continuation,
    Text,
    Binary,
    Close,
    Ping,
    Pong,
}

impl Names {
    pub(super) fn look_up(vm: &VirtualMachine) -> PyResult<Self> {
        let frames = vm.import("websockets.frames", 0)?.get_attr("frames", vm)?;
        let protocol = vm.import("websockets.protocol", 0)?;
        let protocol = protocol.get_attr("protocol", vm)?;
        let opcode = |name: &'static str| frames.get_attr(name, vm);
        let member = |name: &'static str| protocol.get_attr(name, vm);
        Ok(Self {
            frame: frames.get_attr("Frame", vm)?.try_into_value(vm)?,
            close: frames.get_attr("Close", vm)?,
            opcodes: [
                opcode("CONT")?,
                opcode("TEXT")?,
                opcode("BINARY")?,
                opcode("CLOSE")?,
                opcode("PING")?,
                opcode("PONG")?,
            ],
            states: [
                member("CONNECTING")?,
                member("OPEN")?,
                member("CLOSING")?,
                member("CLOSED")?,
            ],
            sides: [member("SERVER")?, member("CLIENT")?],
        })
    }

    pub(super) fn opcode(&self, opcode: Opcode) -> PyObjectRef {
        self.opcodes[opcode as usize].clone()
    }

    pub(super) fn state(&self, state: State) -> PyObjectRef {
        self.states[state_number(state)].clone()
    }

    pub(super) fn side(&self, side: Side) -> PyObjectRef {
        let number = usize::from(side == Side::Client);
        self.sides[number].clone()
    }

    /// A `websockets.frames.Close`, or None.
    pub(super) fn close(&self, close: Option<&Close>, vm: &VirtualMachine) -> PyResult {
        match close {
            Some(close) => {
                let args = (close.code, close.reason.clone());
                self.close.as_object().call(args, vm)
            }
            None => Ok(vm.ctx.none()),
        }
    }
}

fn state_number(state: State) -> usize {
    match state {
        State::Connecting => 0,
        State::Open => 1,
        State::Closing => 2,
        State::Closed => 3,
    }
}

pub(super) fn opcode_of(kind: Kind) -> Opcode {
    match kind {
        Kind::Continuation => Opcode::Continuation,
        Kind::Text => Opcode::Text,
        Kind::Binary => Opcode::Binary,
    }
}

/// The state with a number of `websockets.protocol.State`.
pub(super) fn state_of(number: u8, vm: &VirtualMachine) -> PyResult<State> {
    match number {
        0 => Ok(State::Connecting),
        1 => Ok(State::Open),
        2 => Ok(State::Closing),
        3 => Ok(State::Closed),
        _ => Err(vm.new_value_error(format!("{number} is no state"))),
    }
}
