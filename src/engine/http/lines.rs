//! Text cut into lines, as it arrives.

/// Cuts where `str.splitlines()` of Python cuts, also between the pieces of text that come.
#[derive(Debug, Default)]
pub struct LineDecoder {
    /// The line that is not ended yet.
    line: String,
    /// The last character was a `\r`, whose `\n` may follow.
    trailing_cr: bool,
}

impl LineDecoder {
    /// The lines that `text` ends, without their ends.
    pub fn decode(&mut self, text: &str) -> Vec<String> {
        let mut lines = Vec::new();
        let mut rest = text;
        if self.trailing_cr && !rest.is_empty() {
            self.trailing_cr = false;
            rest = rest.strip_prefix('\n').unwrap_or(rest);
            lines.push(std::mem::take(&mut self.line));
        }
        while let Some(at) = rest.find(is_line_end) {
            self.line.push_str(&rest[..at]);
            let end = &rest[at..];
            if end == "\r" {
                self.trailing_cr = true;
                return lines;
            }
            lines.push(std::mem::take(&mut self.line));
            let mut after = end.chars();
            after.next();
            rest = end.strip_prefix("\r\n").unwrap_or(after.as_str());
        }
        self.line.push_str(rest);
        lines
    }

    /// The last line, if it was not ended.
    pub fn finish(&mut self) -> Option<String> {
        let ended = std::mem::take(&mut self.trailing_cr);
        let line = std::mem::take(&mut self.line);
        (ended || !line.is_empty()).then_some(line)
    }
}

fn is_line_end(char: char) -> bool {
    matches!(
        char,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}
