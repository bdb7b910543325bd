//! Attributes of `Protocol`.

use rustpython_vm::{
    Py, PyObjectRef, PyPayload, PyResult, VirtualMachine, builtins::PyBaseExceptionRef, pyclass,
};

use super::Protocol;
use crate::modules::websockets::sansio::deflate::Deflate;
use crate::modules::websockets::sansio::names::state_of;

#[pyclass]
pub(super) trait Attributes: PyPayload {
    /// Which end this is: a Side.
    #[pygetset]
    fn side(zelf: &Py<Protocol>, vm: &VirtualMachine) -> PyResult {
        let side = zelf.inner.lock().engine.side();
        Ok(zelf.names(vm)?.side(side))
    }

    /// How far the connection has come: a State.
    #[pygetset]
    fn state(zelf: &Py<Protocol>, vm: &VirtualMachine) -> PyResult {
        let state = zelf.inner.lock().engine.state();
        Ok(zelf.names(vm)?.state(state))
    }

    #[pygetset(setter)]
    fn set_state(zelf: &Py<Protocol>, value: u8, vm: &VirtualMachine) -> PyResult<()> {
        let state = state_of(value, vm)?;
        zelf.inner.lock().engine.assume(state);
        Protocol::settle(zelf, vm)
    }

    /// Where this end logs.
    #[pygetset]
    fn logger(zelf: &Py<Protocol>, vm: &VirtualMachine) -> PyObjectRef {
        vm.unwrap_or_none(zelf.inner.lock().logger.clone())
    }

    #[pygetset(setter)]
    fn set_logger(zelf: &Py<Protocol>, value: PyObjectRef) {
        let before = zelf.inner.lock().logger.replace(value);
        drop(before);
    }

    /// Whether each frame is logged; set from the logger's level when this end was made.
    #[pygetset]
    fn debug(zelf: &Py<Protocol>) -> bool {
        zelf.is_debugging()
    }

    #[pygetset(setter)]
    fn set_debug(zelf: &Py<Protocol>, value: bool) {
        zelf.inner.lock().debug = value;
    }

    /// The extensions in use, in their order; to be set before the first frame.
    #[pygetset]
    fn extensions(zelf: &Py<Protocol>, vm: &VirtualMachine) -> PyObjectRef {
        vm.unwrap_or_none(zelf.inner.lock().extensions.clone())
    }

    #[pygetset(setter)]
    fn set_extensions(
        zelf: &Py<Protocol>,
        value: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let extensions: Vec<PyObjectRef> = value.try_to_value(vm)?;
        let deflate = match &*extensions {
            [only] => native_deflate(only, vm)?,
            _ => None,
        };
        let mut inner = zelf.inner.lock();
        match deflate {
            Some(deflate) => {
                let deflate = deflate.downcast_ref::<Deflate>().map(|it| it.agreed());
                if let Some(deflate) = deflate {
                    inner.engine.use_deflate(&deflate);
                }
            }
            None if extensions.is_empty() => {}
            None => {
                inner.foreign = true;
                inner.engine.use_raw_frames();
            }
        }
        let before = inner.extensions.replace(value);
        drop(inner);
        drop(before);
        Ok(())
    }

    /// The close frame that the peer sent, or None.
    #[pygetset]
    fn close_rcvd(zelf: &Py<Protocol>, vm: &VirtualMachine) -> PyResult {
        let close = zelf.inner.lock().engine.close_rcvd().cloned();
        zelf.names(vm)?.close(close.as_ref(), vm)
    }

    /// The close frame that this end sent, or None.
    #[pygetset]
    fn close_sent(zelf: &Py<Protocol>, vm: &VirtualMachine) -> PyResult {
        let close = zelf.inner.lock().engine.close_sent().cloned();
        zelf.names(vm)?.close(close.as_ref(), vm)
    }

    /// Whether the peer's close frame came first; None unless both were exchanged.
    #[pygetset]
    fn close_rcvd_then_sent(zelf: &Py<Protocol>) -> Option<bool> {
        zelf.inner.lock().engine.rcvd_then_sent()
    }

    /// The code of RFC 6455 section 7.1.5; None until the connection is closed.
    #[pygetset]
    fn close_code(zelf: &Py<Protocol>) -> Option<u16> {
        zelf.inner.lock().engine.close_code()
    }

    /// The reason of RFC 6455 section 7.1.6; None until the connection is closed.
    #[pygetset]
    fn close_reason(zelf: &Py<Protocol>) -> Option<String> {
        zelf.inner.lock().engine.close_reason().map(str::to_owned)
    }

    /// What the connection was failed for, or None.
    #[pygetset]
    fn parser_exc(zelf: &Py<Protocol>) -> Option<PyBaseExceptionRef> {
        zelf.inner.lock().parser_exc.clone()
    }

    #[pygetset(setter)]
    fn set_parser_exc(zelf: &Py<Protocol>, value: Option<PyBaseExceptionRef>) {
        let before = std::mem::replace(&mut zelf.inner.lock().parser_exc, value);
        drop(before);
    }

    /// Whether this direction of the stream has ended.
    #[pygetset]
    fn eof_sent(zelf: &Py<Protocol>) -> bool {
        zelf.inner.lock().eof_sent
    }

    /// The limit on a message in bytes, or None.
    #[pygetset]
    fn max_message_size(zelf: &Py<Protocol>) -> Option<usize> {
        zelf.inner.lock().engine.limits().message
    }

    /// The limit on a frame in bytes, or None.
    #[pygetset]
    fn max_fragment_size(zelf: &Py<Protocol>) -> Option<usize> {
        zelf.inner.lock().engine.limits().fragment
    }

    /// Whether a message of this end is to be continued.
    #[pygetset]
    fn expect_continuation_frame(zelf: &Py<Protocol>) -> bool {
        zelf.inner.lock().engine.is_sending_message()
    }

    /// What reads the opening handshake, while it does.
    #[pygetset]
    fn _handshake(zelf: &Py<Protocol>, vm: &VirtualMachine) -> PyObjectRef {
        vm.unwrap_or_none(zelf.inner.lock().handshake.clone())
    }

    #[pygetset(setter)]
    fn set__handshake(zelf: &Py<Protocol>, value: PyObjectRef) {
        let before = zelf.inner.lock().handshake.replace(value);
        drop(before);
    }
}

impl Attributes for Protocol {}

/// The codec of a PerMessageDeflate whose methods are its own.
fn native_deflate(extension: &PyObjectRef, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    let codec = vm.get_attribute_opt(extension, "_native_codec")?;
    Ok(codec.filter(|codec| !vm.is_none(codec)))
}
