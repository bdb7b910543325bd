//! How the text of header fields becomes bytes, and bytes text.

use rustpython_vm::{
    AsObject, PyObject, PyResult, VirtualMachine,
    builtins::{PyBytes, PyStr, PyStrRef},
};

use crate::engine::http::headers::HeaderList;
use crate::modules::convert::{new_bytes, new_str};

/// An encoding of header fields. The three that httpx tries are done here, all others by Python's
/// codecs.
#[derive(Clone)]
pub(super) enum Codec {
    Ascii,
    Utf8,
    Latin1,
    Other(PyStrRef),
}

impl Codec {
    /// The encoding of a name; unknown ones fail when they are used.
    pub(super) fn named(name: &PyStrRef) -> Self {
        let text = name.to_str().unwrap_or_default().to_ascii_lowercase();
        match text.replace('_', "-").as_str() {
            "ascii" | "us-ascii" => Self::Ascii,
            "utf-8" | "utf8" => Self::Utf8,
            "iso-8859-1" | "iso8859-1" | "latin-1" | "latin1" => Self::Latin1,
            _ => Self::Other(name.clone()),
        }
    }

    /// The first of ASCII, UTF-8 and ISO-8859-1 that all fields have.
    pub(super) fn of(list: &HeaderList) -> Self {
        let all = |test: fn(&[u8]) -> bool| {
            let mut fields = list.fields();
            fields.all(|field| test(field.raw_name) && test(field.value))
        };
        if all(<[u8]>::is_ascii) {
            Self::Ascii
        } else if all(|bytes| std::str::from_utf8(bytes).is_ok()) {
            Self::Utf8
        } else {
            Self::Latin1
        }
    }

    pub(super) fn name(&self, vm: &VirtualMachine) -> PyStrRef {
        match self {
            Self::Ascii => new_str("ascii", vm),
            Self::Utf8 => new_str("utf-8", vm),
            Self::Latin1 => new_str("iso-8859-1", vm),
            Self::Other(name) => name.clone(),
        }
    }

    pub(super) fn is_ascii(&self) -> bool {
        matches!(self, Self::Ascii)
    }

    /// What cannot be encoded raises a UnicodeEncodeError.
    pub(super) fn encode(&self, text: &PyStr, vm: &VirtualMachine) -> PyResult<Vec<u8>> {
        let utf8 = text.to_str().filter(|text| match self {
            Self::Utf8 => true,
            Self::Ascii | Self::Latin1 => text.is_ascii(),
            Self::Other(_) => false,
        });
        if let Some(utf8) = utf8 {
            return Ok(utf8.as_bytes().to_vec());
        }
        let text = vm.ctx.new_str(text.as_wtf8());
        let bytes = vm.call_method(text.as_object(), "encode", (self.name(vm),))?;
        let bytes = bytes.downcast_ref::<PyBytes>().map(|it| it.as_bytes());
        Ok(bytes.unwrap_or_default().to_vec())
    }

    /// What cannot be decoded raises a UnicodeDecodeError.
    pub(super) fn decode(&self, bytes: &[u8], vm: &VirtualMachine) -> PyResult<PyStrRef> {
        match self {
            Self::Latin1 => {
                let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
                return Ok(vm.ctx.new_str(text));
            }
            Self::Utf8 | Self::Ascii => {
                let is_ascii_enough = matches!(self, Self::Utf8) || bytes.is_ascii();
                if let Ok(text) = std::str::from_utf8(bytes)
                    && is_ascii_enough
                {
                    return Ok(new_str(text, vm));
                }
            }
            Self::Other(_) => {}
        }
        let bytes = new_bytes(bytes, vm);
        let text = vm.call_method(bytes.as_object(), "decode", (self.name(vm),))?;
        text.try_into_value(vm)
    }

    /// The bytes of a str or of bytes; a TypeError names `what` else.
    pub(super) fn bytes_of(
        &self,
        value: &PyObject,
        what: &str,
        vm: &VirtualMachine,
    ) -> PyResult<Vec<u8>> {
        if let Some(text) = value.downcast_ref::<PyStr>() {
            return self.encode(text, vm);
        }
        crate::modules::convert::bytes_like(value, vm).ok_or_else(|| {
            let class = value.class().to_owned();
            let class = class.as_object().repr(vm);
            let class = class.map_or_else(|_| String::new(), |it| it.to_string());
            vm.new_type_error(format!("{what} must be str or bytes, not {class}"))
        })
    }
}
