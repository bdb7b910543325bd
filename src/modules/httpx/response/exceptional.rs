//! Classes that derive from Response and from an exception: Starlette's test client has one.
//!
//! An object of the interpreter holds one native value. That of such a class holds the exception's,
//! so that it can be raised, and has the response among its attributes; what the class inherits of
//! Response is passed on to that.

use rustpython_vm::{
    AsObject, Context, Py, PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine,
    builtins::{PyBaseException, PyGetSet, PyStrInterned, PyType},
    class::StaticType as _,
    function::{FuncArgs, PyMethodDef, PySetterValue},
    types::PyTypeSlots,
};

use super::Response;

/// The attribute that is the response.
const INNER: &str = "_response";

/// Says that objects of the class are laid out as any other, so that another class may decide what
/// its subclasses' objects hold.
///
/// The interpreter looks at the native value's own type before it lets anybody have it.
pub(super) trait AnyLayout {
    const __OWN_METHOD_DEFS: &'static [PyMethodDef] = &[];

    fn __extend_py_class(_ctx: &'static Context, _class: &'static Py<PyType>) {}

    fn __extend_slots(slots: &mut PyTypeSlots) {
        // That of the base class, which is `object`.
        slots.basicsize = 0;
    }
}

impl AnyLayout for Response {}

/// Response's `__init__` for such an object. The interpreter has made it with the exception's
/// `__new__`.
pub(super) fn init(zelf: &PyObject, args: FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
    pass_on(zelf.class(), vm)?;
    let response = Response::static_type().as_object().call(args, vm)?;
    zelf.set_attr(INNER, response, vm)
}

pub(super) fn is_exceptional(zelf: &PyObject) -> bool {
    zelf.downcast_ref::<PyBaseException>().is_some()
}

/// Redirects what the class inherits of Response, unless that was done.
fn pass_on(class: &Py<PyType>, vm: &VirtualMachine) -> PyResult<()> {
    for (name, inherited) in Response::static_type().attributes().attributes(&vm.ctx) {
        let is_own = name.as_str() == "__repr__" || !name.as_str().starts_with("__");
        if is_own && class.get_attr(name).is_some_and(|it| it.is(&inherited)) {
            let passed = passed_on(name, class, vm);
            class.as_object().set_attr(name, passed, vm)?;
        }
    }
    Ok(())
}

fn passed_on(
    name: &'static PyStrInterned,
    class: &Py<PyType>,
    vm: &VirtualMachine,
) -> PyRef<PyGetSet> {
    let get = move |zelf: PyObjectRef, vm: &VirtualMachine| -> PyResult {
        zelf.get_attr(INNER, vm)?.get_attr(name, vm)
    };
    let set = move |zelf: PyObjectRef, value: PySetterValue, vm: &VirtualMachine| -> PyResult<()> {
        let response = zelf.get_attr(INNER, vm)?;
        match value {
            PySetterValue::Assign(value) => response.set_attr(name, value, vm),
            PySetterValue::Delete => response.del_attr(name, vm),
        }
    };
    vm.ctx.new_getset(name.as_str(), class, get, set)
}
