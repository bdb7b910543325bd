//! Closing an iterator that was not read to its end.

use std::future::poll_fn;

use rustpython_vm::{
    AsObject as _, PyObjectRef, PyPayload as _, PyResult, VirtualMachine,
    builtins::{PyAsyncGen, PyGenerator},
};

use crate::asyncio::{cancelled_error, is_cancelled_error};
use crate::coroutine::Coroutine;
use crate::from_python::in_line::await_in_line;
use crate::loops::{call_soon_threadsafe, is_closed, is_running_here};
use crate::streams::item::Item;
use crate::streams::stream::{AsyncIterator, BlockingIterator};
use crate::with_vm;

/// An iterator, and whether it is ours to close.
pub(crate) struct Origin {
    iterator: PyObjectRef,
    is_ours: bool,
}

impl Origin {
    pub(crate) fn new(iterable: &PyObjectRef, iterator: PyObjectRef) -> Self {
        let is_ours = !iterator.is(iterable) || is_generator(&iterator);
        Self { iterator, is_ours }
    }

    pub(crate) fn iterator(&self) -> &PyObjectRef {
        &self.iterator
    }
}

fn is_generator(object: &PyObjectRef) -> bool {
    object.downcastable::<PyGenerator>()
        || object.downcastable::<PyAsyncGen>()
        || object.downcastable::<AsyncIterator>()
        || object.downcastable::<BlockingIterator>()
}

/// A generator that nobody began to read.
pub(crate) fn close_unread(iterable: PyObjectRef, vm: &VirtualMachine) {
    // An asynchronous generator that has not started has nothing to clean up.
    if is_generator(&iterable) {
        close(&Origin::new(&iterable, iterable.clone()), vm);
    }
}

/// Calls the iterator's `close()`, if it has one. What goes wrong is reported.
pub(crate) fn close(origin: &Origin, vm: &VirtualMachine) {
    if !origin.is_ours {
        return;
    }
    let closed = match vm.get_attribute_opt(&origin.iterator, vm.ctx.intern_str("close")) {
        Ok(Some(close)) => close.call((), vm),
        Ok(None) => return,
        Err(exception) => Err(exception),
    };
    if let Err(exception) = closed {
        vm.run_unraisable(exception, None, origin.iterator.clone());
    }
}

/// Has a task cancel the pending item and await `aclose()`. What goes wrong in it is reported by
/// asyncio, as for any task that nobody awaits.
pub(crate) fn aclose(
    origin: Origin,
    item: Option<Item>,
    event_loop: &PyObjectRef,
    vm: &VirtualMachine,
) {
    let iterator = origin.iterator.clone();
    if let Err(exception) = schedule(origin, item, event_loop, vm) {
        vm.run_unraisable(exception, None, iterator);
    }
}

fn schedule(
    origin: Origin,
    item: Option<Item>,
    event_loop: &PyObjectRef,
    vm: &VirtualMachine,
) -> PyResult<()> {
    if is_closed(event_loop, vm)? {
        // Nothing can be awaited any more: what is left is dropped.
        return Ok(());
    }
    let item = item.and_then(|item| item.cancelled(cancelled_error(None, vm), vm));
    let has_aclose = origin.is_ours
        && vm
            .get_attribute_opt(&origin.iterator, vm.ctx.intern_str("aclose"))?
            .is_some();
    if item.is_none() && !has_aclose {
        return Ok(());
    }
    let closing = Coroutine::new("ByteStream.aclose", async move {
        if let Some(item) = item {
            finish(item).await?;
        }
        if has_aclose {
            let aclose = with_vm(|vm| vm.call_method(&origin.iterator, "aclose", ()))?;
            await_in_line(aclose).await?;
        }
        Ok(with_vm(|vm| vm.ctx.none()))
    });
    start(closing, event_loop, vm)
}

/// Awaits a cancelled item: that it was, and what it produced all the same, is of no interest.
async fn finish(mut item: Item) -> PyResult<()> {
    let result = poll_fn(|cx| item.poll(cx)).await;
    let Err(exception) = result else {
        return Ok(());
    };
    with_vm(|vm| {
        let is_end = exception.fast_isinstance(vm.ctx.exceptions.stop_async_iteration);
        if is_cancelled_error(&exception, vm) || is_end {
            Ok(())
        } else {
            Err(exception)
        }
    })
}

fn start(closing: Coroutine, event_loop: &PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
    let closing = closing.into_ref(&vm.ctx);
    if is_running_here(event_loop, vm) {
        return vm
            .call_method(event_loop, "create_task", (closing,))
            .map(drop);
    }
    let create_task = event_loop.get_attr("create_task", vm)?;
    call_soon_threadsafe(event_loop, (create_task, closing), vm)
}
