//! The Link field of a response (RFC 8288, 3), read as leniently as httpx does.

/// One link: its target, and its parameters in their order.
#[derive(Debug, PartialEq, Eq)]
pub struct Link<'a> {
    /// What the angle brackets hold.
    pub url: &'a str,
    /// Names and values without their quotes.
    pub params: Vec<(&'a str, &'a str)>,
}

const QUOTES: [char; 3] = [' ', '\'', '"'];

/// The links of a field's value. Parameters after a malformed one are left out.
pub fn parse(value: &str) -> Vec<Link<'_>> {
    let value = value.trim_matches(QUOTES);
    if value.is_empty() {
        return Vec::new();
    }
    split(value).into_iter().map(parse_link).collect()
}

/// At each comma, and any spaces, before a `<`.
fn split(value: &str) -> Vec<&str> {
    let mut links = Vec::new();
    let mut start = 0;
    for (comma, _) in value.match_indices(',') {
        let rest = value[comma + 1..].trim_start_matches(' ');
        if comma >= start && rest.starts_with('<') {
            links.push(&value[start..comma]);
            start = value.len() - rest.len() + 1;
        }
    }
    links.push(&value[start..]);
    links
}

fn parse_link(link: &str) -> Link<'_> {
    let (url, params) = link.split_once(';').unwrap_or((link, ""));
    let pairs = params.split(';').map_while(|param| {
        let (name, value) = param.split_once('=')?;
        let is_pair = !value.contains('=');
        is_pair.then(|| (name.trim_matches(QUOTES), value.trim_matches(QUOTES)))
    });
    Link {
        url: url.trim_matches(['<', '>', ' ', '\'', '"']),
        params: pairs.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_have_targets_and_parameters() {
        let links = parse("<https://a/?x,y>; rel=next; type=\"text/html\", <b>;rel='last'");
        assert_eq!(links.len(), 2);
        assert_eq!(links[0].url, "https://a/?x,y");
        assert_eq!(links[0].params, [("rel", "next"), ("type", "text/html")]);
        assert_eq!(
            (links[1].url, &links[1].params[..]),
            ("b", &[("rel", "last")][..])
        );
    }

    #[test]
    fn a_malformed_parameter_ends_the_list() {
        let links = parse("<a>; rel=x; oops; title=y");
        assert_eq!(links[0].params, [("rel", "x")]);
        assert!(parse(" '").is_empty());
        assert!(parse("a")[0].params.is_empty());
    }
}
