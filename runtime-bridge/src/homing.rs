//! Python objects that are dropped at home, wherever they are let go.
//!
//! Dropping the last reference on a thread without an interpreter skips the object's `__del__`,
//! and changes the collector's lists while it may be looking at them. Inside a tokio runtime,
//! `__del__` could call `block_on`, which tokio answers with a panic. So what is let go in such a
//! place is put in a queue, and dropped by the next thread of its interpreter that looks.

use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use rustpython_vm::VirtualMachine;
use rustpython_vm::common::rc::PyRc;
use rustpython_vm::function::FuncArgs;
use rustpython_vm::vm::thread::try_with_current_vm;

use crate::error::Panicked;
use crate::from_python::place::python_may_run;
use crate::runtime::LoopContext;
use crate::wake::WakeQueue;

type Errand = Box<dyn FnOnce(&VirtualMachine) + Send>;

struct Parcel {
    /// The id of the interpreter; any one may take a parcel that has none.
    interpreter: Option<i64>,
    errand: Errand,
}

static PARCELS: Mutex<Vec<Parcel>> = Mutex::new(Vec::new());
/// How many parcels wait: most looks at the queue are a look at this.
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// Where something belongs: an interpreter, and the event loop that is woken to take it in.
#[derive(Clone, Default)]
pub(crate) struct Home {
    interpreter: Option<i64>,
    wakes: Option<Arc<WakeQueue>>,
}

impl Home {
    /// The interpreter and the loop of the calling thread.
    pub(crate) fn here() -> Self {
        Self {
            interpreter: try_with_current_vm(|vm| vm.state.interpreter_id),
            wakes: LoopContext::current().map(|context| context.wakes.clone()),
        }
    }

    /// A home of which only the loop is known.
    pub(crate) fn of_loop(wakes: Arc<WakeQueue>) -> Self {
        Self {
            interpreter: None,
            wakes: Some(wakes),
        }
    }

    /// Does `errand` at once if the calling thread may run Python code, and at home otherwise.
    pub(crate) fn run(&self, errand: impl FnOnce(&VirtualMachine) + Send + 'static) {
        if python_may_run() {
            try_with_current_vm(errand);
        } else {
            self.send(Box::new(errand));
        }
    }

    /// Drops `value` here if Python code may run here, and at home otherwise.
    pub(crate) fn drop_at<T: Send + 'static>(&self, value: T) {
        if python_may_run() {
            drop(value);
        } else {
            self.send(Box::new(move |_| drop(value)));
        }
    }

    fn send(&self, errand: Errand) {
        let parcel = Parcel {
            interpreter: self.interpreter,
            errand,
        };
        let mut parcels = PARCELS.lock();
        parcels.push(parcel);
        WAITING.store(parcels.len(), Ordering::Release);
        drop(parcels);
        if let Some(wakes) = &self.wakes {
            wakes.poke();
        }
    }
}

/// Takes in what was sent home to this interpreter.
pub(crate) fn take_in(vm: &VirtualMachine) {
    if WAITING.load(Ordering::Acquire) != 0 {
        take_in_parcels(vm);
    }
}

#[cold]
fn take_in_parcels(vm: &VirtualMachine) {
    let mut parcels = PARCELS.lock();
    let is_here = |id| id == vm.state.interpreter_id;
    let (ours, others): (Vec<_>, Vec<_>) = std::mem::take(&mut *parcels)
        .into_iter()
        .partition(|parcel| parcel.interpreter.is_none_or(is_here));
    *parcels = others;
    WAITING.store(parcels.len(), Ordering::Release);
    // Errands run Python code, and may send others.
    drop(parcels);
    for parcel in ours {
        drop(Panicked::catch(|| (parcel.errand)(vm)));
    }
}

/// What is still waiting is taken in when the interpreter exits, after its own exit functions.
pub(crate) fn take_in_at_exit(vm: &VirtualMachine) {
    let function = vm.new_function("take_in", |vm: &VirtualMachine| take_in(vm));
    let entry = (function.into(), FuncArgs::default());
    vm.state.atexit_funcs.lock().push(PyRc::new(entry));
}

/// A value that owns Python objects and may be let go anywhere: on a thread without an
/// interpreter, or by a task of a tokio runtime.
///
/// Dropped where Python code may run, it is dropped there and then. Anywhere else it is sent home,
/// to the interpreter that made it: the event loop that ran when it was made is woken to drop it,
/// and so does any thread of the interpreter that comes to wait in a loop or in
/// [`block_on`](crate::block_on), or to make another `Homing`; at the latest, the interpreter's
/// exit. What comes home after that is never dropped.
///
/// ```
/// use runtime_bridge::Homing;
/// use rustpython_vm::PyObjectRef;
///
/// /// Keeps `value` alive for so long; a tokio worker may be the one to drop it.
/// async fn keep(value: PyObjectRef, duration: std::time::Duration) {
///     let value = Homing::new(value);
///     tokio::task::spawn_blocking(move || {
///         std::thread::sleep(duration);
///         drop(value);
///     });
/// }
/// ```
pub struct Homing<T: Send + 'static> {
    value: ManuallyDrop<T>,
    home: Home,
}

impl<T: Send + 'static> Homing<T> {
    /// Makes the calling thread's interpreter the home of `value`.
    ///
    /// On a thread without one, any interpreter may take it in later.
    pub fn new(value: T) -> Self {
        if python_may_run() {
            try_with_current_vm(take_in);
        }
        Self {
            value: ManuallyDrop::new(value),
            home: Home::here(),
        }
    }

    /// The value itself, no longer protected.
    pub fn into_inner(self) -> T {
        let mut this = ManuallyDrop::new(self);
        // SAFETY: `this` is never dropped, so each field is taken or dropped once, here.
        unsafe {
            std::ptr::drop_in_place(&raw mut this.home);
            ManuallyDrop::take(&mut this.value)
        }
    }
}

impl<T: Send + 'static> Drop for Homing<T> {
    fn drop(&mut self) {
        // SAFETY: taken once, here, and not used afterwards.
        let value = unsafe { ManuallyDrop::take(&mut self.value) };
        self.home.drop_at(value);
    }
}

impl<T: Clone + Send + 'static> Clone for Homing<T> {
    fn clone(&self) -> Self {
        Self {
            value: self.value.clone(),
            home: self.home.clone(),
        }
    }
}

impl<T: Send + 'static> Deref for Homing<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Send + 'static> DerefMut for Homing<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: fmt::Debug + Send + 'static> fmt::Debug for Homing<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Homing").field(&**self).finish()
    }
}
