//! Runs a program from a file, from the command line or from standard input.

use rustpython_vm::builtins::{PyBytes, PyCode, PyDictRef};
use rustpython_vm::scope::Scope;
use rustpython_vm::{AsObject, PyObjectRef, PyRef, PyResult, VirtualMachine};
use std::io::Write as _;
use std::path::Path;

/// Runs a script, or the `__main__` module of a directory or zip file.
pub(super) fn run_file(
    vm: &VirtualMachine,
    scope: Scope,
    name: &str,
    skip_first_line: bool,
) -> PyResult<()> {
    let path = absolute(name);
    if is_importable(vm, &path)? {
        vm.insert_sys_path(vm.new_pyobj(path))?;
        let runpy = vm.import("runpy", 0)?;
        vm.call_method(&runpy, "_run_module_as_main", ("__main__", false))?;
        return Ok(());
    }
    if !vm.state.config.settings.safe_path {
        vm.insert_sys_path(vm.new_pyobj(script_directory(name)))?;
    }
    let source = match std::fs::read(&path) {
        Ok(source) => source,
        Err(error) => return cannot_open(vm, &path, &error),
    };
    if is_compiled(&path, &source) {
        return vm.run_script(scope, &path);
    }
    run_source(vm, scope, &path, source, skip_first_line)
}

/// Runs the text after `-c`, without the indentation that all its lines share.
pub(super) fn run_code(vm: &VirtualMachine, scope: Scope, code: &str) -> PyResult<()> {
    vm.run_string(scope, &dedent(code), "<string>").map(drop)
}

/// Runs standard input, read to its end first.
pub(super) fn run_stdin(vm: &VirtualMachine, scope: Scope, skip_first_line: bool) -> PyResult<()> {
    let stdin = vm.sys_module.get_attr("stdin", vm)?;
    if vm.is_none(&stdin) {
        return Ok(());
    }
    // Through the interpreter's own stream, so that Ctrl-C ends the wait.
    let buffer = stdin.get_attr("buffer", vm)?;
    let source = vm.call_method(&buffer, "read", ())?;
    let source: PyRef<PyBytes> = source.try_into_value(vm)?;
    let source = source.as_bytes().to_vec();
    run_source(vm, scope, "<stdin>", source, skip_first_line)
}

/// The working directory, unless it was deleted or has a name that is not UTF-8.
pub(super) fn current_directory() -> Option<String> {
    std::env::current_dir()
        .ok()?
        .into_os_string()
        .into_string()
        .ok()
}

/// Compiles and runs source bytes as `__main__`. `compile` itself knows of byte order marks and
/// encoding comments.
fn run_source(
    vm: &VirtualMachine,
    scope: Scope,
    file: &str,
    mut source: Vec<u8>,
    skip_first_line: bool,
) -> PyResult<()> {
    if skip_first_line {
        // The line break stays, so that tracebacks count right.
        let end = source.iter().position(|&byte| byte == b'\n');
        source.drain(..end.unwrap_or(source.len()));
    }
    let globals = scope.globals.clone();
    globals.set_item("__file__", vm.ctx.new_str(file).into(), vm)?;
    if file != "<stdin>" {
        let loader = source_loader(vm, file)?;
        globals.set_item("__loader__", loader, vm)?;
    }
    let compile = vm.builtins.get_attr("compile", vm)?;
    let source = vm.ctx.new_bytes(source);
    let code: PyRef<PyCode> = compile
        .call((source, file, "exec"), vm)?
        .try_into_value(vm)?;
    vm.run_code_obj(code, scope).map(drop)
}

fn source_loader(vm: &VirtualMachine, path: &str) -> PyResult {
    let modules = vm.sys_module.get_attr("modules", vm)?;
    let import_system = modules.get_item("_frozen_importlib_external", vm)?;
    vm.call_method(&import_system, "SourceFileLoader", ("__main__", path))
}

/// Whether modules can be imported from `path` itself: a directory or a zip file. As CPython does,
/// the import system is asked, so that a hook of the user's counts.
fn is_importable(vm: &VirtualMachine, path: &str) -> PyResult<bool> {
    let cache = vm.sys_module.get_attr("path_importer_cache", vm)?;
    let cache: PyDictRef = cache.try_into_value(vm)?;
    if cache.get_item_opt(path, vm)?.is_some() {
        return Ok(true);
    }
    let hooks = vm.sys_module.get_attr("path_hooks", vm)?;
    let hooks: Vec<PyObjectRef> = hooks.try_into_value(vm)?;
    for hook in hooks {
        match hook.call((path,), vm) {
            Ok(finder) => {
                cache.set_item(path, finder, vm)?;
                return Ok(true);
            }
            Err(error) if error.fast_isinstance(vm.ctx.exceptions.import_error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

fn cannot_open(vm: &VirtualMachine, path: &str, error: &std::io::Error) -> PyResult<()> {
    let executable = &vm.state.config.paths.executable;
    let path = vm.ctx.new_str(path).as_object().repr(vm)?;
    let number = error.raw_os_error().unwrap_or(libc::ENOENT);
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let message = format!("{executable}: can't open file {path}: [Errno {number}] {text}");
    let _ = writeln!(std::io::stderr(), "{message}");
    let status = vm.ctx.new_int(2).into();
    Err(vm.new_system_exit(vec![status].into()))
}

/// By its name or by its first two bytes, as CPython decides.
fn is_compiled(path: &str, content: &[u8]) -> bool {
    let magic = rustpython_vm::version::PYC_MAGIC_NUMBER_BYTES;
    path.ends_with(".pyc") || content.starts_with(&magic[..2])
}

/// `path` under the working directory, not normalised: what `__file__` shows.
fn absolute(path: &str) -> String {
    if Path::new(path).is_absolute() {
        return path.to_owned();
    }
    match current_directory() {
        Some(directory) if path.is_empty() || path == "." => directory,
        Some(directory) => format!("{directory}{}{path}", std::path::MAIN_SEPARATOR),
        None => path.to_owned(),
    }
}

/// The directory that a script's imports come from: its own, behind any symbolic links.
fn script_directory(name: &str) -> String {
    let resolved = std::fs::canonicalize(name).ok();
    let path = resolved.as_deref().unwrap_or(Path::new(name));
    path.parent()
        .map(|directory| directory.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Removes the indentation common to all lines that are not blank, and empties the blank ones.
fn dedent(code: &str) -> String {
    let margin = common_indentation(code).len();
    code.split_inclusive('\n')
        .map(|line| match line.trim_start_matches([' ', '\t']) {
            blank @ ("" | "\n" | "\r\n") => blank,
            _ => &line[margin..],
        })
        .collect()
}

fn common_indentation(code: &str) -> &str {
    code.lines()
        .filter(|line| !line.trim_matches([' ', '\t']).is_empty())
        .map(indentation)
        .reduce(common_prefix)
        .unwrap_or_default()
}

fn indentation(line: &str) -> &str {
    let text = line.trim_start_matches([' ', '\t']);
    &line[..line.len() - text.len()]
}

/// Of two texts of one-byte characters.
fn common_prefix<'a>(first: &'a str, second: &'a str) -> &'a str {
    let same = first
        .bytes()
        .zip(second.bytes())
        .take_while(|(a, b)| a == b);
    &first[..same.count()]
}

#[cfg(test)]
mod tests {
    use super::dedent;

    #[test]
    fn code_loses_the_indentation_its_lines_share() {
        assert_eq!(dedent("  if x:\n    y\n"), "if x:\n  y\n");
        assert_eq!(dedent("\n\ta\n\t\tb"), "\na\n\tb");
    }

    #[test]
    fn blank_lines_do_not_count_and_become_empty() {
        assert_eq!(dedent("    a\n  \n    b"), "a\n\nb");
        assert_eq!(dedent("   "), "");
    }

    #[test]
    fn tabs_and_spaces_are_not_the_same() {
        assert_eq!(dedent("\ta\n    b"), "\ta\n    b");
    }
}
