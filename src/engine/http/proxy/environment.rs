//! The proxies that the environment names.

use std::net::{Ipv4Addr, Ipv6Addr};

/// A URL pattern and the proxy for the URLs that it matches; `None`: no proxy for them.
pub type Mount = (String, Option<String>);

/// The mounts that `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` ask for, in any case.
pub fn mounts() -> Vec<Mount> {
    mounts_of(variables())
}

fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| {
        let name = name.into_string().ok()?;
        Some((name, value.to_string_lossy().into_owned()))
    })
}

/// [`mounts`] for the given variables.
pub fn mounts_of(variables: impl IntoIterator<Item = (String, String)>) -> Vec<Mount> {
    let proxies = Proxies::of(variables);
    let mut mounts = Vec::new();
    for scheme in ["http", "https", "all"] {
        if let Some(proxy) = proxies.get(scheme) {
            mounts.push((format!("{scheme}://"), Some(with_scheme(proxy))));
        }
    }
    for host in proxies.get("no").unwrap_or_default().split(',') {
        match host.trim() {
            "*" => return Vec::new(),
            "" => {}
            host => exempt(&mut mounts, exemption(host)),
        }
    }
    mounts
}

/// The proxy of the first of `schemes` that has one, for a connection to `host` and `port`; none
/// when `NO_PROXY` exempts that. The rules are those of Python's urllib.request: an entry of
/// `NO_PROXY` is a host or `host:port` with its subdomains, or `*`.
pub fn proxy_for<'a>(schemes: &[&'a str], host: &str, port: u16) -> Option<(&'a str, String)> {
    let proxies = Proxies::of(variables());
    if proxies.exempts(host, port) {
        return None;
    }
    let named = |scheme: &&'a str| Some((*scheme, proxies.get(scheme)?.to_owned()));
    schemes.iter().find_map(named)
}

/// The last one said of a pattern holds, in the place of the first.
fn exempt(mounts: &mut Vec<Mount>, pattern: String) {
    match mounts.iter_mut().find(|(known, _)| *known == pattern) {
        Some((_, proxy)) => *proxy = None,
        None => mounts.push((pattern, None)),
    }
}

fn with_scheme(proxy: &str) -> String {
    match proxy.contains("://") {
        true => proxy.to_owned(),
        false => format!("http://{proxy}"),
    }
}

/// The pattern for an entry of `NO_PROXY`: a host with its subdomains, only the subdomains when it
/// begins with a dot, or an address. Of a network in CIDR notation only the address counts.
fn exemption(host: &str) -> String {
    let address = host.split('/').next().unwrap_or_default();
    if host.contains("://") {
        host.to_owned()
    } else if is_ipv6(address) {
        format!("all://[{host}]")
    } else if address.parse::<Ipv4Addr>().is_ok() || host.eq_ignore_ascii_case("localhost") {
        format!("all://{host}")
    } else {
        format!("all://*{host}")
    }
}

/// Also with a zone, as `fe80::1%eth0`.
fn is_ipv6(text: &str) -> bool {
    let (address, zone) = match text.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (text, None),
    };
    let zone_is_fine = zone.is_none_or(|zone| !zone.is_empty() && !zone.contains('%'));
    zone_is_fine && address.parse::<Ipv6Addr>().is_ok()
}

/// The variables whose names end in `_proxy`, by the part before that, in lower case.
#[derive(Default)]
struct Proxies(Vec<(String, String)>);

impl Proxies {
    /// The names in lower case win, also when they are empty. In a CGI script `HTTP_PROXY` is the
    /// `Proxy` field of a request, which anyone may send, and does not count (CVE-2016-1000110).
    fn of(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let variables: Vec<_> = variables.into_iter().collect();
        let mut proxies = Self::default();
        for (name, value) in &variables {
            proxies.set(&name.to_lowercase(), value, true);
        }
        if variables.iter().any(|(name, _)| name == "REQUEST_METHOD") {
            proxies.set("http_proxy", "", false);
        }
        for (name, value) in &variables {
            if name.ends_with("_proxy") {
                proxies.set(&name.to_lowercase(), value, false);
            }
        }
        proxies
    }

    fn set(&mut self, name: &str, value: &str, ignore_empty: bool) {
        let Some(scheme) = name.strip_suffix("_proxy") else {
            return;
        };
        if value.is_empty() && ignore_empty {
            return;
        }
        self.0.retain(|(known, _)| known != scheme);
        if !value.is_empty() {
            self.0.push((scheme.to_owned(), value.to_owned()));
        }
    }

    fn exempts(&self, host: &str, port: u16) -> bool {
        let host = host.to_ascii_lowercase();
        let with_port = format!("{host}:{port}");
        let is_or_is_under = |name: &str, domain: &str| match name.strip_suffix(domain) {
            Some(rest) => rest.is_empty() || rest.ends_with('.'),
            None => false,
        };
        let exempt = self.get("no").unwrap_or_default();
        exempt == "*"
            || exempt.split(',').any(|entry| {
                let domain = entry.trim().trim_start_matches('.').to_lowercase();
                !domain.is_empty()
                    && (is_or_is_under(&host, &domain) || is_or_is_under(&with_port, &domain))
            })
    }

    fn get(&self, scheme: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == scheme);
        found.map(|(_, value)| value.as_str())
    }
}
