//! Calling the same method many times.

use rustpython_vm::{
    AsObject, PyObjectRef, PyRef, PyResult, VirtualMachine,
    builtins::{PyBoundMethod, PyCode, PyFunction},
    bytecode::CodeFlags,
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

    // One for each number of arguments, so that each list of them is made at once.

    pub(super) fn call_0(&self, vm: &VirtualMachine) -> PyResult {
        match self.method_of(0, vm) {
            Some(Method { function, this, .. }) => {
                function.invoke_exact_args(vec![this.clone()], vm)
            }
            None => self.object.call((), vm),
        }
    }

    pub(super) fn call_1(&self, value: PyObjectRef, vm: &VirtualMachine) -> PyResult {
        match self.method_of(1, vm) {
            Some(Method { function, this, .. }) => {
                function.invoke_exact_args(vec![this.clone(), value], vm)
            }
            None => self.object.call((value,), vm),
        }
    }

    pub(super) fn call_2(
        &self,
        [first, second]: [PyObjectRef; 2],
        vm: &VirtualMachine,
    ) -> PyResult {
        match self.method_of(2, vm) {
            Some(Method { function, this, .. }) => {
                function.invoke_exact_args(vec![this.clone(), first, second], vm)
            }
            None => self.object.call((first, second), vm),
        }
    }

    /// The method, if it takes that many arguments; not while tracing, which needs frames of
    /// another kind.
    #[inline]
    fn method_of(&self, arguments: usize, vm: &VirtualMachine) -> Option<&Method> {
        let method = self.method.as_ref()?;
        (method.takes(arguments) && !vm.use_tracing.get()).then_some(method)
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
}
