//! JSON bytes to objects and back, without the `json` package and its import.

use jiter::{Jiter, JiterResult, NumberAny, NumberInt, Peek};
use parking_lot::{Mutex, MutexGuard};
use rustpython_vm::{
    AsObject, Py, PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyDict, PyFloat, PyInt, PyList, PyStr, PyStrRef, PyTuple},
};

/// How deep arrays and objects may nest; deeper ones go through `json`, which has its own limit.
const MAX_DEPTH: usize = 200;

/// Parses UTF-8 JSON as `json.loads` does, big integers, NaN and Infinity included.
///
/// Whatever jiter refuses (a BOM, UTF-16, a lone surrogate, bad JSON) goes to `json.loads`, which
/// parses it or raises its JSONDecodeError.
pub(crate) fn loads(data: &[u8], vm: &VirtualMachine) -> PyResult {
    let mut parser = Jiter::new(data).with_allow_inf_nan();
    let mut strings = Strings::shared();
    let parsed = parser
        .peek()
        .ok()
        .and_then(|peek| parse(&mut parser, &mut strings, peek, MAX_DEPTH, vm))
        .filter(|_| parser.finish().is_ok());
    drop(strings);
    match parsed {
        Some(value) => Ok(value),
        None => {
            let loads = vm.import("json", 0)?.get_attr("loads", vm)?;
            loads.call((vm.ctx.new_bytes(data.to_vec()),), vm)
        }
    }
}

fn parse(
    parser: &mut Jiter<'_>,
    strings: &mut Strings,
    peek: Peek,
    depth: usize,
    vm: &VirtualMachine,
) -> Option<PyObjectRef> {
    match peek {
        Peek::Null => parser.known_null().ok().map(|()| vm.ctx.none()),
        Peek::True | Peek::False => {
            let value = parser.known_bool(peek).ok()?;
            Some(vm.ctx.new_bool(value).into())
        }
        Peek::String => {
            let text = parser.known_str().ok()?;
            Some(strings.get(text, vm).into())
        }
        Peek::Array => parse_array(parser, strings, depth.checked_sub(1)?, vm),
        Peek::Object => parse_object(parser, strings, depth.checked_sub(1)?, vm),
        _ => parse_number(parser.known_number(peek), vm),
    }
}

fn parse_array(
    parser: &mut Jiter<'_>,
    strings: &mut Strings,
    depth: usize,
    vm: &VirtualMachine,
) -> Option<PyObjectRef> {
    let mut items = Vec::new();
    let mut next = parser.known_array().ok()?;
    while let Some(peek) = next {
        items.push(parse(parser, strings, peek, depth, vm)?);
        next = parser.array_step().ok()?;
    }
    Some(vm.ctx.new_list(items).into())
}

fn parse_object(
    parser: &mut Jiter<'_>,
    strings: &mut Strings,
    depth: usize,
    vm: &VirtualMachine,
) -> Option<PyObjectRef> {
    let dict = vm.ctx.new_dict();
    let mut key = parser.known_object().ok()?.map(|key| strings.get(key, vm));
    while let Some(name) = key {
        let peek = parser.peek().ok()?;
        let value = parse(parser, strings, peek, depth, vm)?;
        dict.set_item(name.as_object(), value, vm).ok()?;
        key = parser.next_key().ok()?.map(|key| strings.get(key, vm));
    }
    Some(dict.into())
}

/// Strings of earlier documents, keys above all: those of one API are ever the same. One that is
/// found here is not allocated, and its hash is known.
///
/// There is one table for all threads; whoever finds it taken does without.
struct Strings(Option<MutexGuard<'static, Table>>);

type Table = [Option<PyStrRef>; PLACES];

const PLACE_BITS: u32 = 10;
const PLACES: usize = 1 << PLACE_BITS;
/// Longer strings, in bytes, are not kept.
const LONGEST: usize = 63;

impl Strings {
    fn shared() -> Self {
        static SHARED: Mutex<Table> = Mutex::new([const { None }; PLACES]);
        Self(SHARED.try_lock())
    }

    fn get(&mut self, text: &str, vm: &VirtualMachine) -> PyStrRef {
        let Some(known) = self.0.as_mut().filter(|_| text.len() <= LONGEST) else {
            return vm.ctx.new_str(text);
        };
        let place = &mut known[place_of(text.as_bytes())];
        match place {
            Some(known) if known.as_bytes() == text.as_bytes() => known.clone(),
            _ => place.insert(vm.ctx.new_str(text)).clone(),
        }
    }
}

/// By the first and the last bytes and the length, which tell the strings of an API apart.
fn place_of(text: &[u8]) -> usize {
    let word = |bytes: Option<&[u8; 8]>| bytes.map(|bytes| u64::from_le_bytes(*bytes));
    let half = |bytes: Option<&[u8; 4]>| bytes.map(|bytes| u32::from_le_bytes(*bytes).into());
    let byte = |byte: Option<&u8>| byte.map(|byte| u64::from(*byte));
    let (first, last) = match text.len() {
        8.. => (word(text.first_chunk()), word(text.last_chunk())),
        4..8 => (half(text.first_chunk()), half(text.last_chunk())),
        _ => (byte(text.first()), byte(text.last())),
    };
    let mixed = first.unwrap_or(0) ^ last.unwrap_or(0).rotate_left(29) ^ text.len() as u64;
    // The upper bits of the product depend on all bits.
    (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - PLACE_BITS)) as usize
}

fn parse_number(number: JiterResult<NumberAny>, vm: &VirtualMachine) -> Option<PyObjectRef> {
    match number.ok()? {
        NumberAny::Int(NumberInt::Int(value)) => Some(vm.ctx.new_int(value).into()),
        NumberAny::Int(NumberInt::BigInt(value)) => {
            let digits = vm.ctx.new_str(value.to_string());
            vm.ctx.types.int_type.as_object().call((digits,), vm).ok()
        }
        NumberAny::Float(value) => Some(vm.ctx.new_float(value).into()),
    }
}

/// Encodes a request body as httpx does: `ensure_ascii=False`, compact separators and
/// `allow_nan=False`.
///
/// # Errors
/// TypeError and ValueError as `json.dumps` raises them.
pub(crate) fn dumps(value: &PyObject, vm: &VirtualMachine) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    if write(&mut out, value, MAX_DEPTH, vm)? {
        return Ok(out);
    }
    let module = vm.import("json", 0)?;
    let mut args = rustpython_vm::function::FuncArgs::from(vec![value.to_owned()]);
    let separators = vec![vm.ctx.new_str(",").into(), vm.ctx.new_str(":").into()];
    for (name, argument) in [
        ("ensure_ascii", vm.ctx.new_bool(false).into()),
        ("separators", vm.ctx.new_tuple(separators).into()),
        ("allow_nan", vm.ctx.new_bool(false).into()),
    ] {
        args.kwargs.insert(name.into(), argument);
    }
    let text = module.get_attr("dumps", vm)?.call(args, vm)?;
    super::convert::str_or_bytes(&text, "JSON", vm)
}

/// False when the value has something that only `json.dumps` knows how to treat.
fn write(out: &mut Vec<u8>, value: &PyObject, depth: usize, vm: &VirtualMachine) -> PyResult<bool> {
    let Some(depth) = depth.checked_sub(1) else {
        return Ok(false);
    };
    if vm.is_none(value) {
        out.extend_from_slice(b"null");
    } else if value.is(&vm.ctx.true_value) {
        out.extend_from_slice(b"true");
    } else if value.is(&vm.ctx.false_value) {
        out.extend_from_slice(b"false");
    } else if let Some(text) = value.downcast_ref_if_exact::<PyStr>(vm) {
        return Ok(write_str(out, text));
    } else if let Some(number) = value.downcast_ref_if_exact::<PyInt>(vm) {
        out.extend_from_slice(number.as_bigint().to_string().as_bytes());
    } else if let Some(number) = value.downcast_ref_if_exact::<PyFloat>(vm) {
        if !number.to_f64().is_finite() {
            return Ok(false);
        }
        out.extend_from_slice(value.repr(vm)?.as_bytes());
    } else if let Some(dict) = value.downcast_ref_if_exact::<PyDict>(vm) {
        return write_dict(out, dict, depth, vm);
    } else if let Some(list) = value.downcast_ref_if_exact::<PyList>(vm) {
        let items = list.borrow_vec().to_vec();
        return write_array(out, &items, depth, vm);
    } else if let Some(tuple) = value.downcast_ref_if_exact::<PyTuple>(vm) {
        return write_array(out, tuple.as_slice(), depth, vm);
    } else {
        return Ok(false);
    }
    Ok(true)
}

fn write_array(
    out: &mut Vec<u8>,
    items: &[PyObjectRef],
    depth: usize,
    vm: &VirtualMachine,
) -> PyResult<bool> {
    out.push(b'[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        if !write(out, item, depth, vm)? {
            return Ok(false);
        }
    }
    out.push(b']');
    Ok(true)
}

fn write_dict(
    out: &mut Vec<u8>,
    dict: &Py<PyDict>,
    depth: usize,
    vm: &VirtualMachine,
) -> PyResult<bool> {
    out.push(b'{');
    for (index, (key, item)) in dict.into_iter().enumerate() {
        let Some(key) = key.downcast_ref_if_exact::<PyStr>(vm) else {
            return Ok(false);
        };
        if index > 0 {
            out.push(b',');
        }
        if !write_str(out, key) {
            return Ok(false);
        }
        out.push(b':');
        if !write(out, &item, depth, vm)? {
            return Ok(false);
        }
    }
    out.push(b'}');
    Ok(true)
}

/// False for a lone surrogate, on which `json.dumps` and the encoder have their say.
fn write_str(out: &mut Vec<u8>, text: &PyStr) -> bool {
    let Some(text) = text.to_str() else {
        return false;
    };
    out.push(b'"');
    for &byte in text.as_bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
    true
}
