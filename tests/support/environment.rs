//! All servers at once, and the environment variables that tell a script where they are.

use super::http::HttpServer;
use super::misbehaving::{MisbehavingServer, RefusingPort};
use super::tauraro::Tauraro;
use super::tls::{Authority, Certificate};
use super::websocket::WebSocketServer;

/// One of every server, for one script: its counters are that script's alone.
pub struct Servers<'a> {
    authority: &'a Authority,
    http: HttpServer,
    https: HttpServer,
    expired: HttpServer,
    other_host: HttpServer,
    unknown_authority: HttpServer,
    known_clients: HttpServer,
    http2: HttpServer,
    tls_1_2: HttpServer,
    ws: WebSocketServer,
    wss: WebSocketServer,
    misbehaving: MisbehavingServer,
    refusing: RefusingPort,
}

impl<'a> Servers<'a> {
    /// Starts them all.
    pub fn start(authority: &'a Authority) -> Self {
        Self {
            authority,
            http: HttpServer::start(),
            https: authority.start_https(Certificate::Good),
            expired: authority.start_https(Certificate::Expired),
            other_host: authority.start_https(Certificate::OtherHost),
            unknown_authority: authority.start_https(Certificate::UnknownAuthority),
            known_clients: authority.start_for_known_clients(),
            http2: authority.start_http2(),
            tls_1_2: authority.start_tls_1_2(),
            ws: WebSocketServer::start(),
            wss: WebSocketServer::start_tls(authority.server_config(Certificate::Good)),
            misbehaving: MisbehavingServer::start(),
            refusing: RefusingPort::reserve(),
        }
    }

    /// The plain HTTP server, for its counters.
    pub fn http(&self) -> &HttpServer {
        &self.http
    }

    /// The plain WebSocket server, for its counters.
    pub fn ws(&self) -> &WebSocketServer {
        &self.ws
    }

    /// The variables, by name. `SSL_CERT_FILE` makes the test authority the only trusted one.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let file = |name| self.authority.file(name).to_string_lossy().into_owned();
        let authority = self.authority.pem_file().to_string_lossy().into_owned();
        vec![
            ("TAURARO_TEST_HTTP", self.http.url()),
            ("TAURARO_TEST_HTTP_STATS", self.http.stats_url()),
            ("TAURARO_TEST_HTTPS", self.https.url()),
            ("TAURARO_TEST_HTTPS_STATS", self.https.stats_url()),
            ("TAURARO_TEST_HTTPS_EXPIRED", self.expired.url()),
            ("TAURARO_TEST_HTTPS_WRONG_HOST", self.other_host.url()),
            (
                "TAURARO_TEST_HTTPS_UNKNOWN_CA",
                self.unknown_authority.url(),
            ),
            ("TAURARO_TEST_HTTPS_KNOWN_CLIENTS", self.known_clients.url()),
            ("TAURARO_TEST_HTTPS_TLS_1_2", self.tls_1_2.url()),
            ("TAURARO_TEST_HTTP2", self.http2.url()),
            ("TAURARO_TEST_HTTP2_STATS", self.http2.stats_url()),
            ("TAURARO_TEST_OTHER_CA", file("other-ca.pem")),
            ("TAURARO_TEST_CLIENT_CERT", file("client.pem")),
            ("TAURARO_TEST_CLIENT_KEY", file("client.key")),
            (
                "TAURARO_TEST_CLIENT_ENCRYPTED_KEY",
                file("client.encrypted.key"),
            ),
            ("TAURARO_TEST_SERVER_CERT", file("server.pem")),
            ("TAURARO_TEST_SERVER_KEY", file("server.key")),
            ("TAURARO_TEST_WS", self.ws.url()),
            ("TAURARO_TEST_WS_STATS", self.ws.stats_url()),
            ("TAURARO_TEST_WSS", self.wss.url()),
            ("TAURARO_TEST_BAD", self.misbehaving.url()),
            ("TAURARO_TEST_HASTY", self.misbehaving.hasty_url()),
            ("TAURARO_TEST_REFUSED", self.refusing.url("http")),
            ("TAURARO_TEST_CA", authority.clone()),
            ("SSL_CERT_FILE", authority),
        ]
    }

    /// Tells `run` where the servers are.
    pub fn tell(&self, run: Tauraro) -> Tauraro {
        self.environment()
            .iter()
            .fold(run, |run, (name, value)| run.env(name, value))
    }
}
