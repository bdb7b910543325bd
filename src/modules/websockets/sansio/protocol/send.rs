//! Frames that a script sends.

use bytes::Bytes;
use rustpython_vm::{
    AsObject, FromArgs, Py, PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyInt, PyStrRef},
    function::OptionalArg,
};

use super::Protocol;
use crate::engine::ws::Kind;
use crate::engine::ws::close::code;
use crate::engine::ws::extensions::RawFrame;
use crate::engine::ws::{Close, SendError, State};
use crate::modules::convert::{bytes_like, given, new_bytes, utf8, wrong_type};
use crate::modules::websockets::exceptions::{of_send, of_violation, protocol_error};
use crate::modules::websockets::sansio::deflate::raw_frame;
use crate::modules::websockets::sansio::frame::{Fields, Frame};
use crate::modules::websockets::sansio::names::{Opcode, opcode_of};

#[derive(FromArgs)]
pub(in super::super::super) struct DataArgs {
    #[pyarg(any)]
    pub(super) data: PyObjectRef,
    #[pyarg(any, default = true)]
    pub(super) fin: bool,
}

#[derive(FromArgs)]
pub(in super::super::super) struct ContinuationArgs {
    #[pyarg(any)]
    pub(super) data: PyObjectRef,
    #[pyarg(any)]
    pub(super) fin: bool,
}

#[derive(FromArgs)]
pub(in super::super::super) struct PayloadArgs {
    #[pyarg(any)]
    data: PyObjectRef,
}

#[derive(FromArgs)]
pub(in super::super::super) struct CloseArgs {
    #[pyarg(any, optional, py_default = "None")]
    code: OptionalArg<PyObjectRef>,
    #[pyarg(any, optional, py_default = "''")]
    reason: OptionalArg<PyStrRef>,
}

#[derive(FromArgs)]
pub(in super::super::super) struct FailArgs {
    #[pyarg(any)]
    code: PyObjectRef,
    #[pyarg(any, optional, py_default = "''")]
    reason: OptionalArg<PyStrRef>,
}

impl Protocol {
    pub(super) fn send_data(
        zelf: &Py<Self>,
        kind: Kind,
        data: PyObjectRef,
        fin: bool,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let (foreign, debug) = {
            let inner = zelf.inner.lock();
            (inner.foreign, inner.debug)
        };
        let payload = payload(&data, vm)?;
        let result = if foreign {
            let raw = Self::encoded(zelf, kind, data.clone(), fin, vm)?;
            zelf.inner.lock().engine.send_raw(raw)
        } else {
            let payload = Bytes::from(payload);
            zelf.inner.lock().engine.send_fragment(kind, payload, fin)
        };
        Self::sent(zelf, result, debug, opcode_of(kind), data, fin, vm)
    }

    /// A frame as a script's extensions make it.
    fn encoded(
        zelf: &Py<Self>,
        kind: Kind,
        data: PyObjectRef,
        fin: bool,
        vm: &VirtualMachine,
    ) -> PyResult<RawFrame> {
        let names = zelf.names(vm)?;
        let fields = Fields {
            opcode: names.opcode(opcode_of(kind)),
            data,
            fin,
            rsv: 0,
        };
        let frame = Frame::new(&names.frame, fields, vm)?;
        let frame = vm.call_method(zelf.as_object(), "_encode", (frame,))?;
        raw_frame(&Frame::fields_of(&frame, vm)?, vm)
    }

    pub(super) fn send_control(
        zelf: &Py<Self>,
        args: &PayloadArgs,
        is_ping: bool,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let data = payload(&args.data, vm)?;
        let (result, debug) = {
            let mut inner = zelf.inner.lock();
            let result = match is_ping {
                true => inner.engine.send_ping(&data),
                false => inner.engine.send_pong(&data),
            };
            (result, inner.debug)
        };
        let opcode = if is_ping { Opcode::Ping } else { Opcode::Pong };
        Self::sent(zelf, result, debug, opcode, args.data.clone(), true, vm)
    }

    pub(super) fn begin_close(
        zelf: &Py<Self>,
        args: CloseArgs,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let reason = reason(args.reason, vm)?;
        let close = match given(args.code, vm) {
            Some(code) => Some(Close::new(close_code(&code, vm)?, reason)),
            None if reason.is_empty() => None,
            None => return Err(protocol_error("cannot send a reason without a code", vm)),
        };
        let (result, debug) = {
            let mut inner = zelf.inner.lock();
            (inner.engine.send_close(close.clone()), inner.debug)
        };
        let payload = close.and_then(|close| close.to_payload().ok());
        let data = new_bytes(payload.unwrap_or_default(), vm).into();
        Self::sent(zelf, result, debug, Opcode::Close, data, true, vm)
    }

    pub(super) fn give_up(zelf: &Py<Self>, args: FailArgs, vm: &VirtualMachine) -> PyResult<()> {
        let close = Close::new(close_code(&args.code, vm)?, reason(args.reason, vm)?);
        let sends = {
            let mut inner = zelf.inner.lock();
            let sends = inner.engine.state() == State::Open;
            if sends && close.code == code::ABNORMAL_CLOSURE {
                inner.engine.abandon();
                None
            } else {
                Some((sends, inner.debug))
            }
        };
        let Some((sends, debug)) = sends else {
            return Self::settle(zelf, vm);
        };
        let payload = match sends {
            true => close.to_payload().map_err(|it| of_violation(&it, vm))?,
            false => Vec::new(),
        };
        zelf.inner.lock().engine.fail(close);
        let data = new_bytes(payload, vm).into();
        Self::sent(zelf, Ok(()), debug && sends, Opcode::Close, data, true, vm)
    }

    /// Tells the log of a frame that was queued, or the script why it was not.
    fn sent(
        zelf: &Py<Self>,
        result: Result<(), SendError>,
        debug: bool,
        opcode: Opcode,
        data: PyObjectRef,
        fin: bool,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        result.map_err(|error| of_send(&error, vm))?;
        if debug {
            let names = zelf.names(vm)?;
            let fields = Fields {
                opcode: names.opcode(opcode),
                data,
                fin,
                rsv: 0,
            };
            let frame = Frame::new(&names.frame, fields, vm)?;
            zelf.log("debug", "> %s", Some(frame.into()), vm)?;
        }
        Self::settle(zelf, vm)
    }
}

fn payload(data: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<u8>> {
    bytes_like(data, vm).ok_or_else(|| wrong_type("data", "bytes-like", data, vm))
}

fn reason(reason: OptionalArg<PyStrRef>, vm: &VirtualMachine) -> PyResult<String> {
    match reason.into_option() {
        Some(reason) => utf8(&reason, vm).map(str::to_owned),
        None => Ok(String::new()),
    }
}

/// A number beyond all codes becomes 0, which may not be sent either.
fn close_code(code: &PyObject, vm: &VirtualMachine) -> PyResult<u16> {
    let number = code.downcast_ref::<PyInt>();
    let number = number.ok_or_else(|| wrong_type("code", "int", code, vm))?;
    Ok(u16::try_from(number.as_bigint()).unwrap_or(0))
}
