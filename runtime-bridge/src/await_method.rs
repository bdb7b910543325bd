//! `__await__` of an awaitable that is its own iterator.
//!
//! `await` looks `__await__` up, binds it and calls the bound method. The interpreter's own
//! descriptor makes a method object that checks and binds its arguments, which costs as much as a
//! third of the await of something that is ready.

use std::fmt;

use rustpython_vm::{
    AsObject, Context, Py, PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine,
    builtins::PyType,
    class::{PyClassImpl as _, StaticType as _},
    function::FuncArgs,
    pyclass,
    types::{Callable, GetDescriptor, Representable},
};

/// The method, which gives the awaitable itself.
#[pyclass(module = "builtins", name = "await_method")]
#[derive(PyPayload)]
struct AwaitMethod {
    class: &'static Py<PyType>,
}

impl fmt::Debug for AwaitMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AwaitMethod({})", self.class.name())
    }
}

impl AwaitMethod {
    fn qualified_name(&self) -> String {
        format!("{}.__await__", self.class.name())
    }
}

/// The same, bound to an awaitable, which cannot be part of a cycle.
#[pyclass(module = "builtins", name = "bound_await_method")]
#[derive(Debug, PyPayload)]
struct BoundAwaitMethod {
    awaitable: PyObjectRef,
}

/// Gives `class`, whose instances are iterators, an `__await__`.
pub(crate) fn give_to(class: &'static Py<PyType>, ctx: &Context) {
    drop(AwaitMethod::make_static_type());
    drop(BoundAwaitMethod::make_static_type());
    // Without a detour by the binding of arguments.
    let slots = BoundAwaitMethod::static_type().slots();
    slots.call.store(Some(call_bound));
    let method = AwaitMethod { class }.into_ref(ctx);
    class.set_attr(ctx.intern_str("__await__"), method.into());
}

fn call_bound(zelf: &PyObject, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
    match zelf.downcast_ref::<BoundAwaitMethod>() {
        Some(zelf) => Callable::call(zelf, args, vm),
        None => Err(vm.new_type_error("expected a bound await method")),
    }
}

fn no_arguments(args: &FuncArgs, vm: &VirtualMachine) -> PyResult<()> {
    if args.is_empty() {
        return Ok(());
    }
    let given = args.args.len() + args.kwargs.len();
    let message = format!("__await__() takes no arguments ({given} given)");
    Err(vm.new_type_error(message))
}

impl GetDescriptor for AwaitMethod {
    fn descr_get(
        zelf: &PyObject,
        obj: Option<&PyObject>,
        _class: Option<&PyObject>,
        vm: &VirtualMachine,
    ) -> PyResult {
        let Some(awaitable) = obj.map(ToOwned::to_owned) else {
            return Ok(zelf.to_owned());
        };
        Ok(BoundAwaitMethod { awaitable }.into_ref(&vm.ctx).into())
    }
}

impl Callable for AwaitMethod {
    type Args = FuncArgs;

    fn call(zelf: &Py<Self>, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
        let awaitable = args.take_positional();
        let awaitable = awaitable.filter(|object| object.fast_isinstance(zelf.class));
        let Some(awaitable) = awaitable else {
            let class = zelf.class.name().to_string();
            let message = format!("{class}.__await__() needs a '{class}' object");
            return Err(vm.new_type_error(message));
        };
        no_arguments(&args, vm)?;
        Ok(awaitable)
    }
}

impl Callable for BoundAwaitMethod {
    type Args = FuncArgs;

    fn call(zelf: &Py<Self>, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
        no_arguments(&args, vm)?;
        Ok(zelf.awaitable.clone())
    }
}

#[pyclass(
    with(Callable, GetDescriptor, Representable),
    flags(METHOD_DESCRIPTOR, DISALLOW_INSTANTIATION)
)]
impl AwaitMethod {
    #[pygetset]
    fn __name__(_zelf: &Py<Self>) -> &'static str {
        "__await__"
    }

    #[pygetset]
    fn __qualname__(zelf: &Py<Self>) -> String {
        zelf.qualified_name()
    }

    #[pygetset]
    fn __text_signature__(_zelf: &Py<Self>) -> &'static str {
        "($self, /)"
    }

    #[pygetset]
    fn __doc__(_zelf: &Py<Self>) -> &'static str {
        "Return the iterator that await drives."
    }
}

impl Representable for AwaitMethod {
    fn repr_str(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
        let class = zelf.class.name().to_string();
        Ok(format!("<method '__await__' of '{class}' objects>"))
    }
}

#[pyclass(with(Callable, Representable), flags(DISALLOW_INSTANTIATION))]
impl BoundAwaitMethod {
    #[pygetset]
    fn __name__(_zelf: &Py<Self>) -> &'static str {
        "__await__"
    }

    #[pygetset]
    fn __self__(zelf: &Py<Self>) -> PyObjectRef {
        zelf.awaitable.clone()
    }

    #[pygetset]
    fn __doc__(_zelf: &Py<Self>) -> &'static str {
        "Return the iterator that await drives."
    }
}

impl Representable for BoundAwaitMethod {
    fn repr_str(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
        let class = zelf.awaitable.class().name().to_string();
        let address = zelf.awaitable.get_id();
        Ok(format!(
            "<built-in method __await__ of {class} object at {address:#x}>"
        ))
    }
}
