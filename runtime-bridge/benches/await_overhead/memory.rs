//! Whether the memory in use stays flat.

use std::process::Command;

const SCRIPT: &str = include_str!("memory.py");
const MILLIONS: &str = "10";
/// From the first to the last million, in MB.
const GROWTH: f64 = 2.0;

/// The cases of `memory.py`, as the table names them.
const OPERATIONS: [(&str, &str); 6] = [
    ("ready", "awaits of a ready future"),
    ("suspended", "awaits with one suspension"),
    ("sleep", "asyncio.sleep(0)"),
    ("task", "create_task + await"),
    ("gather", "gathers"),
    ("timer", "timer cancellations"),
];

/// Runs each case in a process of its own, and prints what was in use.
pub(crate) fn show() {
    println!(
        "{:<28}{:>10}{:>10}{:>10}",
        "MB after", "1st M", "10th M", "seconds"
    );
    for (case, operation) in OPERATIONS {
        let numbers = run(case);
        print!("{operation:<28}");
        numbers.iter().for_each(|it| print!("{it:>10.1}"));
        println!("  flat: {}", verdict(numbers[1] - numbers[0]));
    }
    println!();
    println!(
        "{:<28}{:>10}{:>10}{:>10}",
        "MB, 100,000 tasks", "before", "alive", "gone"
    );
    for (numbers, time) in run("alive").chunks(3).zip(["first time", "second time"]) {
        print!("{time:<28}");
        numbers.iter().for_each(|it| print!("{it:>10.1}"));
        println!("  returned: {}", verdict(numbers[2] - numbers[0]));
    }
}

fn run(case: &str) -> Vec<f64> {
    let own = std::env::current_exe().expect("the path of this program");
    crate::printed_numbers(Command::new(own).args(["-c", SCRIPT, case, MILLIONS]))
}

fn verdict(growth: f64) -> &'static str {
    if growth <= GROWTH { "met" } else { "not met" }
}
