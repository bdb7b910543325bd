//! `ssl=` of a server.

use std::sync::Arc;

use parking_lot::Mutex;
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};

use crate::engine::tls::{ServerTls, TlsSettings};
use crate::modules::ssl_context::{is_context, settings_of};

/// `ssl.CERT_OPTIONAL`.
const CERT_OPTIONAL: i32 = 1;

/// A script's context, and what was made of it. A server may be given a new certificate by another
/// `load_cert_chain()` while it runs, so the context is looked at for each client.
pub(super) struct Tls {
    context: PyObjectRef,
    made: Mutex<Made>,
}

struct Made {
    settings: TlsSettings,
    optional: bool,
    tls: Arc<ServerTls>,
}

impl Tls {
    /// Reads the context.
    ///
    /// # Errors
    /// TypeError for something else, ValueError for a context that cannot be used.
    pub(super) fn new(context: PyObjectRef, vm: &VirtualMachine) -> PyResult<Self> {
        if !is_context(&context, vm)? {
            return Err(vm.new_type_error("ssl argument must be an SSLContext or None"));
        }
        let (settings, optional) = read(&context, vm)?;
        let made = make(settings, optional, vm)?;
        Ok(Self {
            context,
            made: Mutex::new(made),
        })
    }

    /// What the next client is to be spoken to with.
    pub(super) fn current(&self, vm: &VirtualMachine) -> PyResult<Arc<ServerTls>> {
        let (settings, optional) = read(&self.context, vm)?;
        let mut made = self.made.lock();
        if (&made.settings, made.optional) != (&settings, optional) {
            *made = make(settings, optional, vm)?;
        }
        Ok(made.tls.clone())
    }
}

fn read(context: &PyObjectRef, vm: &VirtualMachine) -> PyResult<(TlsSettings, bool)> {
    let mode = context.get_attr("verify_mode", vm)?;
    let mode: i32 = mode.try_int(vm)?.try_to_primitive(vm)?;
    Ok((settings_of(context, vm)?, mode == CERT_OPTIONAL))
}

fn make(settings: TlsSettings, optional: bool, vm: &VirtualMachine) -> PyResult<Made> {
    let tls = ServerTls::new(&settings, optional)
        .map_err(|reason| vm.new_value_error(format!("the SSLContext cannot be used: {reason}")))?;
    Ok(Made {
        settings,
        optional,
        tls: Arc::new(tls),
    })
}
