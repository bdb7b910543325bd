//! The `_ssl` module: the interpreter's, with methods that record what is loaded into a context.

use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use rustpython_vm::builtins::descriptor::PyMethodDescriptor;
use rustpython_vm::builtins::{PyModule, PyModuleDef, PyModuleSlots, PyStr, PyType};
use rustpython_vm::class::PyClassImpl as _;
use rustpython_vm::function::{FuncArgs, ItemDoc, PyMethodFlags};
use rustpython_vm::{
    AsObject as _, Context, Py, PyObject, PyObjectRef, PyRef, PyResult, VirtualMachine,
};

use super::loading::{ask, load_identity, path_of};
use super::record::{Record, note};
use crate::engine::tls::{IdentityFiles, Roots};
use crate::modules::convert::bytes_like;

/// The interpreter's own definition; there is one in a process.
static ORIGINAL: OnceLock<&'static PyModuleDef> = OnceLock::new();

/// The definition that takes the place of the interpreter's when it is registered after it.
pub(in crate::modules) fn module_def(ctx: &Context) -> &'static PyModuleDef {
    static OURS: OnceLock<PyModuleDef> = OnceLock::new();
    OURS.get_or_init(|| {
        let original = *ORIGINAL.get_or_init(|| find_original(ctx));
        PyModuleDef {
            name: original.name,
            doc: original.doc,
            methods: original.methods,
            slots: PyModuleSlots {
                create: original.slots.create,
                exec: Some(exec),
            },
        }
    })
}

fn find_original(ctx: &Context) -> &'static PyModuleDef {
    let definitions = rustpython_stdlib::stdlib_module_defs(ctx);
    let mut definitions = definitions.into_iter();
    definitions
        .find(|definition| definition.name.as_str() == "_ssl")
        .expect("the interpreter is built with ssl")
}

fn exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
    let original = ORIGINAL.get().expect("the definition was made of it");
    original.exec_module(vm, module)?;
    drop(Record::make_static_type());
    let class = module.as_object().get_attr("_SSLContext", vm)?;
    match class.downcast::<PyType>() {
        Ok(class) => replace_all(class, vm),
        Err(_) => Err(vm.new_type_error("_ssl._SSLContext is no class")),
    }
}

/// Once a process: all its interpreters share the class.
fn replace_all(class: PyRef<PyType>, vm: &VirtualMachine) -> PyResult<()> {
    static REPLACED: Mutex<bool> = Mutex::new(false);
    let mut replaced = REPLACED.lock();
    if *replaced {
        return Ok(());
    }
    // A method descriptor refers to its class for ever.
    let class: &'static PyRef<PyType> = Box::leak(Box::new(class));
    let recorders: [(&'static str, Recorder); 6] = [
        ("load_cert_chain", load_cert_chain),
        ("load_verify_locations", load_verify_locations),
        ("load_default_certs", load_default_certs),
        ("set_default_verify_paths", load_default_certs),
        ("_set_alpn_protocols", set_alpn_protocols),
        ("set_ciphers", set_ciphers),
    ];
    for (name, recorder) in recorders {
        replace(class, name, recorder, vm)?;
    }
    *replaced = true;
    Ok(())
}

/// Calls the original method, and records what it was given if it took it.
type Recorder = fn(&Original, &PyObject, FuncArgs, &VirtualMachine) -> PyResult;

/// A method of the interpreter's class.
struct Original(PyObjectRef);

impl Original {
    fn call(&self, context: &PyObject, mut args: FuncArgs, vm: &VirtualMachine) -> PyResult {
        args.prepend_arg(context.to_owned());
        self.0.call(args, vm)
    }
}

fn replace(
    class: &'static Py<PyType>,
    name: &'static str,
    recorder: Recorder,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let interned = vm.ctx.intern_str(name);
    let Some(original) = class.get_attr(interned) else {
        return Err(vm.new_attribute_error(format!("_ssl._SSLContext has no {name}")));
    };
    let doc = match original.downcast_ref::<PyMethodDescriptor>() {
        Some(descriptor) => descriptor.method.item_doc(),
        None => ItemDoc::NONE,
    };
    let original = Original(original);
    let method = move |context: PyObjectRef, args: FuncArgs, vm: &VirtualMachine| {
        recorder(&original, &context, args, vm)
    };
    let definition = vm
        .ctx
        .new_method_def(name, method, PyMethodFlags::METHOD, doc);
    class.set_attr(interned, definition.build_method(class, vm).into());
    Ok(())
}

/// The argument at `position` or by `name`, unless it is missing or None.
fn argument(
    args: &FuncArgs,
    position: usize,
    name: &str,
    vm: &VirtualMachine,
) -> Option<PyObjectRef> {
    let argument = args.args.get(position).or_else(|| args.kwargs.get(name));
    argument.filter(|value| !vm.is_none(value)).cloned()
}

fn load_cert_chain(
    original: &Original,
    context: &PyObject,
    mut args: FuncArgs,
    vm: &VirtualMachine,
) -> PyResult {
    replace_path(&mut args, 0, "certfile", vm)?;
    replace_path(&mut args, 1, "keyfile", vm)?;
    let chain = argument(&args, 0, "certfile", vm);
    let key = argument(&args, 1, "keyfile", vm);
    let mut password = argument(&args, 2, "password", vm);
    // A callable is asked once, for both.
    if let (Some(chain), Some(callable)) = (&chain, &password)
        && callable.is_callable()
        && is_locked(chain, key.as_deref(), vm)
    {
        let given = vm.ctx.new_bytes(ask(callable, vm)?);
        password = Some(given.clone().into());
        set_argument(&mut args, 2, "password", given.into());
    }
    let returned = original.call(context, args, vm)?;
    if let Some(chain) = chain {
        let loaded = load_identity(&chain, key.as_deref(), password.as_deref(), vm);
        let identity = match loaded {
            Ok(identity) => Ok(Arc::new(identity)),
            Err(error) => Err(error.as_object().str(vm)?.to_string()),
        };
        note(context, |record| record.identity = Some(identity), vm)?;
    }
    Ok(returned)
}

/// Whether the key is one that needs a password. Files that are no good are the original's to
/// complain about.
fn is_locked(chain: &PyObject, key: Option<&PyObject>, vm: &VirtualMachine) -> bool {
    let key = key.map(|key| path_of(key, vm)).transpose();
    let (Ok(chain), Ok(key)) = (path_of(chain, vm), key) else {
        return false;
    };
    IdentityFiles::read(&chain, key.as_deref()).is_ok_and(|files| files.needs_password())
}

fn set_argument(args: &mut FuncArgs, position: usize, name: &str, value: PyObjectRef) {
    match args.args.get_mut(position) {
        Some(argument) => *argument = value,
        None => drop(args.kwargs.insert(name.into(), value)),
    }
}

/// The interpreter's methods take no path-like objects, as those of `ssl` do.
fn replace_path(
    args: &mut FuncArgs,
    position: usize,
    name: &str,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let Some(path) = argument(args, position, name, vm) else {
        return Ok(());
    };
    let has_path = path.class().get_attr(vm.ctx.intern_str("__fspath__"));
    if has_path.is_some() {
        let fspath = vm.import("os", 0)?.get_attr("fspath", vm)?;
        set_argument(args, position, name, fspath.call((path,), vm)?);
    }
    Ok(())
}

fn load_verify_locations(
    original: &Original,
    context: &PyObject,
    mut args: FuncArgs,
    vm: &VirtualMachine,
) -> PyResult {
    replace_path(&mut args, 0, "cafile", vm)?;
    replace_path(&mut args, 1, "capath", vm)?;
    let file = argument(&args, 0, "cafile", vm);
    let folder = argument(&args, 1, "capath", vm);
    let data = argument(&args, 2, "cadata", vm);
    let returned = original.call(context, args, vm)?;
    let mut roots = Roots::default();
    // What the original took holds certificates, or revocation lists, which are not roots.
    if let Some(file) = file
        && let Ok(found) = Roots::from_file(&path_of(&file, vm)?)
    {
        roots.extend(&found);
    }
    if let Some(folder) = folder {
        roots.extend(&Roots::from_folder(path_of(&folder, vm)?));
    }
    if let Some(data) = data
        && let Some(found) = roots_in(&data, vm)
    {
        roots.extend(&found);
    }
    note(context, |record| record.roots.extend(&roots), vm)?;
    Ok(returned)
}

/// `cadata`: PEM in a str, DER in a bytes-like object.
fn roots_in(data: &PyObject, vm: &VirtualMachine) -> Option<Roots> {
    match data.downcast_ref::<PyStr>() {
        Some(text) => Roots::from_pem(text.to_str()?.as_bytes(), "cadata").ok(),
        None => Roots::from_der(&bytes_like(data, vm)?).ok(),
    }
}

fn load_default_certs(
    original: &Original,
    context: &PyObject,
    args: FuncArgs,
    vm: &VirtualMachine,
) -> PyResult {
    let returned = original.call(context, args, vm)?;
    let roots = Roots::of_system();
    note(context, |record| record.roots.extend(&roots), vm)?;
    Ok(returned)
}

fn set_alpn_protocols(
    original: &Original,
    context: &PyObject,
    args: FuncArgs,
    vm: &VirtualMachine,
) -> PyResult {
    let list = argument(&args, 0, "protos", vm);
    let returned = original.call(context, args, vm)?;
    if let Some(list) = list.and_then(|list| bytes_like(&list, vm)) {
        note(context, |record| record.alpn = prefixed(&list), vm)?;
    }
    Ok(returned)
}

/// The items of a list in which each follows its length, as in RFC 7301, 3.1.
fn prefixed(mut list: &[u8]) -> Vec<Vec<u8>> {
    let mut items = Vec::new();
    while let Some((&length, rest)) = list.split_first() {
        let (item, rest) = rest.split_at(rest.len().min(usize::from(length)));
        items.push(item.to_vec());
        list = rest;
    }
    items
}

fn set_ciphers(
    original: &Original,
    context: &PyObject,
    args: FuncArgs,
    vm: &VirtualMachine,
) -> PyResult {
    let returned = original.call(context, args, vm)?;
    note(context, |record| record.chose_ciphers = true, vm)?;
    Ok(returned)
}

#[cfg(test)]
mod tests {
    use super::prefixed;

    #[test]
    fn prefixed_lists_are_taken_apart() {
        assert_eq!(prefixed(b""), Vec::<Vec<u8>>::new());
        assert_eq!(prefixed(b"\x02h2\x01x"), [b"h2".to_vec(), b"x".to_vec()]);
        assert_eq!(prefixed(b"\x09h2"), [b"h2".to_vec()]);
    }
}
