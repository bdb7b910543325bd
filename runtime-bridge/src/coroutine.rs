//! A Rust future as a native coroutine.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{self, Poll, Wake as _, Waker};

use parking_lot::Mutex;
use rustpython_vm::{
    AsObject, Context, Py, PyObject, PyObjectRef, PyPayload, PyRef, PyResult, TryFromObject,
    VirtualMachine,
    builtins::PyBaseExceptionRef,
    class::{PyClassImpl as _, StaticType as _},
    exceptions::ExceptionCtor,
    function::OptionalArg,
    protocol::PyIterReturn,
    pyclass,
    types::{Destructor, IterNext, Iterable, Representable, SelfIter},
    warn::warn_unawaited_coroutine,
};

use crate::await_method;
use crate::error::Panicked;
use crate::fork;
use crate::from_python::exchange::{Exchange, Sent};
use crate::from_python::place::{Place, Stay, WakerId};
use crate::homing::Home;
use crate::runtime::LoopContext;
use crate::waiter::Waiter;
use crate::wake::WakeSlot;

type BoxFuture = Pin<Box<dyn Future<Output = PyResult<PyObjectRef>> + Send>>;

/// A native coroutine: await it, or hand it to `create_task`, `gather`, `wait_for`, a `TaskGroup`.
///
/// It starts when it is first awaited. A ready future answers without a trip through the event
/// loop. An exception thrown in (a cancellation) drops the future, and all that it owns, at once.
#[pyclass(module = "_runtime_bridge", name = "coroutine")]
#[derive(PyPayload)]
pub struct Coroutine {
    name: &'static str,
    state: Mutex<State>,
}

struct State {
    future: Option<BoxFuture>,
    wake: Option<(Arc<WakeSlot>, Waker)>,
    waiter: Option<PyRef<Waiter>>,
    /// With an in-line await inside the future.
    exchange: Option<Arc<Exchange>>,
    /// The process that polled the future first.
    generation: u64,
}

/// What a step comes to.
enum Step {
    Polled(PyResult<Poll<PyResult<PyObjectRef>>>),
    /// The future is to be dropped.
    Raise(PyBaseExceptionRef),
}

/// What a coroutine that is over leaves to be dropped.
struct Remains {
    future: Option<BoxFuture>,
    _waiter: Option<PyRef<Waiter>>,
}

impl Drop for Remains {
    /// A destructor that panics must not unwind into the interpreter.
    fn drop(&mut self) {
        let future = self.future.take();
        drop(Panicked::catch(|| drop(future)));
    }
}

impl Drop for Coroutine {
    fn drop(&mut self) {
        let state = self.state.get_mut();
        let home = state.home();
        home.drop_at(state.finish());
    }
}

impl fmt::Debug for Coroutine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Coroutine({})", self.name)
    }
}

impl Coroutine {
    /// Wraps `future`; `name` is the qualified name that a task's repr shows
    /// (`"AsyncClient.get"`).
    ///
    /// The future must not strongly own the object that owns the coroutine: the interpreter's
    /// collector cannot see into it.
    pub fn new(
        name: &'static str,
        future: impl Future<Output = PyResult<PyObjectRef>> + Send + 'static,
    ) -> Self {
        let state = State {
            future: Some(Box::pin(future)),
            wake: None,
            waiter: None,
            exchange: None,
            generation: 0,
        };
        Self {
            name,
            state: Mutex::new(state),
        }
    }

    fn was_never_awaited(zelf: &Py<Self>) -> bool {
        let state = zelf.state.try_lock();
        state.is_some_and(|state| state.future.is_some() && state.wake.is_none())
    }

    /// Resumes the future: with a value, which is for an in-line await, or with an exception.
    pub(crate) fn step(&self, sent: PyResult, vm: &VirtualMachine) -> PyResult<PyIterReturn> {
        let Some(mut state) = self.state.try_lock() else {
            return Err(vm.new_value_error("coroutine already executing"));
        };
        if state.future.is_none() {
            let reuse = || vm.new_runtime_error("cannot reuse already awaited coroutine");
            return Err(sent.err().unwrap_or_else(reuse));
        }
        let sent = match &state.exchange {
            Some(exchange) => exchange.take_sent(sent, vm)?,
            None => Sent::plain(sent),
        };
        let polled = match sent {
            Sent::Poll => state.poll_and_check(vm),
            Sent::Raise(exception) => Step::Raise(exception),
            Sent::Wait => Step::Polled(Ok(Poll::Pending)),
        };
        let polled = match polled {
            Step::Polled(polled) => polled?,
            Step::Raise(exception) => {
                // What the future owns may call back into this coroutine while it is dropped.
                let remains = state.finish();
                drop(state);
                drop(remains);
                return Err(exception);
            }
        };
        match polled {
            Poll::Ready(result) => {
                let remains = state.finish();
                drop(state);
                drop(remains);
                match result {
                    Ok(value) => Ok(PyIterReturn::StopIteration(Some(value))),
                    Err(exception) => Err(not_stop_iteration(exception, vm)),
                }
            }
            Poll::Pending => state.wait(vm).map(PyIterReturn::Return),
        }
    }
}

impl State {
    /// An exception that was thrown in for an in-line await, and that nobody took, ends the
    /// future, whatever became of it meanwhile.
    fn poll_and_check(&mut self, vm: &VirtualMachine) -> Step {
        let polled = self.poll(vm);
        let is_over = matches!(polled, Ok(Poll::Ready(_)));
        let unthrown = self
            .exchange
            .as_ref()
            .and_then(|it| it.take_unthrown(is_over));
        unthrown.map_or(Step::Polled(polled), Step::Raise)
    }

    fn poll(&mut self, vm: &VirtualMachine) -> PyResult<Poll<PyResult<PyObjectRef>>> {
        let context = LoopContext::current().ok_or_else(|| no_native_loop(vm))?;
        self.check_resumable(&context, vm)?;
        if self.wake.is_none() {
            let slot = WakeSlot::new(context.wakes.clone());
            self.wake = Some((slot.clone(), Waker::from(slot)));
            self.generation = fork::generation();
        }
        let (Some((slot, waker)), Some(future)) = (&self.wake, &mut self.future) else {
            return Ok(Poll::Pending);
        };
        slot.arm();
        let stay = Stay::at(Place::Coroutine {
            exchange: self.exchange.take(),
            root: WakerId::of(waker),
        });
        let polled =
            Panicked::catch(|| future.as_mut().poll(&mut task::Context::from_waker(waker)));
        self.exchange = stay.leave();
        Ok(polled.unwrap_or_else(|panic| Poll::Ready(Err(panic.to_exception(vm)))))
    }

    /// A pending future has timers and sockets of the runtime that polled it, and one waiter.
    fn check_resumable(&self, context: &LoopContext, vm: &VirtualMachine) -> PyResult<()> {
        let is_elsewhere = |(slot, _): &(Arc<WakeSlot>, Waker)| !slot.belongs_to(&context.wakes);
        if self.wake.as_ref().is_some_and(is_elsewhere) {
            let message = "the coroutine is attached to a different loop, under which it started";
            return Err(vm.new_runtime_error(message));
        }
        if self
            .waiter
            .as_ref()
            .is_some_and(|waiter| waiter.is_awaited())
        {
            return Err(vm.new_runtime_error("coroutine is being awaited already"));
        }
        Ok(())
    }

    /// What the task is to block on: the waiter, or what an in-line await yielded.
    fn wait(&mut self, vm: &VirtualMachine) -> PyResult {
        if let Some(blocker) = self.forward(vm) {
            return Ok(blocker);
        }
        let waiter = match self.waiter.take().filter(|waiter| waiter.is_reusable()) {
            Some(waiter) => waiter,
            None => Waiter::new(vm)?,
        };
        waiter.set_blocking();
        if let Some((slot, _)) = &self.wake {
            slot.set_waiter(waiter.clone());
        }
        self.waiter = Some(waiter.clone());
        Ok(waiter.into())
    }

    fn forward(&self, vm: &VirtualMachine) -> Option<PyObjectRef> {
        let (Some(exchange), Some((slot, waker))) = (&self.exchange, &self.wake) else {
            return None;
        };
        // Whoever might wake the coroutine holds a clone of the waker.
        let alone = Arc::strong_count(slot) == 2;
        exchange.forward(alone, waker, vm)
    }

    /// Where what the coroutine owns can be dropped.
    fn home(&self) -> Home {
        let slot = self.wake.as_ref().map(|(slot, _)| slot);
        slot.map_or_else(Home::default, |slot| Home::of_loop(slot.queue()))
    }

    /// Ends the coroutine. What it owned is to be dropped after the lock is released.
    fn finish(&mut self) -> Remains {
        let mut future = self.future.take();
        if let Some((slot, _)) = self.wake.take() {
            if self
                .waiter
                .as_ref()
                .is_some_and(|waiter| waiter.is_awaited())
            {
                // Closed by somebody else: the task that waits learns of it.
                slot.wake_by_ref();
            } else {
                slot.take();
            }
            if self.generation != fork::generation() {
                // Its sockets are registered with the parent's epoll instance.
                std::mem::forget(future.take());
            }
        }
        self.exchange = None;
        Remains {
            future,
            _waiter: self.waiter.take(),
        }
    }
}

/// A future that fails with StopIteration must not look like one that returned (PEP 479).
fn not_stop_iteration(exception: PyBaseExceptionRef, vm: &VirtualMachine) -> PyBaseExceptionRef {
    if !exception.fast_isinstance(vm.ctx.exceptions.stop_iteration) {
        return exception;
    }
    let error = vm.new_runtime_error("coroutine raised StopIteration");
    error.set_context(Some(exception.clone()));
    error.set_cause(Some(exception));
    error
}

fn no_native_loop(vm: &VirtualMachine) -> PyBaseExceptionRef {
    if vm.asyncio_running_loop.borrow().is_none() {
        return vm.new_runtime_error("no running event loop");
    }
    vm.new_runtime_error(
        "the running event loop cannot drive a native coroutine: \
         use asyncio.run() or asyncio.EventLoop(), which make Tauraro's own loop",
    )
}

/// Makes the class; only a coroutine that was never awaited has to be finalized.
pub(crate) fn make_class(ctx: &Context) {
    drop(Coroutine::make_static_type());
    await_method::give_to(Coroutine::static_type(), ctx);
    let never_awaited = |object: &PyObject| {
        object
            .downcast_ref::<Coroutine>()
            .is_none_or(Coroutine::was_never_awaited)
    };
    let slots = Coroutine::static_type().slots();
    slots.del_needed.store(Some(never_awaited));
}

impl Destructor for Coroutine {
    fn del(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        if Self::was_never_awaited(zelf) {
            warn_unawaited_coroutine(zelf.as_object(), &vm.ctx.new_str(zelf.name), vm);
        }
        Ok(())
    }
}

#[pyclass(
    with(Destructor, IterNext, Iterable, Representable),
    flags(HAS_WEAKREF, DISALLOW_INSTANTIATION)
)]
impl Coroutine {
    /// Resumes the coroutine. The value, None from asyncio, is for an awaitable that the future
    /// awaits in line.
    #[pymethod]
    fn send(zelf: &Py<Self>, value: PyObjectRef, vm: &VirtualMachine) -> PyResult<PyIterReturn> {
        zelf.step(Ok(value), vm)
    }

    /// Drops the future and raises the exception; or raises it in the awaitable that the future
    /// awaits in line.
    #[pymethod]
    fn throw(
        zelf: &Py<Self>,
        exception: PyObjectRef,
        value: OptionalArg<PyObjectRef>,
        _traceback: OptionalArg<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<PyIterReturn> {
        let constructor = ExceptionCtor::try_from_object(vm, exception)?;
        let exception = constructor.instantiate_value(value.unwrap_or_none(vm), vm)?;
        zelf.step(Err(exception), vm)
    }

    /// Drops the future; awaiting afterwards is an error.
    #[pymethod]
    fn close(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<()> {
        let Some(mut state) = zelf.state.try_lock() else {
            return Err(vm.new_value_error("coroutine already executing"));
        };
        let remains = state.finish();
        drop(state);
        drop(remains);
        Ok(())
    }

    #[pygetset]
    fn __name__(zelf: &Py<Self>) -> &'static str {
        zelf.name.rsplit('.').next().unwrap_or(zelf.name)
    }

    #[pygetset]
    fn __qualname__(zelf: &Py<Self>) -> &'static str {
        zelf.name
    }

    #[pygetset]
    fn cr_running(zelf: &Py<Self>) -> bool {
        zelf.state.is_locked()
    }

    #[pygetset]
    fn cr_frame(_zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        vm.ctx.none()
    }

    #[pygetset]
    fn cr_origin(_zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        vm.ctx.none()
    }

    #[pygetset]
    fn cr_code(_zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        vm.ctx.none()
    }
}

impl SelfIter for Coroutine {}

impl IterNext for Coroutine {
    fn next(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyIterReturn> {
        zelf.step(Ok(vm.ctx.none()), vm)
    }
}

impl Representable for Coroutine {
    fn repr_str(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
        Ok(format!("<native coroutine {}>", zelf.name))
    }
}
