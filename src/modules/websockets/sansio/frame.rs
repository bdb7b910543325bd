//! `Frame`: the base class of `websockets.frames.Frame`.

use std::fmt;

use rustpython_vm::{
    AsObject, FromArgs, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyTuple, PyType},
    common::lock::PyRwLock,
    function::FuncArgs,
    pyclass,
    types::{Constructor, Initializer},
};

use super::super::exceptions::protocol_error;
use crate::engine::ws::MAX_CONTROL_PAYLOAD;
use crate::modules::class::make_mutable;

/// Frame(opcode, data, fin=True, rsv1=False, rsv2=False, rsv3=False)
/// --
///
/// A frame: what it is, its data, whether it ends a message, and the reserved bits.
#[pyclass(module = "_websockets", name = "Frame")]
#[derive(PyPayload)]
pub(in super::super) struct Frame {
    fields: PyRwLock<Fields>,
}

/// What a frame holds.
#[derive(Clone)]
pub(super) struct Fields {
    pub(super) opcode: PyObjectRef,
    pub(super) data: PyObjectRef,
    pub(super) fin: bool,
    /// RSV1 is 4, RSV2 is 2, RSV3 is 1.
    pub(super) rsv: u8,
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Frame")
    }
}

#[derive(FromArgs)]
pub(in super::super) struct FrameArgs {
    #[pyarg(any)]
    opcode: PyObjectRef,
    #[pyarg(any)]
    data: PyObjectRef,
    #[pyarg(any, default = true)]
    fin: bool,
    #[pyarg(any, default = false)]
    rsv1: bool,
    #[pyarg(any, default = false)]
    rsv2: bool,
    #[pyarg(any, default = false)]
    rsv3: bool,
}

impl Frame {
    /// A frame of a subclass.
    pub(super) fn new(
        class: &Py<PyType>,
        fields: Fields,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<Self>> {
        let fields = PyRwLock::new(fields);
        Self { fields }.into_ref_with_type(vm, class.to_owned())
    }

    pub(super) fn fields(&self) -> Fields {
        self.fields.read().clone()
    }

    /// The fields of a frame, or of what an extension takes for one.
    pub(super) fn fields_of(frame: &PyObject, vm: &VirtualMachine) -> PyResult<Fields> {
        if let Some(frame) = frame.downcast_ref::<Self>() {
            return Ok(frame.fields());
        }
        let bit = |name: &'static str, bit: u8| -> PyResult<u8> {
            let is_set = frame.get_attr(name, vm)?.try_to_bool(vm)?;
            Ok(if is_set { bit } else { 0 })
        };
        Ok(Fields {
            opcode: frame.get_attr("opcode", vm)?,
            data: frame.get_attr("data", vm)?,
            fin: bit("fin", 1)? == 1,
            rsv: bit("rsv1", 4)? | bit("rsv2", 2)? | bit("rsv3", 1)?,
        })
    }

    fn rsv_bit(&self, bit: u8) -> bool {
        self.fields.read().rsv & bit != 0
    }

    fn set_rsv_bit(&self, bit: u8, value: bool) {
        let rsv = &mut self.fields.write().rsv;
        *rsv = if value { *rsv | bit } else { *rsv & !bit };
    }
}

impl Constructor for Frame {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, vm: &VirtualMachine) -> PyResult<Self> {
        let fields = Fields {
            opcode: vm.ctx.none(),
            data: vm.ctx.none(),
            fin: true,
            rsv: 0,
        };
        Ok(Self {
            fields: PyRwLock::new(fields),
        })
    }
}

impl Initializer for Frame {
    type Args = FrameArgs;

    fn init(zelf: &Py<Self>, args: FrameArgs, _vm: &VirtualMachine) -> PyResult<()> {
        let rsv = u8::from(args.rsv1) << 2 | u8::from(args.rsv2) << 1 | u8::from(args.rsv3);
        *zelf.fields.write() = Fields {
            opcode: args.opcode,
            data: args.data,
            fin: args.fin,
            rsv,
        };
        Ok(())
    }
}

#[pyclass(with(Constructor, Initializer), flags(BASETYPE, HAS_DICT, HAS_WEAKREF))]
impl Frame {
    /// What the frame is: an Opcode.
    #[pygetset]
    fn opcode(zelf: &Py<Self>) -> PyObjectRef {
        zelf.fields.read().opcode.clone()
    }

    #[pygetset(setter)]
    fn set_opcode(zelf: &Py<Self>, value: PyObjectRef) {
        zelf.fields.write().opcode = value;
    }

    /// The data, without a mask.
    #[pygetset]
    fn data(zelf: &Py<Self>) -> PyObjectRef {
        zelf.fields.read().data.clone()
    }

    #[pygetset(setter)]
    fn set_data(zelf: &Py<Self>, value: PyObjectRef) {
        zelf.fields.write().data = value;
    }

    /// Whether it ends a message.
    #[pygetset]
    fn fin(zelf: &Py<Self>) -> bool {
        zelf.fields.read().fin
    }

    #[pygetset(setter)]
    fn set_fin(zelf: &Py<Self>, value: bool) {
        zelf.fields.write().fin = value;
    }

    /// The first reserved bit, which permessage-deflate uses.
    #[pygetset]
    fn rsv1(zelf: &Py<Self>) -> bool {
        zelf.rsv_bit(4)
    }

    #[pygetset(setter)]
    fn set_rsv1(zelf: &Py<Self>, value: bool) {
        zelf.set_rsv_bit(4, value);
    }

    /// The second reserved bit.
    #[pygetset]
    fn rsv2(zelf: &Py<Self>) -> bool {
        zelf.rsv_bit(2)
    }

    #[pygetset(setter)]
    fn set_rsv2(zelf: &Py<Self>, value: bool) {
        zelf.set_rsv_bit(2, value);
    }

    /// The third reserved bit.
    #[pygetset]
    fn rsv3(zelf: &Py<Self>) -> bool {
        zelf.rsv_bit(1)
    }

    #[pygetset(setter)]
    fn set_rsv3(zelf: &Py<Self>, value: bool) {
        zelf.set_rsv_bit(1, value);
    }

    /// Raises ProtocolError when a reserved bit is set, or a control frame is too long or has
    /// fragments.
    #[pymethod]
    fn check(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        let fields = zelf.fields();
        let refuse = |reason: &'static str| Err(protocol_error(reason, vm));
        if fields.rsv != 0 {
            return refuse("reserved bits must be 0");
        }
        if opcode_number(&fields.opcode, vm)? < 8 {
            return Ok(());
        }
        if fields.data.length(vm)? > MAX_CONTROL_PAYLOAD {
            return refuse("control frame too long");
        }
        match fields.fin {
            true => Ok(()),
            false => refuse("fragmented control frame"),
        }
    }

    #[pymethod]
    fn __reduce__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyRef<PyTuple>> {
        let fields = zelf.fields();
        let bit = |bit: u8| vm.ctx.new_bool(fields.rsv & bit != 0).into();
        let fin = vm.ctx.new_bool(fields.fin).into();
        let args = vec![fields.opcode, fields.data, fin, bit(4), bit(2), bit(1)];
        let class = zelf.class().to_owned().into();
        Ok(vm.ctx.new_tuple(vec![class, vm.ctx.new_tuple(args).into()]))
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        make_mutable(class);
    }
}

/// The number that an opcode is.
pub(super) fn opcode_number(opcode: &PyObject, vm: &VirtualMachine) -> PyResult<u8> {
    opcode.to_owned().try_into_value(vm)
}
