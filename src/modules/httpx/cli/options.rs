//! The options, as httpx has them.

use lexopt::{Arg, ValueExt as _};

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub(super) enum Asked {
    /// The help text.
    Help,
    /// A request.
    Request(Box<Options>),
}

/// A request, and how to show its response.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Options {
    pub(super) url: String,
    pub(super) method: Option<String>,
    pub(super) params: Vec<(String, String)>,
    pub(super) content: Option<String>,
    pub(super) data: Vec<(String, String)>,
    /// The name of the form field and the path.
    pub(super) files: Vec<(String, String)>,
    pub(super) json: Option<String>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) cookies: Vec<(String, String)>,
    /// User and password.
    pub(super) auth: Option<(String, String)>,
    pub(super) proxy: Option<String>,
    /// In seconds.
    pub(super) timeout: Option<f64>,
    pub(super) follow_redirects: bool,
    pub(super) no_verify: bool,
    pub(super) http2: bool,
    pub(super) download: Option<String>,
    pub(super) verbose: bool,
}

/// Reads the command line, without the name of the command.
///
/// # Errors
/// A sentence about what makes no sense.
pub(super) fn parse(args: Vec<String>) -> Result<Asked, String> {
    let mut parser = lexopt::Parser::from_args(args);
    parser.set_short_equals(false);
    let mut parse = Parse {
        parser,
        options: Options::default(),
        url: None,
    };
    while let Some(arg) = parse.parser.next().map_err(wording)? {
        let option = match arg {
            Arg::Short(letter) => format!("-{letter}"),
            Arg::Long(name) => format!("--{name}"),
            Arg::Value(value) => {
                let value = value.string().map_err(wording)?;
                parse.positional(value)?;
                continue;
            }
        };
        if option == "--help" {
            return Ok(Asked::Help);
        }
        if !parse.flag(&option) {
            parse.valued(&option)?;
        }
    }
    parse.options.url = parse.url.ok_or("Missing argument 'URL'.")?;
    Ok(Asked::Request(Box::new(parse.options)))
}

struct Parse {
    parser: lexopt::Parser,
    options: Options,
    url: Option<String>,
}

impl Parse {
    fn positional(&mut self, value: String) -> Result<(), String> {
        if self.url.is_some() {
            return Err(format!("Got unexpected extra argument ({value})"));
        }
        self.url = Some(value);
        Ok(())
    }

    /// Sets the flag of an option without a value; false if there is no such option.
    fn flag(&mut self, option: &str) -> bool {
        match option {
            "--follow-redirects" => self.options.follow_redirects = true,
            "--no-verify" => self.options.no_verify = true,
            "--http2" => self.options.http2 = true,
            "-v" | "--verbose" => self.options.verbose = true,
            _ => return false,
        }
        true
    }

    fn valued(&mut self, option: &str) -> Result<(), String> {
        let Self {
            parser, options, ..
        } = self;
        match option {
            "-m" | "--method" => options.method = Some(value(parser, option)?),
            "-p" | "--params" => options.params.push(pair(parser, option)?),
            "-c" | "--content" => options.content = Some(value(parser, option)?),
            "-d" | "--data" => options.data.push(pair(parser, option)?),
            "-f" | "--files" => options.files.push(pair(parser, option)?),
            "-j" | "--json" => options.json = Some(value(parser, option)?),
            "-h" | "--headers" => options.headers.push(pair(parser, option)?),
            "--cookies" => options.cookies.push(pair(parser, option)?),
            "--auth" => options.auth = Some(pair(parser, option)?),
            "--proxy" => options.proxy = Some(value(parser, option)?),
            "--timeout" => options.timeout = Some(seconds(parser, option)?),
            "--download" => options.download = Some(value(parser, option)?),
            _ => return Err(format!("No such option '{option}'.")),
        }
        Ok(())
    }
}

fn value(parser: &mut lexopt::Parser, option: &str) -> Result<String, String> {
    let value = parser.value();
    let value = value.map_err(|_| format!("Option '{option}' requires an argument."))?;
    value.string().map_err(wording)
}

fn pair(parser: &mut lexopt::Parser, option: &str) -> Result<(String, String), String> {
    let missing = |_| format!("Option '{option}' requires 2 arguments.");
    let name = value(parser, option).map_err(missing)?;
    let value = value(parser, option).map_err(missing)?;
    Ok((name, value))
}

fn seconds(parser: &mut lexopt::Parser, option: &str) -> Result<f64, String> {
    let value = value(parser, option)?;
    let seconds = value.trim().parse();
    seconds.map_err(|_| format!("Invalid value for '{option}': '{value}' is not a valid float."))
}

fn wording(error: lexopt::Error) -> String {
    match error {
        lexopt::Error::UnexpectedValue { option, .. } => {
            format!("Option '{option}' does not take a value.")
        }
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Options, parse};

    fn parsed(line: &[&str]) -> Result<Options, String> {
        let args = line.iter().map(|&arg| arg.to_owned()).collect();
        match parse(args)? {
            Asked::Request(options) => Ok(*options),
            Asked::Help => Err("help".to_owned()),
        }
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn options_come_before_and_after_the_url_in_any_spelling() {
        let options = parsed(&["-mPUT", "--timeout=2", "u", "-v", "--no-verify"]);
        let expected = Options {
            url: "u".to_owned(),
            method: Some("PUT".to_owned()),
            timeout: Some(2.0),
            verbose: true,
            no_verify: true,
            ..Options::default()
        };
        assert_eq!(options, Ok(expected));
    }

    #[test]
    fn pairs_add_up_and_may_look_like_options() {
        let options = parsed(&["-p", "a", "-b", "--params=c", "d", "-he", "f", "--", "-u"]);
        let expected = Options {
            url: "-u".to_owned(),
            params: vec![pair("a", "-b"), pair("c", "d")],
            headers: vec![pair("e", "f")],
            ..Options::default()
        };
        assert_eq!(options, Ok(expected));
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (line, message) in [
            (&[][..], "Missing argument 'URL'."),
            (&["u", "w"], "Got unexpected extra argument (w)"),
            (&["u", "-m"], "Option '-m' requires an argument."),
            (&["u", "-p", "a"], "Option '-p' requires 2 arguments."),
            (&["u", "--auth"], "Option '--auth' requires 2 arguments."),
            (&["u", "--bogus"], "No such option '--bogus'."),
            (&["u", "-x"], "No such option '-x'."),
            (
                &["u", "--http2=1"],
                "Option '--http2' does not take a value.",
            ),
            (
                &["u", "--timeout", "soon"],
                "Invalid value for '--timeout': 'soon' is not a valid float.",
            ),
        ] {
            assert_eq!(parsed(line), Err(message.to_owned()), "{line:?}");
        }
    }

    #[test]
    fn help_needs_no_url() {
        assert_eq!(parse(vec!["--help".to_owned()]), Ok(Asked::Help));
    }
}
