//! Extensions of scripts behind the engine's traits.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use runtime_bridge::{Homing, with_vm};
use rustpython_vm::{
    AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyStr},
    function::{FuncArgs, KwArgs},
};

use super::{DEFLATE_MODULE, is_native, native};
use crate::engine::ws::close::code;
use crate::engine::ws::extensions::{
    Agreed, ClientExtension, Codec, NegotiationError, Parameter, PerMessageDeflate, RawFrame,
    Refusal, ServerExtension,
};
use crate::engine::ws::{Fault, Kind, Violation};
use crate::modules::convert::{bytes_like, new_bytes, new_str, utf8};
use crate::modules::websockets::exceptions::{Raised, is_instance};

/// A factory of a client's.
pub(super) struct ForeignClient(Foreign);

/// A factory of a server's.
pub(super) struct ForeignServer(Foreign);

/// An extension that a factory has made.
struct ForeignCodec(Foreign);

/// An object of a script, and its name.
struct Foreign {
    object: Homing<PyObjectRef>,
    name: String,
}

impl Foreign {
    fn new(object: PyObjectRef, vm: &VirtualMachine) -> PyResult<Self> {
        let name = object.get_attr("name", vm)?;
        let name = name
            .downcast_ref::<PyStr>()
            .ok_or_else(|| vm.new_type_error("an extension's name must be a str"))?;
        let name = utf8(name, vm)?.to_owned();
        Ok(Self {
            object: Homing::new(object),
            name,
        })
    }
}

impl fmt::Debug for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

macro_rules! shown_by_name {
    ($($class:ty),*) => {$(
        impl fmt::Debug for $class {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

shown_by_name!(ForeignClient, ForeignServer, ForeignCodec);

impl ForeignClient {
    pub(super) fn new(factory: PyObjectRef, vm: &VirtualMachine) -> PyResult<Self> {
        Foreign::new(factory, vm).map(Self)
    }
}

impl ForeignServer {
    pub(super) fn new(factory: PyObjectRef, vm: &VirtualMachine) -> PyResult<Self> {
        Foreign::new(factory, vm).map(Self)
    }
}

impl ClientExtension for ForeignClient {
    fn name(&self) -> String {
        self.0.name.clone()
    }

    fn offer(&self) -> Result<Vec<Parameter>, Refusal> {
        with_vm(|vm| {
            let offer = vm.call_method(&self.0.object, "get_request_params", ());
            offer.and_then(|offer| parameters(&offer, vm)).map_err(user)
        })
    }

    fn accept(&self, answer: &[Parameter], accepted: &[Agreed]) -> Result<Agreed, Refusal> {
        with_vm(|vm| {
            let args = negotiation_args(answer, accepted, vm).map_err(user)?;
            let made = vm
                .call_method(&self.0.object, "process_response_params", args)
                .map_err(|error| refusal(error, vm))?;
            agreed(made, vm).map_err(user)
        })
    }
}

impl ServerExtension for ForeignServer {
    fn name(&self) -> String {
        self.0.name.clone()
    }

    fn accept(
        &self,
        offer: &[Parameter],
        accepted: &[Agreed],
    ) -> Result<(Vec<Parameter>, Agreed), Refusal> {
        with_vm(|vm| {
            let args = negotiation_args(offer, accepted, vm).map_err(user)?;
            let made = vm
                .call_method(&self.0.object, "process_request_params", args)
                .map_err(|error| refusal(error, vm))?;
            let pair: PyResult<Vec<PyObjectRef>> = made.try_to_value(vm);
            match pair.map_err(user)?.as_slice() {
                [answer, extension] => {
                    let answer = parameters(answer, vm).map_err(user)?;
                    Ok((answer, agreed(extension.clone(), vm).map_err(user)?))
                }
                _ => Err(user(vm.new_type_error(
                    "process_request_params must return parameters and an extension",
                ))),
            }
        })
    }
}

fn user(exception: PyBaseExceptionRef) -> Refusal {
    Refusal::User(Arc::new(Raised::new(exception)))
}

fn refusal(exception: PyBaseExceptionRef, vm: &VirtualMachine) -> Refusal {
    match is_instance(&exception, "NegotiationError", vm) {
        true => NegotiationError::Refused(text_of(&exception, vm)).into(),
        false => user(exception),
    }
}

fn text_of(exception: &PyBaseExceptionRef, vm: &VirtualMachine) -> String {
    let text = exception.as_object().str(vm);
    text.map_or_else(|_| String::new(), |text| text.to_string())
}

fn negotiation_args(
    parameters: &[Parameter],
    accepted: &[Agreed],
    vm: &VirtualMachine,
) -> PyResult<(PyObjectRef, PyObjectRef)> {
    let pair = |(name, value): &Parameter| {
        let value = match value {
            Some(value) => new_str(value, vm).into(),
            None => vm.ctx.none(),
        };
        vm.ctx
            .new_tuple(vec![new_str(name, vm).into(), value])
            .into()
    };
    let parameters = vm.ctx.new_list(parameters.iter().map(pair).collect());
    let accepted = accepted
        .iter()
        .map(|extension| agreed_object(extension, vm));
    let accepted = vm.ctx.new_list(accepted.collect::<PyResult<_>>()?);
    Ok((parameters.into(), accepted.into()))
}

fn parameters(object: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<Parameter>> {
    let wrong =
        || vm.new_type_error("an extension's parameters must be pairs of str and str or None");
    let text = |object: &PyObjectRef| {
        let text = object.downcast_ref::<PyStr>().ok_or_else(wrong)?;
        utf8(text, vm).map(str::to_owned)
    };
    let pairs: Vec<PyObjectRef> = object.try_to_value(vm)?;
    let pair = |pair: PyObjectRef| {
        let items: Vec<PyObjectRef> = pair.try_to_value(vm)?;
        match items.as_slice() {
            [name, value] if vm.is_none(value) => Ok((text(name)?, None)),
            [name, value] => Ok((text(name)?, Some(text(value)?))),
            _ => Err(wrong()),
        }
    };
    pairs.into_iter().map(pair).collect()
}

/// What a factory has made, native if it is.
fn agreed(object: PyObjectRef, vm: &VirtualMachine) -> PyResult<Agreed> {
    if is_native(&object, "PerMessageDeflate", vm)? {
        return native::extension(&object, vm).map(Agreed::Deflate);
    }
    let codec = ForeignCodec(Foreign::new(object, vm)?);
    Ok(Agreed::Foreign(Arc::new(codec)))
}

/// An extension as scripts see it.
fn agreed_object(extension: &Agreed, vm: &VirtualMachine) -> PyResult {
    match extension {
        Agreed::Deflate(deflate) => deflate_object(deflate, vm),
        Agreed::Foreign(codec) => match codec.as_any().downcast_ref::<ForeignCodec>() {
            Some(codec) => Ok((*codec.0.object).clone()),
            None => Ok(vm.ctx.none()),
        },
    }
}

fn deflate_object(deflate: &PerMessageDeflate, vm: &VirtualMachine) -> PyResult {
    let parameters = deflate.parameters();
    let args = (
        parameters.remote_no_context_takeover,
        parameters.local_no_context_takeover,
        parameters.remote_max_window_bits,
        parameters.local_max_window_bits,
    );
    import(DEFLATE_MODULE, "PerMessageDeflate", vm)?.call(args, vm)
}

fn import(module: &'static str, name: &'static str, vm: &VirtualMachine) -> PyResult {
    vm.import(module, 0)?;
    let modules = vm.sys_module.get_attr("modules", vm)?;
    modules.get_item(module, vm)?.get_attr(name, vm)
}

impl Codec for ForeignCodec {
    fn name(&self) -> String {
        self.0.name.clone()
    }

    fn encode(&self, frame: RawFrame) -> Result<RawFrame, Violation> {
        with_vm(|vm| {
            let changed = frame_object(&frame, vm)
                .and_then(|frame| vm.call_method(&self.0.object, "encode", (frame,)))
                .and_then(|frame| raw_frame(&frame, vm));
            changed.map_err(|error| fault(error, vm))
        })
    }

    fn decode(&self, frame: RawFrame, max_size: Option<usize>) -> Result<RawFrame, Violation> {
        with_vm(|vm| {
            let max_size = max_size.map_or_else(|| vm.ctx.none(), |n| vm.ctx.new_int(n).into());
            let changed = frame_object(&frame, vm).and_then(|frame| {
                let options = [("max_size".to_owned(), max_size)];
                let args = FuncArgs::new(vec![frame], options.into_iter().collect::<KwArgs>());
                let decode = self.0.object.get_attr("decode", vm)?;
                let frame = decode.call(args, vm)?;
                raw_frame(&frame, vm)
            });
            changed.map_err(|error| fault(error, vm))
        })
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// What an extension raised, and how the connection fails for it.
fn fault(exception: PyBaseExceptionRef, vm: &VirtualMachine) -> Violation {
    let code = if is_instance(&exception, "ProtocolError", vm) {
        code::PROTOCOL_ERROR
    } else if is_instance(&exception, "PayloadTooBig", vm) {
        code::MESSAGE_TOO_BIG
    } else {
        code::INTERNAL_ERROR
    };
    // What else went wrong is no business of the peer's.
    let reason = match code {
        code::INTERNAL_ERROR => String::new(),
        _ => text_of(&exception, vm),
    };
    Violation::User(Fault {
        code,
        reason,
        cause: Arc::new(Raised::new(exception)),
    })
}

fn frame_object(frame: &RawFrame, vm: &VirtualMachine) -> PyResult {
    let opcode = match frame.kind {
        Kind::Continuation => "CONT",
        Kind::Text => "TEXT",
        Kind::Binary => "BINARY",
    };
    let opcode = import("websockets.frames", "Opcode", vm)?.get_attr(opcode, vm)?;
    let bit = |bit: u8| -> PyObjectRef { vm.ctx.new_bool(frame.rsv & bit != 0).into() };
    let args = vec![
        opcode,
        new_bytes(frame.payload.clone(), vm).into(),
        vm.ctx.new_bool(frame.is_final).into(),
        bit(4),
        bit(2),
        bit(1),
    ];
    import("websockets.frames", "Frame", vm)?.call(FuncArgs::from(args), vm)
}

fn raw_frame(frame: &PyObject, vm: &VirtualMachine) -> PyResult<RawFrame> {
    let opcode: u8 = frame.get_attr("opcode", vm)?.try_to_value(vm)?;
    let kind = match opcode {
        0 => Kind::Continuation,
        1 => Kind::Text,
        2 => Kind::Binary,
        _ => {
            return Err(vm.new_value_error("an extension cannot make a control frame of a message"));
        }
    };
    let flag = |name: &'static str| frame.get_attr(name, vm)?.try_to_bool(vm);
    let data = frame.get_attr("data", vm)?;
    let payload = bytes_like(&data, vm)
        .ok_or_else(|| vm.new_type_error("a frame's data must be bytes-like"))?;
    let bits = [(flag("rsv1")?, 4), (flag("rsv2")?, 2), (flag("rsv3")?, 1)];
    Ok(RawFrame {
        kind,
        is_final: flag("fin")?,
        rsv: bits.into_iter().map(|(set, bit)| u8::from(set) * bit).sum(),
        payload: Bytes::from(payload),
    })
}
