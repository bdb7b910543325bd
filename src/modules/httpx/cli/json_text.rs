//! JSON as it is shown: by `json.dumps(value, indent=4)`, coloured.

use super::paint::{Ink, Paint};
use rustpython_vm::{
    AsObject as _, Py, PyObject, PyResult, VirtualMachine,
    builtins::{PyDict, PyFloat, PyInt, PyList, PyStr},
};
use std::fmt::Write as _;

const INDENT: &str = "    ";

/// Lays out what JSON was parsed to. With `ascii_only`, other characters are escaped.
///
/// # Errors
/// TypeError for what is not of JSON, RecursionError for what nests too deep.
pub(super) fn lay_out(
    value: &PyObject,
    ascii_only: bool,
    paint: Paint,
    vm: &VirtualMachine,
) -> PyResult<String> {
    let mut layout = Layout {
        out: String::new(),
        depth: 0,
        ascii_only,
        paint,
        vm,
    };
    layout.value(value)?;
    Ok(layout.out)
}

struct Layout<'a> {
    out: String,
    depth: usize,
    ascii_only: bool,
    paint: Paint,
    vm: &'a VirtualMachine,
}

impl Layout<'_> {
    fn value(&mut self, value: &PyObject) -> PyResult<()> {
        let vm = self.vm;
        if let Some(text) = value.downcast_ref::<PyStr>() {
            self.text(text, Ink::JsonText);
        } else if let Some(dict) = value.downcast_ref::<PyDict>() {
            vm.with_recursion("while showing JSON", || self.object(dict))?;
        } else if let Some(list) = value.downcast_ref::<PyList>() {
            vm.with_recursion("while showing JSON", || self.array(list))?;
        } else {
            let literal = literal(value, vm)?;
            self.paint.put(&mut self.out, Ink::JsonLiteral, &literal);
        }
        Ok(())
    }

    fn object(&mut self, dict: &Py<PyDict>) -> PyResult<()> {
        if dict.is_empty() {
            self.out.push_str("{}");
            return Ok(());
        }
        self.open('{');
        for (index, (name, value)) in dict.into_iter().enumerate() {
            self.next_item(index);
            let name = name
                .downcast::<PyStr>()
                .map_err(|name| not_json(&name, self.vm))?;
            self.text(&name, Ink::JsonName);
            self.out.push_str(": ");
            self.value(&value)?;
        }
        self.close('}');
        Ok(())
    }

    fn array(&mut self, list: &Py<PyList>) -> PyResult<()> {
        let items = list.borrow_vec().to_vec();
        if items.is_empty() {
            self.out.push_str("[]");
            return Ok(());
        }
        self.open('[');
        for (index, item) in items.iter().enumerate() {
            self.next_item(index);
            self.value(item)?;
        }
        self.close(']');
        Ok(())
    }

    fn open(&mut self, bracket: char) {
        self.out.push(bracket);
        self.depth += 1;
    }

    fn next_item(&mut self, index: usize) {
        if index > 0 {
            self.out.push(',');
        }
        self.new_line();
    }

    fn close(&mut self, bracket: char) {
        self.depth -= 1;
        self.new_line();
        self.out.push(bracket);
    }

    fn new_line(&mut self) {
        self.out.push('\n');
        for _ in 0..self.depth {
            self.out.push_str(INDENT);
        }
    }

    fn text(&mut self, text: &PyStr, ink: Ink) {
        let quoted = quoted(text, self.ascii_only);
        self.paint.put(&mut self.out, ink, &quoted);
    }
}

/// `None`, a bool, an int or a float.
fn literal(value: &PyObject, vm: &VirtualMachine) -> PyResult<String> {
    if vm.is_none(value) {
        Ok("null".to_owned())
    } else if value.is(&vm.ctx.true_value) {
        Ok("true".to_owned())
    } else if value.is(&vm.ctx.false_value) {
        Ok("false".to_owned())
    } else if let Some(number) = value.downcast_ref::<PyInt>() {
        Ok(number.as_bigint().to_string())
    } else if let Some(number) = value.downcast_ref::<PyFloat>() {
        match number.to_f64() {
            f64::INFINITY => Ok("Infinity".to_owned()),
            f64::NEG_INFINITY => Ok("-Infinity".to_owned()),
            number if number.is_nan() => Ok("NaN".to_owned()),
            _ => Ok(value.repr(vm)?.to_string_lossy().into_owned()),
        }
    } else {
        Err(not_json(value, vm))
    }
}

fn not_json(value: &PyObject, vm: &VirtualMachine) -> rustpython_vm::builtins::PyBaseExceptionRef {
    let class = value.class();
    vm.new_type_error(format!("{} is no part of JSON", class.name()))
}

/// A string with its quotes and escapes. Control characters and lone surrogates are always
/// escaped.
fn quoted(text: &PyStr, ascii_only: bool) -> String {
    let mut out = String::from("\"");
    for point in text.as_wtf8().code_points() {
        match point.to_char() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some('\x08') => out.push_str("\\b"),
            Some('\x0c') => out.push_str("\\f"),
            Some(char @ ' '..='~') => out.push(char),
            Some(char) if !ascii_only && !char.is_control() => out.push(char),
            Some(char) => {
                for unit in char.encode_utf16(&mut [0; 2]) {
                    // Writing to a String does not fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            None => {
                let _ = write!(out, "\\u{:04x}", point.to_u32());
            }
        }
    }
    out.push('"');
    out
}
