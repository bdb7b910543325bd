//! The native module `bridge_threads`: objects that are dropped anywhere.

pub(super) use bridge_threads::module_def;

#[rustpython_vm::pymodule]
mod bridge_threads {
    use parking_lot::Mutex;
    use runtime_bridge::{Coroutine, Homing, with_vm};
    use rustpython_vm::{Py, PyObjectRef, PyPayload, PyResult, VirtualMachine, pyclass};
    use tokio::task;

    use crate::support::operations::{in_native_thread, none};

    /// Keeps an object in a Homing whose home is where `keep` was called.
    #[pyattr]
    #[pyclass(module = "bridge_threads", name = "Keeper")]
    #[derive(Debug, PyPayload)]
    struct Keeper(Mutex<Option<Homing<PyObjectRef>>>);

    #[pyfunction]
    fn keep(objects: PyObjectRef, vm: &VirtualMachine) -> PyResult<Keeper> {
        let object = Homing::new(take_only(&objects, vm)?);
        Ok(Keeper(Mutex::new(Some(object))))
    }

    #[pyclass]
    impl Keeper {
        #[pymethod]
        fn drop_in_native_thread(zelf: &Py<Self>) {
            let object = zelf.0.lock().take();
            in_native_thread(move || drop(object));
        }
    }

    /// Drops the object as it is on a thread that has no interpreter.
    #[pyfunction]
    fn drop_bare_in_native_thread(objects: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        let object = take_only(&objects, vm)?;
        in_native_thread(move || drop(object));
        Ok(())
    }

    /// Drops the object, in a Homing, on a thread that has no interpreter.
    #[pyfunction]
    fn drop_in_native_thread(objects: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        let object = Homing::new(take_only(&objects, vm)?);
        in_native_thread(move || drop(object));
        Ok(())
    }

    #[pyfunction]
    fn drop_here(objects: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        drop(Homing::new(take_only(&objects, vm)?));
        Ok(())
    }

    #[pyfunction]
    fn unwrap_homing(object: PyObjectRef) -> PyObjectRef {
        let object = Homing::new(object);
        in_native_thread(move || object.clone()).into_inner()
    }

    /// Drops the object in a task of the loop's runtime.
    #[pyfunction]
    fn drop_in_runtime(objects: PyObjectRef) -> Coroutine {
        Coroutine::new("bridge_threads.drop_in_runtime", async move {
            let object = with_vm(|vm| take_only(&objects, vm)).map(Homing::new)?;
            task::spawn(async move { drop(object) })
                .await
                .expect("joined");
            Ok(none())
        })
    }

    /// Drops the object on a thread of the runtime's pool.
    #[pyfunction]
    fn drop_in_pool(objects: PyObjectRef) -> Coroutine {
        Coroutine::new("bridge_threads.drop_in_pool", async move {
            let object = with_vm(|vm| take_only(&objects, vm)).map(Homing::new)?;
            task::spawn_blocking(move || drop(object))
                .await
                .expect("joined");
            Ok(none())
        })
    }

    /// Takes the object out of a list, so that the caller's is the last reference.
    fn take_only(objects: &PyObjectRef, vm: &VirtualMachine) -> PyResult {
        vm.call_method(objects, "pop", ())
    }

    /// Runs `function` in a thread that Rust started and attached to the interpreter.
    #[pyfunction]
    fn call_in_attached_thread(function: PyObjectRef, vm: &VirtualMachine) -> PyResult {
        let thread = vm.start_thread(move |vm| function.call((), vm));
        vm.allow_threads(|| thread.join())
            .expect("the thread does not panic")
    }
}
