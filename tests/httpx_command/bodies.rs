//! How responses are shown where nobody looks: plain and exact.

use crate::command::{answering, httpx, response};
use crate::support::http::HttpServer;
use crate::support::tauraro::Tauraro;

#[test]
fn a_response_is_its_status_line_its_fields_and_its_text() {
    let url = answering(
        "HTTP/1.1 203 Good Enough\r\ncontent-type: text/plain\r\nx-a: 1\r\nx-a: 2\r\n\
         content-length: 11\r\n\r\nline\n\x1b[1m\r\n",
    );
    assert_eq!(
        httpx(&[&url]).success(),
        "HTTP/1.1 203 Good Enough\ncontent-type: text/plain\nx-a: 1\nx-a: 2\n\
         content-length: 11\n\nline\n\x1b[1m\r\n"
            .to_owned()
            + "\n"
    );
}

#[test]
fn text_is_decoded_by_its_charset() {
    let server = HttpServer::start();
    let url = format!("{}/encoding/shift_jis", server.url());
    assert_eq!(httpx(&[&url]).body(), "日本語のテキスト\n");
}

#[test]
fn json_is_laid_out_as_json_dumps_does() {
    let url = answering(response(
        "application/json; charset=utf-8",
        r#"{"a":[1,-1.5e3,12345678901234567890,1e400,true,null],"b":{},"c":[],"é\n":"\u00e9\"\ud83d\ude00\ud800/"}"#,
    ));
    let expected = r#"{
    "a": [
        1,
        -1500.0,
        12345678901234567890,
        Infinity,
        true,
        null
    ],
    "b": {},
    "c": [],
    "\u00e9\n": "\u00e9\"\ud83d\ude00\ud800/"
}
"#;
    assert_eq!(httpx(&[&url]).body(), expected);
}

#[test]
fn what_only_claims_to_be_json_is_shown_as_it_is() {
    let url = answering(response("application/json", "{\"a\": 1"));
    assert_eq!(httpx(&[&url]).body(), "{\"a\": 1\n");
}

#[test]
fn json_that_nests_too_deep_is_shown_as_it_is() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let url = answering(response("application/json", &deep));
    assert_eq!(httpx(&[&url]).body(), deep + "\n");
}

#[test]
fn of_a_binary_body_only_the_size_is_shown() {
    let server = HttpServer::start();
    let url = format!("{}/bytes/1000", server.url());
    assert_eq!(httpx(&[&url]).body(), "<1000 bytes of binary data>\n");
}

#[test]
fn no_body_is_no_line() {
    let server = HttpServer::start();
    let empty = httpx(&[&format!("{}/status/204", server.url())]);
    assert_eq!(empty.body(), "");
    let head = httpx(&[&server.url(), "-m", "HEAD"]);
    assert_eq!(head.body(), "");
}

#[test]
fn a_script_can_call_the_command_and_catch_what_it_prints() {
    let server = HttpServer::start();
    let url = server.url();
    let program = format!(
        "import contextlib, io, sys\n\
         import httpx\n\
         print('httpx._main' in sys.modules, '_httpx_cli' in sys.modules)\n\
         printed = io.StringIO()\n\
         with contextlib.redirect_stdout(printed):\n\
         \x20   try:\n\
         \x20       httpx.main(['{url}'])\n\
         \x20   except SystemExit as end:\n\
         \x20       status = end.code\n\
         print(status, printed.getvalue().splitlines()[0], printed.getvalue()[-14:], end='')"
    );
    let output = Tauraro::code(&program).run();
    assert_eq!(
        output.stdout, "False False\n0 HTTP/1.1 200 OK Hello, world!\n",
        "{output:?}"
    );
}

/// The traces are stand-ins; what they are made of is what httpcore gives.
#[test]
fn verbose_shows_what_the_trace_tells_of_the_connection() {
    let program = "import httpx._main\n\
         class Stream:\n\
         \x20   def get_extra_info(self, name):\n\
         \x20       return {'server_addr': ('::1', 80, 0, 0), 'ssl_object': self}[name]\n\
         \x20   def version(self): return 'TLSv1.3'\n\
         \x20   def cipher(self): return ('TLS_AES_256_GCM_SHA384', 'TLSv1.3', 256)\n\
         \x20   def selected_alpn_protocol(self): return None\n\
         step = httpx._main._Screen(False).step\n\
         step('connection.connect_tcp.started', {'host': 'localhost'})\n\
         step('connection.connect_tcp.complete', {'return_value': Stream()})\n\
         step('connection.start_tls.complete', {'return_value': Stream()})\n\
         step('http11.send_request_headers.started', {})";
    let output = Tauraro::code(program).run();
    assert_eq!(
        output.stdout,
        "* Connecting to 'localhost'\n\
         * Connected to '::1' on port 80\n\
         * SSL established using 'TLSv1.3' / 'TLS_AES_256_GCM_SHA384'\n\
         * Selected ALPN protocol: None\n",
        "{output:?}"
    );
}
