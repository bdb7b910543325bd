//! `Deflate`: what `websockets.extensions.permessage_deflate.PerMessageDeflate` compresses with.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use rustpython_vm::{
    FromArgs, Py, PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine, builtins::PyType,
    pyclass, types::Constructor,
};

use super::frame::{Fields, Frame, opcode_number};
use crate::engine::ws::Kind;
use crate::engine::ws::extensions::{
    Codec, CompressSettings, DeflateParameters, PerMessageDeflate, RawFrame,
};
use crate::modules::convert::{bytes_like, new_bytes, wrong_type};
use crate::modules::websockets::exceptions::of_violation;

/// Both directions of permessage-deflate for one connection (RFC 7692).
#[pyclass(module = "_websockets", name = "Deflate")]
#[derive(PyPayload)]
pub(in super::super) struct Deflate {
    agreed: PerMessageDeflate,
    codec: Arc<dyn Codec>,
}

impl fmt::Debug for Deflate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Deflate")
    }
}

impl Deflate {
    /// What the two ends agreed on.
    pub(super) fn agreed(&self) -> PerMessageDeflate {
        self.agreed
    }
}

#[derive(FromArgs)]
pub(in super::super) struct DeflateArgs {
    #[pyarg(any)]
    remote_no_context_takeover: bool,
    #[pyarg(any)]
    local_no_context_takeover: bool,
    #[pyarg(any)]
    remote_max_window_bits: u8,
    #[pyarg(any)]
    local_max_window_bits: u8,
    #[pyarg(named, default = -1)]
    level: i32,
    #[pyarg(named, name = "memLevel", default = 8)]
    mem_level: i32,
    #[pyarg(named, default = 0)]
    strategy: i32,
}

impl Constructor for Deflate {
    type Args = DeflateArgs;

    fn py_new(_class: &Py<PyType>, args: DeflateArgs, vm: &VirtualMachine) -> PyResult<Self> {
        let settings = CompressSettings::new(args.level, args.mem_level, args.strategy);
        let settings =
            settings.ok_or_else(|| vm.new_value_error("Invalid initialization option"))?;
        let agreed = PerMessageDeflate::new(DeflateParameters {
            remote_no_context_takeover: args.remote_no_context_takeover,
            local_no_context_takeover: args.local_no_context_takeover,
            remote_max_window_bits: args.remote_max_window_bits,
            local_max_window_bits: args.local_max_window_bits,
            settings,
        });
        let codec = agreed.codec();
        Ok(Self { agreed, codec })
    }
}

#[pyclass(with(Constructor), flags(HAS_WEAKREF))]
impl Deflate {
    /// Decompresses a data frame, unless its message is not compressed.
    #[pymethod]
    fn decode(
        zelf: &Py<Self>,
        frame: PyObjectRef,
        max_size: Option<usize>,
        vm: &VirtualMachine,
    ) -> PyResult {
        let fields = Frame::fields_of(&frame, vm)?;
        let decoded = zelf.codec.decode(raw_frame(&fields, vm)?, max_size);
        let decoded = decoded.map_err(|violation| of_violation(&violation, vm))?;
        renewed(&frame, fields, decoded, vm)
    }

    /// Compresses a data frame.
    #[pymethod]
    fn encode(zelf: &Py<Self>, frame: PyObjectRef, vm: &VirtualMachine) -> PyResult {
        let fields = Frame::fields_of(&frame, vm)?;
        let encoded = zelf.codec.encode(raw_frame(&fields, vm)?);
        let encoded = encoded.map_err(|violation| of_violation(&violation, vm))?;
        renewed(&frame, fields, encoded, vm)
    }
}

pub(super) fn raw_frame(fields: &Fields, vm: &VirtualMachine) -> PyResult<RawFrame> {
    let data = &fields.data;
    let payload = bytes_like(data, vm).ok_or_else(|| wrong_type("data", "bytes-like", data, vm))?;
    Ok(RawFrame {
        kind: match opcode_number(&fields.opcode, vm)? {
            0 => Kind::Continuation,
            1 => Kind::Text,
            _ => Kind::Binary,
        },
        is_final: fields.fin,
        rsv: fields.rsv,
        payload: Bytes::from(payload),
    })
}

/// A frame of the same class with other data and reserved bits.
fn renewed(frame: &PyObject, fields: Fields, raw: RawFrame, vm: &VirtualMachine) -> PyResult {
    let fields = Fields {
        data: new_bytes(raw.payload, vm).into(),
        rsv: raw.rsv,
        ..fields
    };
    Ok(Frame::new(frame.class(), fields, vm)?.into())
}
