//! The progress bar of a download.

use super::paint::printable;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rustpython_vm::{Py, PyPayload, PyRef, VirtualMachine, function::FuncArgs, pyclass};
use std::time::Duration;

/// With a known size. Colours are left out by `console` where there are to be none.
const BAR: &str = "Downloading {msg:.bold} {percent:>3.magenta}{percent_sign:.magenta} \
                   {wide_bar:.green/black.bright} \
                   {decimal_bytes:.green}/{decimal_total_bytes:.green} \
                   {decimal_bytes_per_sec:.red}";
const SPINNER: &str = "Downloading {msg:.bold} {spinner:.green} {decimal_bytes:.green} \
                       {decimal_bytes_per_sec:.red}";

/// How often the spinner turns and the speed is shown anew.
const TICK: Duration = Duration::from_millis(100);

/// A bar on standard error, hidden unless that is a terminal. A context manager: the bar stands
/// complete at the end, or where an exception left it.
#[pyclass(module = "_httpx_cli", name = "Progress")]
#[derive(Debug, PyPayload)]
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// `total` in bytes, if it is known.
    pub(super) fn new(name: &str, total: Option<u64>) -> Self {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
        let template = if total.is_some() { BAR } else { SPINNER };
        if let Ok(style) = ProgressStyle::with_template(template) {
            let style = style.with_key("percent_sign", |_: &_, out: &mut dyn std::fmt::Write| {
                // The line is a String.
                let _ = out.write_char('%');
            });
            bar.set_style(style.progress_chars("━╸━"));
        }
        bar.set_message(printable(name).into_owned());
        Self(bar)
    }
}

#[pyclass]
impl Progress {
    /// Shows that so many bytes have come.
    #[pymethod]
    fn update(zelf: &Py<Self>, received: u64) {
        zelf.0.set_position(received);
    }

    #[pymethod]
    fn __enter__(zelf: PyRef<Self>) -> PyRef<Self> {
        zelf.0.enable_steady_tick(TICK);
        zelf
    }

    #[pymethod]
    fn __exit__(zelf: &Py<Self>, args: FuncArgs, vm: &VirtualMachine) {
        let failed = args.args.first().is_some_and(|class| !vm.is_none(class));
        if failed {
            zelf.0.abandon();
        } else {
            zelf.0.finish();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BAR, ProgressStyle, SPINNER};

    #[test]
    fn the_templates_are_understood() {
        for template in [BAR, SPINNER] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
