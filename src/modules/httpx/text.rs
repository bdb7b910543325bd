//! From the bytes of a body to text.

use runtime_bridge::Homing;
use rustpython_vm::{
    AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine, builtins::PyStrRef,
};

use crate::engine::http::text::TextDecoder as Native;
use crate::modules::convert::new_str;

/// The charset parameter of a Content-Type.
pub(super) fn charset(content_type: &str) -> Option<&str> {
    let mut parameters = content_type.split(';').skip(1);
    parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then_some(value)
    })
}

/// Whether the interpreter has a codec of that name.
pub(super) fn is_known(encoding: &str, vm: &VirtualMachine) -> bool {
    Native::new(encoding).is_some() || vm.state.codec_registry.lookup(encoding, vm).is_ok()
}

/// Decodes; what is malformed becomes U+FFFD.
pub(super) fn decode(bytes: &[u8], encoding: &str, vm: &VirtualMachine) -> PyResult<PyStrRef> {
    if Native::is_utf8(encoding) {
        return Ok(new_str(&String::from_utf8_lossy(bytes), vm));
    }
    let mut decoder = TextDecoder::new(encoding, vm)?;
    let text = decoder.decode(bytes, vm)?;
    let rest = decoder.finish(vm)?;
    if rest.is_empty() {
        return Ok(text);
    }
    vm._add(text.as_object(), rest.as_object())?
        .try_into_value(vm)
}

/// Decodes text as it arrives; what is malformed becomes U+FFFD.
pub(super) enum TextDecoder {
    /// An encoding that gives here what the interpreter's codec would.
    Native(Native),
    /// Any other: the interpreter's incremental decoder.
    Codec(Homing<PyObjectRef>),
}

impl TextDecoder {
    /// # Errors
    /// `LookupError` for an encoding that is not known.
    pub(super) fn new(encoding: &str, vm: &VirtualMachine) -> PyResult<Self> {
        if let Some(native) = Native::new(encoding) {
            return Ok(Self::Native(native));
        }
        let codecs = vm.import("codecs", 0)?;
        let class = vm.call_method(&codecs, "getincrementaldecoder", (encoding.to_owned(),))?;
        let decoder = class.call(("replace".to_owned(),), vm)?;
        Ok(Self::Codec(Homing::new(decoder)))
    }

    /// The text of the next bytes. What may yet be completed is held back.
    pub(super) fn decode(&mut self, bytes: &[u8], vm: &VirtualMachine) -> PyResult<PyStrRef> {
        match self {
            Self::Native(native) => Ok(new_str(&native.decode(bytes), vm)),
            Self::Codec(decoder) => run_codec(decoder, bytes, false, vm),
        }
    }

    /// The text of what was held back, at the end.
    pub(super) fn finish(&mut self, vm: &VirtualMachine) -> PyResult<PyStrRef> {
        match self {
            Self::Native(native) => Ok(new_str(&native.finish(), vm)),
            Self::Codec(decoder) => run_codec(decoder, b"", true, vm),
        }
    }
}

fn run_codec(
    decoder: &PyObject,
    bytes: &[u8],
    last: bool,
    vm: &VirtualMachine,
) -> PyResult<PyStrRef> {
    let bytes = vm.ctx.new_bytes(bytes.to_vec());
    vm.call_method(decoder, "decode", (bytes, last))?
        .try_into_value(vm)
}

#[cfg(test)]
mod tests {
    use super::charset;

    #[test]
    fn the_charset_is_found_quoted_or_not() {
        assert_eq!(charset("text/html; charset=utf-8"), Some("utf-8"));
        assert_eq!(
            charset("text/html;a=b; CHARSET=\"Latin-1\""),
            Some("Latin-1")
        );
        assert_eq!(charset("text/html; charset="), None);
        assert_eq!(charset("text/html"), None);
    }
}
