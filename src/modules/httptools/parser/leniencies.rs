//! The arguments of `set_dangerous_leniencies`.

use rustpython_vm::{FromArgs, PyObjectRef, PyResult, VirtualMachine, function::OptionalArg};

use crate::engine::http1::Leniency;
use crate::modules::convert::given;

/// `set_dangerous_leniencies(lenient_headers=None, ...)`.
#[derive(FromArgs)]
pub(super) struct LeniencyArgs {
    #[pyarg(any, optional, py_default = "None")]
    lenient_headers: OptionalArg<PyObjectRef>,
    #[pyarg(any, optional, py_default = "None")]
    lenient_chunked_length: OptionalArg<PyObjectRef>,
    #[pyarg(any, optional, py_default = "None")]
    lenient_keep_alive: OptionalArg<PyObjectRef>,
    #[pyarg(any, optional, py_default = "None")]
    lenient_transfer_encoding: OptionalArg<PyObjectRef>,
    #[pyarg(any, optional, py_default = "None")]
    lenient_version: OptionalArg<PyObjectRef>,
    #[pyarg(any, optional, py_default = "None")]
    lenient_data_after_close: OptionalArg<PyObjectRef>,
    #[pyarg(any, optional, py_default = "None")]
    lenient_optional_lf_after_cr: OptionalArg<PyObjectRef>,
    #[pyarg(any, optional, py_default = "None")]
    lenient_optional_cr_before_lf: OptionalArg<PyObjectRef>,
    #[pyarg(any, optional, py_default = "None")]
    lenient_optional_crlf_after_chunk: OptionalArg<PyObjectRef>,
    #[pyarg(any, optional, py_default = "None")]
    lenient_spaces_after_chunk_size: OptionalArg<PyObjectRef>,
}

impl LeniencyArgs {
    /// The leniencies with those changed that are given.
    pub(super) fn apply(self, known: Leniency, vm: &VirtualMachine) -> PyResult<Leniency> {
        let mut leniency = known;
        for (flag, value) in self.named() {
            if let Some(value) = given(value, vm) {
                leniency = leniency.with(flag, value.try_to_bool(vm)?);
            }
        }
        Ok(leniency)
    }

    fn named(self) -> [(Leniency, OptionalArg<PyObjectRef>); 10] {
        use Leniency as L;
        [
            (L::HEADERS, self.lenient_headers),
            (L::CHUNKED_LENGTH, self.lenient_chunked_length),
            (L::KEEP_ALIVE, self.lenient_keep_alive),
            (L::TRANSFER_ENCODING, self.lenient_transfer_encoding),
            (L::VERSION, self.lenient_version),
            (L::DATA_AFTER_CLOSE, self.lenient_data_after_close),
            (L::OPTIONAL_LF_AFTER_CR, self.lenient_optional_lf_after_cr),
            (L::OPTIONAL_CR_BEFORE_LF, self.lenient_optional_cr_before_lf),
            (
                L::OPTIONAL_CRLF_AFTER_CHUNK,
                self.lenient_optional_crlf_after_chunk,
            ),
            (
                L::SPACES_AFTER_CHUNK_SIZE,
                self.lenient_spaces_after_chunk_size,
            ),
        ]
    }
}
