//! Where and how a run was made.

use std::fs;
use std::process::Command;

use crate::contender::Contenders;
use crate::options::Options;
use crate::results::Circumstances;

/// As the page tells them.
pub(crate) fn of(contenders: &Contenders, options: &Options) -> Circumstances {
    let cores = contenders.cores;
    let told = [
        ("Day", printed("date", &["-u", "+%Y-%m-%d"])),
        ("Machine", machine()),
        ("System", printed("uname", &["-s", "-m"])),
        ("Compiler", printed("rustc", &["--version"])),
        ("Tauraro", Some(tauraro::VERSION.to_owned())),
        (
            "CPython",
            contenders.python.as_ref().map(|it| it.version.clone()),
        ),
        ("Peers", versions(contenders)),
        ("Left out: could not be installed", missing(contenders)),
        (
            "Cores",
            Some(format!(
                "clients on core {}, servers on core {}",
                cores.client, cores.server
            )),
        ),
        (
            "Turns",
            Some(format!(
                "{}, about {} s each; those that take long: one",
                options.rounds, options.seconds
            )),
        ),
    ];
    let known = told
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    known.collect()
}

/// What a program of the system's says. None where it does not.
fn printed(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let text = text.trim();
    (output.status.success() && !text.is_empty()).then(|| text.to_owned())
}

/// Processor, its threads, and memory.
fn machine() -> Option<String> {
    let value = |file: &str, name: &str| {
        let text = fs::read_to_string(file).ok()?;
        let line = text.lines().find(|it| it.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let model = value("/proc/cpuinfo", "model name")?;
    let memory = value("/proc/meminfo", "MemTotal")?;
    let kibibytes: u64 = memory.trim_end_matches(" kB").parse().ok()?;
    let threads = printed("getconf", &["_NPROCESSORS_ONLN"])?;
    let gibibytes = kibibytes >> 20;
    Some(format!(
        "{model}, {threads} threads, {gibibytes} GiB of memory"
    ))
}

fn versions(contenders: &Contenders) -> Option<String> {
    let versions = &contenders.peers.as_ref()?.versions;
    let versions = versions
        .iter()
        .map(|(package, version)| format!("{package} {version}"));
    Some(versions.collect::<Vec<_>>().join(", "))
}

fn missing(contenders: &Contenders) -> Option<String> {
    let missing = contenders.peers.as_ref()?.missing();
    (!missing.is_empty()).then(|| missing.join(", "))
}
