//! The engine's decoder of content codings, for the classes of `httpx._decoders`.

use std::fmt;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, HeaderValue};
use rustpython_vm::{
    FromArgs, Py, PyPayload, PyResult, VirtualMachine,
    builtins::{PyBytesRef, PyType},
    common::lock::PyMutex,
    function::ArgBytesLike,
    pyclass,
    types::Constructor,
};

use super::exceptions::to_exception;
use crate::engine::Error;
use crate::engine::http::decode;
use crate::modules::convert::new_bytes;

/// Undoes the content codings of a Content-Encoding field, piece by piece.
#[pyclass(module = "_httpx", name = "Decoder")]
#[derive(PyPayload)]
pub(super) struct Decoder {
    decoder: PyMutex<decode::Decoder>,
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decoder")
    }
}

#[derive(FromArgs)]
pub(super) struct DecoderArgs {
    #[pyarg(positional)]
    codings: String,
}

impl Constructor for Decoder {
    type Args = DecoderArgs;

    fn py_new(_: &Py<PyType>, args: DecoderArgs, vm: &VirtualMachine) -> PyResult<Self> {
        let mut headers = HeaderMap::new();
        let codings = HeaderValue::try_from(args.codings);
        let codings = codings.map_err(|error| vm.new_value_error(error.to_string()))?;
        headers.insert(CONTENT_ENCODING, codings);
        let decoder =
            decode::Decoder::new(&headers).map_err(|error| to_exception(error, None, vm))?;
        let decoder = PyMutex::new(decoder);
        Ok(Self { decoder })
    }
}

#[pyclass(with(Constructor), flags(HAS_WEAKREF))]
impl Decoder {
    /// Takes more data in, and returns what can be told of it.
    #[pymethod]
    fn decode(zelf: &Py<Self>, data: ArgBytesLike, vm: &VirtualMachine) -> PyResult<PyBytesRef> {
        let data = data.with_ref(Bytes::copy_from_slice);
        let mut decoder = zelf.decoder.lock();
        decoder.push(data);
        let decoded = pull_all(&mut decoder);
        drop(decoder);
        to_bytes(decoded, vm)
    }

    /// Returns what is left at the end.
    #[pymethod]
    fn flush(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyBytesRef> {
        let mut decoder = zelf.decoder.lock();
        let finished = decoder.finish().map(|()| BytesMut::new());
        drop(decoder);
        to_bytes(finished, vm)
    }
}

fn pull_all(decoder: &mut decode::Decoder) -> Result<BytesMut, Error> {
    let mut all = BytesMut::new();
    while let Some(piece) = decoder.pull()? {
        all.extend_from_slice(&piece);
    }
    Ok(all)
}

fn to_bytes(decoded: Result<BytesMut, Error>, vm: &VirtualMachine) -> PyResult<PyBytesRef> {
    match decoded {
        Ok(decoded) => Ok(new_bytes(decoded, vm)),
        Err(error) => Err(to_exception(error, None, vm)),
    }
}
