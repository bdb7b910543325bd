//! Calling the same method many times.

use rustpython_vm::{
    AsObject, PyObjectRef, PyRef, PyResult, VirtualMachine,
    builtins::{PyBoundMethod, PyCode, PyFunction},
    bytecode::CodeFlags,
    function::FuncArgs,
    object::{Traverse, TraverseFn},
};

/// Anything that can be called.
pub(super) struct Callable {
    object: PyObjectRef,
    method: Option<Method>,
}

/// A method whose parameters are all positional: its frame can be filled without parsing arguments,
/// which is half of the cost of a call.
struct Method {
    function: PyRef<PyFunction>,
    this: PyObjectRef,
    /// The function's when its parameters were looked at; it changes with its code.
    version: u32,
    parameters: usize,
}

// SAFETY: each object is visited once.
unsafe impl Traverse for Callable {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        self.object.traverse(visit);
        if let Some(method) = &self.method {
            method.function.traverse(visit);
            method.this.traverse(visit);
        }
    }
}

impl Callable {
    pub(super) fn new(object: PyObjectRef, vm: &VirtualMachine) -> Self {
        let method = Method::of(&object, vm);
        Self { object, method }
    }

    pub(super) fn call<const N: usize>(
        &self,
        args: [PyObjectRef; N],
        vm: &VirtualMachine,
    ) -> PyResult {
        match &self.method {
            // Tracing needs frames of another kind.
            Some(method) if method.takes(N) && !vm.use_tracing.get() => method.call(args, vm),
            _ => self.object.call(FuncArgs::from(Vec::from(args)), vm),
        }
    }
}

impl Method {
    fn of(object: &PyObjectRef, vm: &VirtualMachine) -> Option<Self> {
        object.downcast_ref_if_exact::<PyBoundMethod>(vm)?;
        let function = object.get_attr("__func__", vm).ok()?;
        let function = function.downcast::<PyFunction>().ok()?;
        let version = function.get_version_for_current_state();
        let code = function.as_object().get_attr("__code__", vm).ok()?;
        let code = code.downcast::<PyCode>().ok()?;
        let is_simple = code.flags.contains(CodeFlags::OPTIMIZED)
            && !code
                .flags
                .intersects(CodeFlags::VARARGS | CodeFlags::VARKEYWORDS)
            && code.kwonlyarg_count == 0;
        let method = Self {
            this: object.get_attr("__self__", vm).ok()?,
            parameters: usize::try_from(code.arg_count).ok()?,
            function,
            version,
        };
        (is_simple && version != 0).then_some(method)
    }

    fn takes(&self, arguments: usize) -> bool {
        self.parameters == arguments + 1 && self.function.func_version() == self.version
    }

    fn call<const N: usize>(&self, args: [PyObjectRef; N], vm: &VirtualMachine) -> PyResult {
        let mut all = Vec::with_capacity(N + 1);
        all.push(self.this.clone());
        all.extend(args);
        self.function.invoke_exact_args(all, vm)
    }
}
