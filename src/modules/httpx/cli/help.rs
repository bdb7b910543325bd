//! The help text.

use super::paint::{Ink, Paint};

const TEXT: &str = include_str!("help.txt");

/// Where the descriptions of the options begin.
const COLUMN: usize = 34;

pub(super) fn help(paint: Paint) -> String {
    let mut out = String::new();
    for line in TEXT.lines() {
        match line.split_at_checked(COLUMN) {
            Some((names, description)) if names.starts_with(" -") => {
                put_names(&mut out, names, paint);
                out.push_str(description);
            }
            _ if line.starts_with(" -") => put_names(&mut out, line, paint),
            _ => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

/// The names of an option and of its values.
fn put_names(out: &mut String, names: &str, paint: Paint) {
    for word in names.split_inclusive(' ') {
        let name = word.trim_end();
        match name.chars().next() {
            None => {}
            Some('-') => paint.put(out, Ink::Option, name),
            Some(_) => paint.put(out, Ink::Metavariable, name),
        }
        out.push_str(&word[name.len()..]);
    }
}

#[cfg(test)]
mod tests {
    use super::{Paint, TEXT, help};

    #[test]
    fn the_colours_leave_the_text_as_it_is() {
        assert_eq!(help(Paint { coloured: false }), TEXT);
        let coloured = help(Paint { coloured: true });
        assert!(
            coloured.contains("\n \x1b[1m--proxy\x1b[0m \x1b[36mURL\x1b[0m  "),
            "{coloured}"
        );
    }
}
