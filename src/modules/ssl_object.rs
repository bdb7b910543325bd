//! What `get_extra_info("ssl_object")` gives: a view of the handshake, by the names of
//! `ssl.SSLObject`.

use std::sync::Arc;

use rustpython_vm::{
    FromArgs, Py, PyObjectRef, PyPayload, PyResult, VirtualMachine,
    builtins::{PyBytesRef, PyType},
    pyclass,
};

use crate::engine::tls::Secured;
use crate::modules::convert::{new_bytes, new_str};

/// What the TLS handshake of a connection settled.
#[pyclass(module = "httpx", name = "SSLObject")]
#[derive(Debug, PyPayload)]
pub(crate) struct SslObject {
    secured: Arc<Secured>,
}

impl SslObject {
    pub(crate) fn new(secured: Arc<Secured>) -> Self {
        Self { secured }
    }
}

#[derive(FromArgs)]
struct CertificateArgs {
    #[pyarg(any, default)]
    binary_form: bool,
}

#[pyclass(flags(HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION))]
impl SslObject {
    /// "TLSv1.3" or "TLSv1.2".
    #[pymethod]
    fn version(zelf: &Py<Self>) -> &'static str {
        zelf.secured.version
    }

    /// The protocol that was chosen: "http/1.1", "h2", or None.
    #[pymethod]
    fn selected_alpn_protocol(zelf: &Py<Self>, vm: &VirtualMachine) -> PyObjectRef {
        match &zelf.secured.alpn {
            Some(protocol) => new_str(&String::from_utf8_lossy(protocol), vm).into(),
            None => vm.ctx.none(),
        }
    }

    /// The certificate of the other end, as DER. ValueError unless `binary_form` is true.
    #[pymethod]
    fn getpeercert(
        zelf: &Py<Self>,
        args: CertificateArgs,
        vm: &VirtualMachine,
    ) -> PyResult<Option<PyBytesRef>> {
        if !args.binary_form {
            let message = "the certificate is there as DER only: getpeercert(binary_form=True)";
            return Err(vm.new_value_error(message));
        }
        let certificate = zelf.secured.certificate.as_ref();
        Ok(certificate.map(|certificate| new_bytes(certificate.to_vec(), vm)))
    }

    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        crate::modules::class::make_mutable(class);
    }
}
