//! A Python iterable of bytes as a Rust stream.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use rustpython_vm::{
    AsObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyBytes, PyBytesRef, PyStr, PyStrInterned},
    identifier,
    protocol::{PyIter, PyIterReturn},
    vm::thread::attach_for_callback,
};

use crate::from_python::place::Place;
use crate::homing::{Home, Homing};
use crate::streams::closing::{self, Origin};
use crate::streams::item::Item;
use crate::with_vm;

/// From this many bytes on a chunk is borrowed from the script's object, not copied.
const BORROWED_FROM: usize = 16 * 1024;

/// The items of a Python iterable or asynchronous iterable, which are to be bytes-like objects.
///
/// It is asked for an item only while this is polled, never ahead. An asynchronous iterable can be
/// read inside of a [`Coroutine`](crate::Coroutine): its items are awaited there in line, or as
/// tasks while something else is awaited in line. A plain one can also be read under
/// [`block_on`](crate::block_on); what implements both is read in the way that fits the place.
///
/// The stream ends with the iterable or with the first error. Dropped before, it closes a
/// generator: a plain one with `close()`; an asynchronous one in a task of its own, in which a
/// pending item is cancelled and then `aclose()` awaited. Iterators of other kinds are closed only
/// if they were made for this stream by `__iter__` or `__aiter__`: what the script passed stays the
/// script's.
///
/// # Errors
///
/// An item is what the iterable raises, `TypeError` for something that is not bytes-like (`str`
/// above all), or `RuntimeError` for a place in which the iterable cannot be read.
///
/// ```
/// use futures_util::StreamExt as _;
/// use runtime_bridge::{ByteStream, block_on};
/// use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};
///
/// /// How many bytes there are in all.
/// fn count(chunks: PyObjectRef, vm: &VirtualMachine) -> PyResult<usize> {
///     let mut chunks = ByteStream::new(chunks, vm)?;
///     block_on(vm, async move {
///         let mut count = 0;
///         while let Some(chunk) = chunks.next().await {
///             count += chunk?.len();
///         }
///         Ok(count)
///     })
/// }
/// ```
pub struct ByteStream {
    source: Source,
    home: Home,
    moves: bool,
}

enum Source {
    /// Not iterated yet.
    Unread(PyObjectRef),
    Plain(Origin),
    Asynchronous {
        origin: Origin,
        event_loop: PyObjectRef,
        item: Option<Item>,
    },
    Over,
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.source {
            Source::Unread(_) => "ByteStream(unread)",
            Source::Plain(_) => "ByteStream(plain)",
            Source::Asynchronous { .. } => "ByteStream(asynchronous)",
            Source::Over => "ByteStream(over)",
        })
    }
}

impl ByteStream {
    /// A stream of the items of `iterable`, which is iterated when the first one is asked for.
    ///
    /// # Errors
    ///
    /// `TypeError` if the object is not iterable in either way.
    pub fn new(iterable: PyObjectRef, vm: &VirtualMachine) -> PyResult<Self> {
        if !is_asynchronous(&iterable, vm) && !is_plain(&iterable, vm) {
            let class = iterable.class().name().to_string();
            let message = format!("'{class}' object is neither iterable nor async iterable");
            return Err(vm.new_type_error(message));
        }
        Ok(Self {
            source: Source::Unread(iterable),
            home: Home::here(),
            moves: false,
        })
    }

    /// The same stream, which several coroutines may read one after the other, also while an item
    /// is awaited: items of an asynchronous iterable are then awaited as tasks.
    #[must_use]
    pub fn movable(mut self) -> Self {
        self.moves = true;
        self
    }
}

impl Stream for ByteStream {
    type Item = PyResult<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<PyResult<Bytes>>> {
        let this = &mut *self;
        if matches!(this.source, Source::Over) {
            return Poll::Ready(None);
        }
        let chunk = ready!(this.poll_chunk(cx));
        if !matches!(chunk, Some(Ok(_))) {
            // What ended by itself is no more there to be closed.
            this.close();
        }
        Poll::Ready(chunk)
    }
}

impl ByteStream {
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<PyResult<Bytes>>> {
        let item = match Reader::here() {
            Some(reader) => with_vm(|vm| self.poll_item(&reader, cx, vm)),
            // Inside a runtime the thread may be detached.
            None => with_vm(|vm| attach_for_callback(vm, || Poll::Ready(Err(refuse_place(vm))))),
        };
        let chunk = match ready!(item) {
            Ok(Some(item)) => with_vm(|vm| to_bytes(item, vm)),
            Ok(None) => return Poll::Ready(None),
            Err(exception) => Err(exception),
        };
        Poll::Ready(Some(chunk))
    }

    fn poll_item(
        &mut self,
        reader: &Reader,
        cx: &mut Context<'_>,
        vm: &VirtualMachine,
    ) -> Poll<PyResult<Option<PyObjectRef>>> {
        if let Source::Unread(iterable) = &self.source {
            self.source = reader.iterate(iterable, vm)?;
        }
        let item = match &mut self.source {
            Source::Plain(origin) => next_plain(origin, vm),
            Source::Asynchronous { .. } if matches!(reader, Reader::Blocking) => {
                return Poll::Ready(Err(refuse_asynchronous(vm)));
            }
            Source::Asynchronous { origin, item, .. } => {
                ready!(poll_asynchronous(origin, item, self.moves, cx, vm))
            }
            Source::Unread(_) | Source::Over => Ok(None),
        };
        if !matches!(item, Ok(Some(_))) {
            self.source = Source::Over;
        }
        Poll::Ready(item)
    }

    fn close(&mut self) {
        match std::mem::replace(&mut self.source, Source::Over) {
            Source::Over => {}
            Source::Unread(iterable) => {
                self.home.run(move |vm| closing::close_unread(iterable, vm))
            }
            Source::Plain(origin) => self.home.run(move |vm| closing::close(&origin, vm)),
            Source::Asynchronous {
                origin,
                event_loop,
                item,
            } => self
                .home
                .run(move |vm| closing::aclose(origin, item, &event_loop, vm)),
        }
    }
}

impl Drop for ByteStream {
    fn drop(&mut self) {
        self.close();
    }
}

/// Who reads, which decides how.
enum Reader {
    Coroutine,
    Blocking,
}

impl Reader {
    fn here() -> Option<Self> {
        if Place::is_blocking() {
            return Some(Self::Blocking);
        }
        Place::exchange().map(|_| Self::Coroutine)
    }

    fn iterate(&self, iterable: &PyObjectRef, vm: &VirtualMachine) -> PyResult<Source> {
        let is_asynchronous = is_asynchronous(iterable, vm);
        let is_plain = is_plain(iterable, vm);
        match self {
            Self::Coroutine if is_asynchronous => iterate_asynchronously(iterable, vm),
            Self::Blocking if !is_plain => Err(refuse_asynchronous(vm)),
            Self::Coroutine | Self::Blocking => {
                let iterator = iterable.get_iter(vm)?;
                Ok(Source::Plain(Origin::new(iterable, iterator.into())))
            }
        }
    }
}

fn iterate_asynchronously(iterable: &PyObjectRef, vm: &VirtualMachine) -> PyResult<Source> {
    let iterator = vm.call_special_method(iterable, identifier!(vm, __aiter__), ())?;
    if !has(&iterator, identifier!(vm, __anext__)) {
        let class = iterator.class().name().to_string();
        let message = format!("__aiter__() returned an object without __anext__(): '{class}'");
        return Err(vm.new_type_error(message));
    }
    let event_loop = vm.asyncio_running_loop.borrow().clone();
    Ok(Source::Asynchronous {
        origin: Origin::new(iterable, iterator),
        event_loop: event_loop.ok_or_else(|| vm.new_runtime_error("no running event loop"))?,
        item: None,
    })
}

fn next_plain(origin: &Origin, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    let next = PyIter::new(origin.iterator().as_object()).next(vm)?;
    Ok(match next {
        PyIterReturn::Return(item) => Some(item),
        PyIterReturn::StopIteration(_) => None,
    })
}

fn poll_asynchronous(
    origin: &Origin,
    item: &mut Option<Item>,
    moves: bool,
    cx: &mut Context<'_>,
    vm: &VirtualMachine,
) -> Poll<PyResult<Option<PyObjectRef>>> {
    let pending = match item {
        Some(item) => item,
        None => {
            let name = identifier!(vm, __anext__);
            let awaitable = vm.call_special_method(origin.iterator(), name, ())?;
            item.insert(Item::new(awaitable, moves, vm)?)
        }
    };
    let result = ready!(pending.poll(cx));
    *item = None;
    Poll::Ready(match result {
        Ok(value) => Ok(Some(value)),
        Err(end) if end.fast_isinstance(vm.ctx.exceptions.stop_async_iteration) => Ok(None),
        Err(exception) => Err(exception),
    })
}

fn has(object: &PyObjectRef, name: &'static PyStrInterned) -> bool {
    object.class().get_attr(name).is_some()
}

fn is_asynchronous(iterable: &PyObjectRef, vm: &VirtualMachine) -> bool {
    has(iterable, identifier!(vm, __aiter__))
}

fn is_plain(iterable: &PyObjectRef, vm: &VirtualMachine) -> bool {
    has(iterable, identifier!(vm, __iter__)) || has(iterable, identifier!(vm, __getitem__))
}

fn refuse_asynchronous(vm: &VirtualMachine) -> PyBaseExceptionRef {
    vm.new_runtime_error(
        "a blocking call cannot read an asynchronous iterable: no event loop runs while it blocks",
    )
}

fn refuse_place(vm: &VirtualMachine) -> PyBaseExceptionRef {
    vm.new_runtime_error(
        "a Python iterable can be read only inside of a native coroutine or of a blocking call",
    )
}

fn to_bytes(item: PyObjectRef, vm: &VirtualMachine) -> PyResult<Bytes> {
    let item = match item.downcast_exact::<PyBytes>(vm) {
        Ok(bytes) => return Ok(from_exact_bytes(bytes.into_pyref())),
        Err(item) => item,
    };
    let refuse = |vm: &VirtualMachine| {
        let class = item.class().name().to_string();
        vm.new_type_error(format!("expected bytes-like items, got '{class}'"))
    };
    if item.downcastable::<PyStr>() || !item.check_buffer() {
        return Err(refuse(vm));
    }
    item.try_bytes_like(vm, Bytes::copy_from_slice)
}

fn from_exact_bytes(bytes: PyBytesRef) -> Bytes {
    if bytes.as_bytes().len() < BORROWED_FROM {
        return Bytes::copy_from_slice(bytes.as_bytes());
    }
    Bytes::from_owner(Chunk(Homing::new(bytes)))
}

/// Keeps a bytes object alive wherever its last slice is dropped.
struct Chunk(Homing<PyBytesRef>);

impl AsRef<[u8]> for Chunk {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}
