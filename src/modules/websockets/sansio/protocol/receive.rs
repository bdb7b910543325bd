//! What arrives, as events.

use rustpython_vm::{
    AsObject, Py, PyObjectRef, PyResult, VirtualMachine, builtins::PyBytes, function::ArgBytesLike,
};

use super::Protocol;
use crate::engine::ws::close::code;
use crate::engine::ws::{Close, Event, State};
use crate::modules::convert::new_bytes;
use crate::modules::websockets::exceptions::of_violation;
use crate::modules::websockets::sansio::frame::{Fields, Frame};
use crate::modules::websockets::sansio::names::{Names, Opcode, opcode_of};

impl Protocol {
    pub(super) fn take_data(
        zelf: &Py<Self>,
        data: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let handshakes = {
            let inner = zelf.inner.lock();
            if inner.eof_received {
                let class = vm.ctx.exceptions.eof_error.to_owned();
                return Err(vm.new_exception_msg(class, "stream ended".into()));
            }
            inner.handshake.is_some()
        };
        if handshakes {
            return match Self::take_handshake(zelf, data, vm)? {
                Some(rest) => Self::take_frames(zelf, &rest, vm),
                None => Ok(()),
            };
        }
        if let Some(bytes) = data.downcast_ref::<PyBytes>() {
            return Self::take_frames(zelf, bytes.as_bytes(), vm);
        }
        let data: ArgBytesLike = data.try_into_value(vm)?;
        Self::take_frames(zelf, &data.borrow_buf(), vm)
    }

    /// Returns what came after the handshake; `None` while that is not complete.
    fn take_handshake(
        zelf: &Py<Self>,
        data: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<Option<Vec<u8>>> {
        let rest = vm.call_method(zelf.as_object(), "_receive_handshake", (data,))?;
        Self::settle(zelf, vm)?;
        if vm.is_none(&rest) {
            return Ok(None);
        }
        let handshake = zelf.inner.lock().handshake.take();
        drop(handshake);
        let rest: ArgBytesLike = rest.try_into_value(vm)?;
        let rest = rest.borrow_buf().to_vec();
        Ok(Some(rest))
    }

    fn take_frames(zelf: &Py<Self>, mut input: &[u8], vm: &VirtualMachine) -> PyResult<()> {
        let names = zelf.names(vm)?;
        loop {
            let event = zelf.inner.lock().engine.receive(&mut input);
            let Some(event) = event else { break };
            Self::arrived(zelf, &names, event, vm)?;
        }
        zelf.fail_violated(vm);
        Self::settle(zelf, vm)
    }

    pub(super) fn take_eof(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        let (was_received, handshakes) = {
            let mut inner = zelf.inner.lock();
            let was_received = std::mem::replace(&mut inner.eof_received, true);
            (was_received, inner.handshake.is_some())
        };
        if was_received {
            return Ok(());
        }
        if handshakes {
            Self::take_handshake(zelf, vm.ctx.none(), vm)?;
        }
        if zelf.is_debugging() {
            zelf.log("debug", "< EOF", None, vm)?;
        }
        {
            let mut inner = zelf.inner.lock();
            if !inner.engine.is_discarding() && inner.engine.state() != State::Closed {
                let class = vm.ctx.exceptions.eof_error.to_owned();
                let text = "unexpected end of stream";
                inner.parser_exc = Some(vm.new_exception_msg(class, text.into()));
            }
            inner.engine.receive_eof();
        }
        Self::settle(zelf, vm)
    }

    fn fail_violated(&self, vm: &VirtualMachine) {
        let violation = self.inner.lock().engine.violation().cloned();
        if let Some(violation) = violation {
            let exception = of_violation(&violation, vm);
            let mut inner = self.inner.lock();
            inner.engine.fail_violated();
            inner.parser_exc = Some(exception);
        }
    }

    fn arrived(zelf: &Py<Self>, names: &Names, event: Event, vm: &VirtualMachine) -> PyResult<()> {
        let answered = match &event {
            Event::Ping(_) => Some(Opcode::Pong),
            Event::Close(_) => Some(Opcode::Close),
            _ => None,
        };
        let is_data = matches!(event, Event::Data(_));
        let fields = fields_of_event(event, names, vm);
        let answer = answered.map(|opcode| Fields {
            opcode: names.opcode(opcode),
            ..fields.clone()
        });
        let mut frame: PyObjectRef = Frame::new(&names.frame, fields, vm)?.into();
        if is_data && zelf.inner.lock().foreign {
            frame = vm.call_method(zelf.as_object(), "_decode", (frame,))?;
            if vm.is_none(&frame) {
                return Ok(());
            }
        }
        if zelf.is_debugging() {
            zelf.log("debug", "< %s", Some(frame.clone()), vm)?;
            if let Some(answer) = answer {
                let answer = Frame::new(&names.frame, answer, vm)?;
                zelf.log("debug", "> %s", Some(answer.into()), vm)?;
            }
        }
        zelf.inner.lock().events.push(frame);
        Ok(())
    }
}

fn fields_of_event(event: Event, names: &Names, vm: &VirtualMachine) -> Fields {
    let (opcode, fin, rsv, data) = match event {
        Event::Data(fragment) => {
            let (fin, rsv) = (fragment.is_final(), fragment.rsv());
            let opcode = opcode_of(fragment.kind());
            (opcode, fin, rsv, new_bytes(fragment.into_payload(), vm))
        }
        Event::Ping(payload) => (Opcode::Ping, true, 0, new_bytes(payload, vm)),
        Event::Pong(payload) => (Opcode::Pong, true, 0, new_bytes(payload, vm)),
        Event::Close(close) => (Opcode::Close, true, 0, new_bytes(close_payload(&close), vm)),
    };
    Fields {
        opcode: names.opcode(opcode),
        data: data.into(),
        fin,
        rsv,
    }
}

/// The payload of the frame that was received: it has passed the checks that sending makes.
fn close_payload(close: &Close) -> Vec<u8> {
    match close.code {
        code::NO_STATUS_RCVD => Vec::new(),
        _ => close.to_payload().unwrap_or_default(),
    }
}
