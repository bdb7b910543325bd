//! The contender that is this crate's engine without the interpreter: what is above it in a
//! script's figure is the module's and the bridge's.

use http::header::{ACCEPT, CONNECTION, HeaderValue, USER_AGENT};
use http::{HeaderMap, Method};
use tauraro::engine::http::{HttpTransport, Request, TransportConfig, Url};

use crate::options::Task;
use crate::plain::{runtime, timed};
use crate::server::JSON;

/// What one GET costs, in seconds.
pub(crate) fn measure(task: &Task) -> f64 {
    let transport = HttpTransport::new(TransportConfig::default());
    let url = format!("{}/json", task.url);
    let fields = header_fields();
    runtime().block_on(timed(task.seconds, async || {
        let url = Url::parse(&url).expect("a URL");
        let mut request = Request::new(Method::GET, url);
        request.headers = fields.clone();
        let mut response = transport.send(request).await.expect("a response");
        let body = response.body.read_to_end().await.expect("a body");
        assert_eq!(body.len(), JSON.len());
    }))
}

fn header_fields() -> HeaderMap {
    let mut fields = HeaderMap::new();
    fields.insert(ACCEPT, HeaderValue::from_static("*/*"));
    fields.insert(CONNECTION, HeaderValue::from_static("keep-alive"));
    fields.insert(USER_AGENT, HeaderValue::from_static("engine/1"));
    fields
}
