//! `compression=` and `extensions=`: what is native runs natively, the rest is called.

mod foreign;
mod native;

use std::sync::Arc;

use rustpython_vm::{
    AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine, builtins::PyStr,
    function::OptionalArg,
};

use self::foreign::{ForeignClient, ForeignServer};
use crate::engine::ws::extensions::{
    ClientDeflate, ClientExtension, ServerDeflate, ServerExtension,
};
use crate::modules::convert::given;

const DEFLATE: &str = "permessage-deflate";

/// Where the classes of permessage-deflate are.
const DEFLATE_MODULE: &str = "websockets.extensions.permessage_deflate";

/// The two arguments that choose extensions.
pub(super) struct ExtensionArgs {
    compresses: bool,
    factories: Vec<PyObjectRef>,
}

impl ExtensionArgs {
    pub(super) fn parse(
        compression: OptionalArg<PyObjectRef>,
        extensions: OptionalArg<PyObjectRef>,
        vm: &VirtualMachine,
    ) -> PyResult<Self> {
        let factories = match given(extensions, vm) {
            Some(extensions) => extensions.try_to_value(vm)?,
            None => Vec::new(),
        };
        Ok(Self {
            compresses: compresses(compression, vm)?,
            factories,
        })
    }

    /// What a client offers. permessage-deflate comes last unless it is among the factories.
    pub(super) fn client(self, vm: &VirtualMachine) -> PyResult<Vec<Arc<dyn ClientExtension>>> {
        let mut extensions: Vec<Arc<dyn ClientExtension>> = Vec::new();
        for factory in self.factories {
            extensions.push(
                match is_native(&factory, "ClientPerMessageDeflateFactory", vm)? {
                    true => Arc::new(native::client(&factory, vm)?),
                    false => Arc::new(ForeignClient::new(factory, vm)?),
                },
            );
        }
        if self.compresses && !extensions.iter().any(|other| other.name() == DEFLATE) {
            extensions.push(Arc::new(ClientDeflate::default()));
        }
        Ok(extensions)
    }

    /// What a server accepts, in the same order.
    pub(super) fn server(self, vm: &VirtualMachine) -> PyResult<Vec<Arc<dyn ServerExtension>>> {
        let mut extensions: Vec<Arc<dyn ServerExtension>> = Vec::new();
        for factory in self.factories {
            extensions.push(
                match is_native(&factory, "ServerPerMessageDeflateFactory", vm)? {
                    true => Arc::new(native::server(&factory, vm)?),
                    false => Arc::new(ForeignServer::new(factory, vm)?),
                },
            );
        }
        if self.compresses && !extensions.iter().any(|other| other.name() == DEFLATE) {
            extensions.push(Arc::new(ServerDeflate::default()));
        }
        Ok(extensions)
    }
}

fn compresses(compression: OptionalArg<PyObjectRef>, vm: &VirtualMachine) -> PyResult<bool> {
    let compression = match compression {
        OptionalArg::Missing => return Ok(true),
        OptionalArg::Present(compression) => compression,
    };
    if vm.is_none(&compression) {
        return Ok(false);
    }
    let name = compression.downcast_ref::<PyStr>();
    if name.is_some_and(|name| name.as_bytes() == b"deflate") {
        return Ok(true);
    }
    let shown = compression.str(vm)?;
    Err(vm.new_value_error(format!("unsupported compression: {shown}")))
}

/// Whether an object is of that class of permessage-deflate itself; a subclass may do anything.
fn is_native(object: &PyObject, class: &'static str, vm: &VirtualMachine) -> PyResult<bool> {
    // An object of that class cannot be there before its module.
    let modules = vm.sys_module.get_attr("modules", vm)?;
    match modules.get_item(DEFLATE_MODULE, vm) {
        Ok(module) => Ok(object.class().is(&module.get_attr(class, vm)?)),
        Err(_) => Ok(false),
    }
}
