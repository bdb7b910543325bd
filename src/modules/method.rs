//! Native methods and functions that pass for those of Python code.

use std::fmt;

use rustpython_vm::{
    AsObject, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
    builtins::{PyBoundMethod, PyStrRef, PyType},
    class::{PyClassImpl as _, StaticType as _},
    function::FuncArgs,
    pyclass,
    types::{Callable, GetDescriptor, Representable},
};

/// A call with positional arguments alone, `self` first, past the binding of arguments, which costs
/// more than many a method itself. `None` for arguments that it does not take.
pub(crate) type Shortcut = fn(&[PyObjectRef], &VirtualMachine) -> Option<PyResult>;

/// What is to be told of a method.
#[derive(Clone, Copy)]
pub(crate) struct Description {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its parameters as source text. Names in defaults are those of the native module.
    pub(crate) parameters: &'static str,
    /// Whether `inspect.iscoroutinefunction` is to be true.
    pub(crate) is_coroutine: bool,
    /// For the usual call, where it is worth while.
    pub(crate) shortcut: Option<Shortcut>,
}

impl Description {
    /// The same with a shortcut.
    pub(crate) const fn with_shortcut(self, shortcut: Shortcut) -> Self {
        Self {
            shortcut: Some(shortcut),
            ..self
        }
    }
}

/// A native method or function, described as `inspect` and `unittest.mock` expect it.
///
/// The interpreter's own descriptors cannot say that they make coroutines, and have no signature
/// when a default is an object.
#[pyclass(module = "builtins", name = "native_function")]
#[derive(PyPayload)]
pub(crate) struct Method {
    function: PyObjectRef,
    /// Where it is defined: a class's name, or nothing.
    owner: Option<String>,
    module: &'static str,
    description: Description,
}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Method({})", self.description.name)
    }
}

impl Method {
    /// Makes the classes of this file known to the interpreter.
    pub(crate) fn prepare_classes() {
        drop(Self::make_static_type());
        Self::static_type()
            .slots()
            .vectorcall
            .store(Some(vectorcall));
        drop(ClassSignature::make_static_type());
    }

    /// Describes the methods of a class anew.
    pub(crate) fn describe(
        class: &'static Py<PyType>,
        module: &'static str,
        descriptions: &[Description],
        vm: &VirtualMachine,
    ) {
        for &description in descriptions {
            let name = vm.ctx.intern_str(description.name);
            let Some(function) = class.get_direct_attr(name) else {
                continue;
            };
            let method = Self {
                function,
                owner: Some(class.name().to_string()),
                module,
                description,
            };
            class.set_attr(name, method.into_ref(&vm.ctx).into());
        }
    }

    /// A described function of a module.
    pub(crate) fn function(
        function: PyObjectRef,
        module: &'static str,
        description: Description,
        vm: &VirtualMachine,
    ) -> PyRef<Self> {
        let method = Self {
            function,
            owner: None,
            module,
            description,
        };
        method.into_ref(&vm.ctx)
    }

    fn qualified_name(&self) -> String {
        match &self.owner {
            Some(owner) => format!("{owner}.{}", self.description.name),
            None => self.description.name.to_owned(),
        }
    }
}

/// The signature with those parameters, by the interpreter's own parser.
fn signature(parameters: &str, module: &str, vm: &VirtualMachine) -> PyResult {
    let source = format!("lambda {parameters}: None");
    let native = vm.ctx.new_str(format!("_{module}"));
    let names = vm.import(&native, 0)?.get_attr("__dict__", vm)?;
    let names = vm.call_method(&names, "copy", ())?;
    let lambda = vm
        .builtins
        .get_attr("eval", vm)?
        .call((source, names), vm)?;
    let signature = vm.import("inspect", 0)?.get_attr("signature", vm)?;
    signature.call((lambda,), vm)
}

/// The `__signature__` of a class, for `inspect.signature`. A subclass with an `__init__` of its own
/// has its own.
#[pyclass(module = "builtins", name = "class_signature")]
#[derive(PyPayload)]
pub(crate) struct ClassSignature {
    class: &'static Py<PyType>,
    module: &'static str,
    parameters: &'static str,
}

impl fmt::Debug for ClassSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClassSignature({})", self.class.name())
    }
}

impl ClassSignature {
    /// Describes the parameters of a class.
    pub(crate) fn describe(
        class: &'static Py<PyType>,
        module: &'static str,
        parameters: &'static str,
        vm: &VirtualMachine,
    ) {
        let signature = Self {
            class,
            module,
            parameters,
        };
        let name = vm.ctx.intern_str("__signature__");
        class.set_attr(name, signature.into_ref(&vm.ctx).into());
    }

    fn holds_for(&self, class: Option<&PyObject>, vm: &VirtualMachine) -> bool {
        let init = vm.ctx.intern_str("__init__");
        let class = class.and_then(|class| class.downcast_ref::<PyType>());
        let init_of = |class: &Py<PyType>| class.get_attr(init);
        match (class.and_then(init_of), init_of(self.class)) {
            (Some(own), Some(described)) => own.is(&described),
            _ => false,
        }
    }
}

impl GetDescriptor for ClassSignature {
    fn descr_get(
        zelf: &PyObject,
        obj: Option<&PyObject>,
        class: Option<&PyObject>,
        vm: &VirtualMachine,
    ) -> PyResult {
        match zelf.downcast_ref::<Self>() {
            Some(it) if obj.is_none() && it.holds_for(class, vm) => {
                signature(it.parameters, it.module, vm)
            }
            _ => Err(vm.new_attribute_error("__signature__")),
        }
    }
}

#[pyclass(with(GetDescriptor), flags(DISALLOW_INSTANTIATION))]
impl ClassSignature {}

/// Takes the shortcut, or passes the arguments on as they are.
fn vectorcall(
    zelf: &PyObject,
    args: Vec<PyObjectRef>,
    nargs: usize,
    kwnames: Option<&[PyObjectRef]>,
    vm: &VirtualMachine,
) -> PyResult {
    let Some(method) = zelf.downcast_ref::<Method>() else {
        return Err(vm.new_type_error("expected a native function"));
    };
    if let (Some(shortcut), None) = (method.description.shortcut, kwnames)
        && let Some(result) = shortcut(&args, vm)
    {
        return result;
    }
    method.function.vectorcall(args, nargs, kwnames, vm)
}

impl Callable for Method {
    type Args = FuncArgs;

    fn call(zelf: &Py<Self>, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
        zelf.function.call(args, vm)
    }
}

impl GetDescriptor for Method {
    fn descr_get(
        zelf: &PyObject,
        obj: Option<&PyObject>,
        _class: Option<&PyObject>,
        vm: &VirtualMachine,
    ) -> PyResult {
        Ok(match obj {
            Some(obj) => PyBoundMethod::new(obj.to_owned(), zelf.to_owned())
                .into_ref(&vm.ctx)
                .into(),
            None => zelf.to_owned(),
        })
    }
}

#[pyclass(
    with(Callable, GetDescriptor, Representable),
    flags(METHOD_DESCRIPTOR, HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION)
)]
impl Method {
    #[pygetset]
    fn __name__(zelf: &Py<Self>) -> &'static str {
        zelf.description.name
    }

    #[pygetset]
    fn __qualname__(zelf: &Py<Self>) -> String {
        zelf.qualified_name()
    }

    #[pygetset]
    fn __module__(zelf: &Py<Self>) -> &'static str {
        zelf.module
    }

    #[pygetset]
    fn __doc__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        zelf.function.get_attr("__doc__", vm)
    }

    /// Made when it is asked for.
    #[pygetset]
    fn __signature__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        signature(zelf.description.parameters, zelf.module, vm)
    }

    /// What `inspect.iscoroutinefunction` looks for.
    #[pygetset]
    fn _is_coroutine_marker(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
        if !zelf.description.is_coroutine {
            return Ok(vm.ctx.none());
        }
        vm.import("inspect", 0)?.get_attr("_is_coroutine_mark", vm)
    }

    /// By its name, as functions are.
    #[pymethod]
    fn __reduce__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyStrRef> {
        Ok(vm.ctx.new_str(zelf.qualified_name()))
    }
}

impl Representable for Method {
    fn repr_str(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
        let address = zelf.as_object().get_id();
        Ok(format!(
            "<function {} at {address:#x}>",
            zelf.qualified_name()
        ))
    }
}
