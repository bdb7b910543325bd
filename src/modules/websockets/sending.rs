//! What `send` takes: a message, or an iterable of its fragments.

use bytes::Bytes;
use runtime_bridge::{await_in_line, with_vm};
use rustpython_vm::{
    AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyStr},
    protocol::{PyIter, PyIterReturn},
};

use super::exceptions::Failures;
use crate::engine::ws::{self, Kind, Sending};
use crate::modules::convert::{bytes_like, utf8};

/// Something to send.
pub(super) enum Outgoing {
    /// A message in one frame.
    Whole(Kind, Bytes),
    /// A message in as many frames as an iterator gives.
    Fragments(Source),
}

/// Where fragments come from.
pub(super) enum Source {
    /// An iterator.
    Iterator(PyObjectRef),
    /// An asynchronous iterator, which a blocking call does not take.
    AsyncIterator(PyObjectRef),
}

impl Outgoing {
    /// Looks at what `send` got. `text` asks for a text frame (true) or a binary one (false).
    pub(super) fn parse(
        message: &PyObject,
        text: Option<bool>,
        failures: Failures,
        vm: &VirtualMachine,
    ) -> PyResult<Self> {
        if let Some(data) = Data::parse(message, vm)? {
            return Ok(Self::Whole(data.kind(text), data.payload));
        }
        if is_mapping(message, vm)? {
            return Err(vm.new_type_error("data is a dict-like object"));
        }
        let has = |name: &'static str| message.class().get_attr(vm.ctx.intern_str(name)).is_some();
        if has("__iter__") {
            let iterator = message.to_owned().get_iter(vm)?;
            return Ok(Self::Fragments(Source::Iterator(iterator.into())));
        }
        if matches!(failures, Failures::OfThread) {
            return Err(vm.new_type_error("data must be str, bytes, or iterable"));
        }
        if has("__aiter__") {
            let iterator = vm.call_method(message, "__aiter__", ())?;
            return Ok(Self::Fragments(Source::AsyncIterator(iterator)));
        }
        Err(vm.new_type_error("data must be str, bytes, iterable, or async iterable"))
    }

    /// Sends it. An error after the first fragment fails the connection.
    pub(super) async fn send(
        self,
        connection: &ws::Connection,
        text: Option<bool>,
        failures: Failures,
    ) -> PyResult<()> {
        match self {
            Self::Whole(kind, payload) => {
                let sent = connection.send_payload(kind, payload).await;
                sent.map_err(|error| failures.raise(&error))
            }
            Self::Fragments(source) => source.send(connection, text, failures).await,
        }
    }
}

fn is_mapping(object: &PyObject, vm: &VirtualMachine) -> PyResult<bool> {
    let abc = vm.import("collections.abc", 0)?.get_attr("abc", vm)?;
    let mapping = abc.get_attr("Mapping", vm)?;
    object.is_instance(&mapping, vm)
}

/// A str or something bytes-like.
struct Data {
    is_str: bool,
    payload: Bytes,
}

impl Data {
    fn parse(object: &PyObject, vm: &VirtualMachine) -> PyResult<Option<Self>> {
        let (is_str, payload) = match object.downcast_ref::<PyStr>() {
            Some(text) => (true, utf8(text, vm)?.as_bytes().to_vec()),
            None => match bytes_like(object, vm) {
                Some(data) => (false, data),
                None => return Ok(None),
            },
        };
        Ok(Some(Self {
            is_str,
            payload: Bytes::from(payload),
        }))
    }

    fn kind(&self, text: Option<bool>) -> Kind {
        match text.unwrap_or(self.is_str) {
            true => Kind::Text,
            false => Kind::Binary,
        }
    }
}

impl Source {
    async fn send(
        self,
        connection: &ws::Connection,
        text: Option<bool>,
        failures: Failures,
    ) -> PyResult<()> {
        let Some(first) = self.next().await? else {
            return Ok(());
        };
        let first = with_vm(|vm| self.data(&first, "bytes or str", vm));
        let first = match first {
            Ok(first) => first,
            Err(error) => {
                connection.fail_message().await;
                return Err(error);
            }
        };
        let (kind, is_str) = (first.kind(text), first.is_str);
        let sending = connection.send_first(kind, first.payload).await;
        let mut sending = sending.map_err(|error| failures.raise(&error))?;
        match self.send_rest(&mut sending, is_str, failures).await {
            Ok(()) => {
                let finished = sending.finish().await;
                finished.map_err(|error| failures.raise(&error))
            }
            Err(error) => {
                // Dropped, it fails the connection.
                drop(sending);
                connection.wait_closed().await;
                Err(error)
            }
        }
    }

    async fn send_rest(
        &self,
        sending: &mut Sending,
        is_str: bool,
        failures: Failures,
    ) -> PyResult<()> {
        while let Some(item) = self.next().await? {
            let data = with_vm(|vm| match self.data(&item, "uniform types", vm) {
                Ok(data) if data.is_str == is_str => Ok(data),
                Ok(_) => Err(self.wrong_item("uniform types", vm)),
                Err(error) => Err(error),
            })?;
            let sent = sending.send(data.payload).await;
            sent.map_err(|error| failures.raise(&error))?;
        }
        Ok(())
    }

    async fn next(&self) -> PyResult<Option<PyObjectRef>> {
        match self {
            Self::Iterator(iterator) => {
                with_vm(|vm| match PyIter::new(iterator.as_object()).next(vm)? {
                    PyIterReturn::Return(item) => Ok(Some(item)),
                    PyIterReturn::StopIteration(_) => Ok(None),
                })
            }
            Self::AsyncIterator(iterator) => {
                let awaitable = with_vm(|vm| vm.call_method(iterator, "__anext__", ()))?;
                match await_in_line(awaitable).await {
                    Ok(item) => Ok(Some(item)),
                    Err(error) => with_vm(|vm| {
                        let stop = vm.ctx.exceptions.stop_async_iteration;
                        match error.fast_isinstance(stop) {
                            true => Ok(None),
                            false => Err(error),
                        }
                    }),
                }
            }
        }
    }

    fn data(&self, item: &PyObject, wanted: &str, vm: &VirtualMachine) -> PyResult<Data> {
        Data::parse(item, vm)?.ok_or_else(|| self.wrong_item(wanted, vm))
    }

    fn wrong_item(&self, wanted: &str, vm: &VirtualMachine) -> PyBaseExceptionRef {
        let kind = match self {
            Self::Iterator(_) => "iterable",
            Self::AsyncIterator(_) => "async iterable",
        };
        vm.new_type_error(format!("{kind} must contain {wanted}"))
    }
}
