//! Telling whether a script has replaced or overridden methods of a native class.

use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering::Relaxed};

use rustpython_vm::{
    AsObject, Context, Py, PyObject, PyObjectRef, VirtualMachine,
    builtins::{PyStrInterned, PyType},
};

/// The methods of a class as they were when it was made, against which those of an object's class
/// are compared: a subclass may override them, and a test replace them.
///
/// The class that was looked at last is remembered with its version, which every change of the
/// class or of a base alters, so that the usual answer costs two loads.
pub(crate) struct Originals {
    methods: Vec<(&'static PyStrInterned, PyObjectRef)>,
    untouched: AtomicPtr<Py<PyType>>,
    version: AtomicU32,
}

impl Originals {
    /// Notes the methods `names` of `class`.
    pub(crate) fn of(class: &Py<PyType>, names: &[&'static str], ctx: &Context) -> Self {
        let names = names.iter().map(|name| ctx.intern_str(*name));
        let methods = names.filter_map(|name| class.get_attr(name).map(|method| (name, method)));
        Self {
            methods: methods.collect(),
            untouched: AtomicPtr::new(ptr::null_mut()),
            version: AtomicU32::new(0),
        }
    }

    /// Whether all of the methods that `object` has are the original ones.
    pub(crate) fn are_those_of(&self, object: &PyObject, vm: &VirtualMachine) -> bool {
        self.class_is_untouched(object.class()) && !self.are_shadowed(object, vm)
    }

    fn class_is_untouched(&self, class: &Py<PyType>) -> bool {
        let version = class.tp_version_tag.load(Relaxed);
        let address = ptr::from_ref(class).cast_mut();
        // A version is given out once, so one that fits was noted for this very class as it is.
        if version != 0
            && self.version.load(Relaxed) == version
            && self.untouched.load(Relaxed) == address
        {
            return true;
        }
        let same = |(name, method): &(&'static PyStrInterned, PyObjectRef)| {
            class.get_attr(name).is_some_and(|found| found.is(method))
        };
        let untouched = self.methods.iter().all(same);
        if untouched {
            self.untouched.store(address, Relaxed);
            self.version.store(version, Relaxed);
        }
        untouched
    }

    /// Whether an attribute of the object itself hides one of the methods.
    fn are_shadowed(&self, object: &PyObject, vm: &VirtualMachine) -> bool {
        let Some(dict) = object.dict() else {
            return false;
        };
        let hides = |name: &'static PyStrInterned| dict.contains_key(name, vm);
        dict.__len__() > 0 && self.methods.iter().any(|(name, _)| hides(name))
    }
}
