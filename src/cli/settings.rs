//! The interpreter's settings, from the command line's flags and the PYTHON* variables.
//!
//! Which of the two wins is CPython's rule, option by option: for levels the higher one, for
//! switches either, for values the command line.

use super::environment::Environment;
use super::options::Flags;
use super::refusal::Refusal;
use rustpython_vm::Settings;
use std::num::NonZeroI32;

/// Joins flags and environment. `argv` becomes `sys.argv`.
///
/// # Errors
/// An `-X` option or a variable whose value means nothing: [`Refusal::Setting`].
pub(super) fn settings(flags: Flags, argv: Vec<String>) -> Result<Settings, Refusal> {
    let environment = Environment {
        ignored: flags.ignore_environment || flags.isolated,
    };
    let mut settings = Settings::default();
    settings.argv = argv;
    switches(&mut settings, &flags, &environment);
    levels(&mut settings, &flags, &environment);
    variables(&mut settings, &environment)?;
    for option in &flags.implementation {
        implementation_option(&mut settings, option)?;
    }
    // CPython's default is the locale's encoding; the interpreter knows only UTF-8 well.
    if settings.utf8_mode < 0 {
        settings.utf8_mode = 1;
    }
    settings.hash_seed = hash_seed(&flags, &environment)?;
    settings.warnoptions = warning_filters(&settings, flags.warnings, &environment)?;
    settings.faulthandler |= settings.dev_mode;
    Ok(settings)
}

fn switches(settings: &mut Settings, flags: &Flags, environment: &Environment) {
    settings.isolated = flags.isolated;
    settings.ignore_environment = environment.ignored;
    settings.import_site = !flags.no_site;
    settings.quiet = flags.quiet;
    settings.interactive = flags.inspect;
    settings.check_hash_pycs_mode = flags.check_hash_based_pycs;
    settings.inspect = flags.inspect || environment.is_set("PYTHONINSPECT");
    settings.safe_path = flags.isolated || flags.safe_path || environment.is_set("PYTHONSAFEPATH");
    settings.user_site_directory =
        !(flags.isolated || flags.no_user_site || environment.is_set("PYTHONNOUSERSITE"));
    settings.write_bytecode =
        !(flags.dont_write_bytecode || environment.is_set("PYTHONDONTWRITEBYTECODE"));
    settings.buffered_stdio = !(flags.unbuffered || environment.is_set("PYTHONUNBUFFERED"));
    settings.dev_mode = environment.is_set("PYTHONDEVMODE");
    settings.faulthandler = environment.is_set("PYTHONFAULTHANDLER");
    settings.warn_default_encoding = environment.is_set("PYTHONWARNDEFAULTENCODING");
    settings.code_debug_ranges = !environment.is_set("PYTHONNODEBUGRANGES");
}

fn levels(settings: &mut Settings, flags: &Flags, environment: &Environment) {
    settings.bytes_warning = flags.bytes_warning.into();
    settings.debug = flags.debug.max(environment.level("PYTHONDEBUG"));
    settings.optimize = flags.optimize.max(environment.level("PYTHONOPTIMIZE"));
    settings.verbose = flags.verbose.max(environment.level("PYTHONVERBOSE"));
}

fn variables(settings: &mut Settings, environment: &Environment) -> Result<(), Refusal> {
    settings.path_list = environment.paths("PYTHONPATH")?;
    if let Some(value) = environment.text("PYTHONIOENCODING")? {
        stdio_encoding(settings, &value);
    }
    if let Some(value) = environment.text("PYTHONUTF8")? {
        settings.utf8_mode = switch("PYTHONUTF8", Some(&value))?.into();
    }
    if let Some(value) = environment.text("PYTHONINTMAXSTRDIGITS")? {
        settings.int_max_str_digits = digits("PYTHONINTMAXSTRDIGITS", Some(&value))?;
    }
    if let Some(value) = environment.text("PYTHON_CPU_COUNT")? {
        settings.cpu_count = cpu_count("PYTHON_CPU_COUNT", Some(&value))?;
    }
    if let Some(value) = environment.text("PYTHON_THREAD_INHERIT_CONTEXT")? {
        let name = "PYTHON_THREAD_INHERIT_CONTEXT";
        settings.thread_inherit_context = switch(name, Some(&value))?;
    }
    if let Some(value) = environment.text("PYTHON_CONTEXT_AWARE_WARNINGS")? {
        let name = "PYTHON_CONTEXT_AWARE_WARNINGS";
        settings.context_aware_warnings = switch(name, Some(&value))?;
    }
    Ok(())
}

/// One `-X name[=value]`. Names that mean nothing here are kept for `sys._xoptions`.
fn implementation_option(settings: &mut Settings, option: &str) -> Result<(), Refusal> {
    let (name, value) = match option.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (option, None),
    };
    match name {
        "dev" => settings.dev_mode = true,
        "faulthandler" => settings.faulthandler = true,
        "no_debug_ranges" => settings.code_debug_ranges = false,
        "warn_default_encoding" => settings.warn_default_encoding = true,
        "utf8" => settings.utf8_mode = switch("-X utf8", value.or(Some("1")))?.into(),
        "cpu_count" => settings.cpu_count = cpu_count("-X cpu_count", value)?,
        "int_max_str_digits" => {
            settings.int_max_str_digits = digits("-X int_max_str_digits", value)?;
        }
        "thread_inherit_context" => {
            settings.thread_inherit_context = switch("-X thread_inherit_context", value)?;
        }
        "context_aware_warnings" => {
            settings.context_aware_warnings = switch("-X context_aware_warnings", value)?;
        }
        _ => {}
    }
    let value = value.map(str::to_owned);
    settings.xoptions.push((name.to_owned(), value));
    Ok(())
}

/// `encoding[:errors]`, either of which may be empty.
fn stdio_encoding(settings: &mut Settings, value: &str) {
    let (encoding, errors) = value.split_once(':').unwrap_or((value, ""));
    settings.stdio_encoding = (!encoding.is_empty()).then(|| encoding.to_owned());
    settings.stdio_errors = (!errors.is_empty()).then(|| errors.to_owned());
}

fn switch(name: &str, value: Option<&str>) -> Result<bool, Refusal> {
    match value {
        Some("0") => Ok(false),
        Some("1") => Ok(true),
        _ => Err(meaningless(name, "0 or 1", value)),
    }
}

/// The longest integer that may be converted to or from decimal text; 0 lifts the limit.
fn digits(name: &str, value: Option<&str>) -> Result<i64, Refusal> {
    match value.and_then(|v| v.parse().ok()) {
        Some(limit @ (0 | 640..=0x7fff_ffff)) => Ok(limit),
        _ => Err(meaningless(name, "0, or a limit of 640 or more", value)),
    }
}

/// `None` leaves the number of processors to the system.
fn cpu_count(name: &str, value: Option<&str>) -> Result<Option<NonZeroI32>, Refusal> {
    if value == Some("default") {
        return Ok(None);
    }
    value
        .and_then(|v| v.parse().ok())
        .filter(|count: &NonZeroI32| count.get() > 0)
        .map(Some)
        .ok_or_else(|| meaningless(name, "'default' or a number above 0", value))
}

fn hash_seed(flags: &Flags, environment: &Environment) -> Result<Option<u32>, Refusal> {
    if flags.random_hash_seed {
        return Ok(None);
    }
    let name = "PYTHONHASHSEED";
    match environment.text(name)? {
        None => Ok(None),
        Some(value) if value == "random" => Ok(None),
        Some(value) => value.parse().map(Some).map_err(|_| {
            meaningless(
                name,
                "'random' or a number from 0 to 4294967295",
                Some(&value),
            )
        }),
    }
}

/// `sys.warnoptions`: a later filter wins over an earlier one.
fn warning_filters(
    settings: &Settings,
    from_command_line: Vec<String>,
    environment: &Environment,
) -> Result<Vec<String>, Refusal> {
    let mut filters = Vec::new();
    if settings.dev_mode {
        filters.push("default".to_owned());
    }
    let from_environment = environment.text("PYTHONWARNINGS")?.unwrap_or_default();
    let from_environment = from_environment.split(',').map(str::trim);
    filters.extend(
        from_environment
            .filter(|f| !f.is_empty())
            .map(str::to_owned),
    );
    filters.extend(from_command_line);
    match settings.bytes_warning {
        0 => {}
        1 => filters.push("default::BytesWarning".to_owned()),
        _ => filters.push("error::BytesWarning".to_owned()),
    }
    Ok(filters)
}

fn meaningless(name: &str, expected: &str, value: Option<&str>) -> Refusal {
    Refusal::Setting(match value {
        Some(value) => format!("{name} must be {expected}, not '{value}'"),
        None => format!("{name} must be {expected}, and has no value"),
    })
}
