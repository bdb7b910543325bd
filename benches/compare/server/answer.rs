//! What the server answers.

use std::rc::Rc;
use std::sync::OnceLock;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;

use super::gate::Gate;

/// 200 bytes, as `scripts/payload.py` sends them.
pub(crate) const JSON: &str = concat!(
    r#"{"id":4711,"name":"Alice Liddell","email":"alice@example.org","#,
    r#""tags":["reader","writer","admin"],"active":true,"score":12.5,"#,
    r#""address":{"city":"Oxford","country":"GB","zip":"OX1 1DP"},"note":"xxxxxxx"}"#,
);
const _: () = assert!(JSON.len() == 200);

/// The size of the download, in bytes.
pub(crate) const DOWNLOAD: usize = 100 * 1024 * 1024;

pub(super) async fn answer(
    request: Request<Incoming>,
    gate: Rc<Gate>,
) -> hyper::Result<Response<Full<Bytes>>> {
    let path = request.uri().path().to_owned();
    match path.as_str() {
        "/json" => {}
        "/post" => drop(request.collect().await?),
        "/download" => return Ok(Response::new(Full::new(download()))),
        "/hold" => gate.hold().await,
        "/release" => gate.release(),
        path => match path.strip_prefix("/held/").map(str::parse) {
            Some(Ok(count)) => gate.wait_for(count).await,
            _ => return Ok(not_found()),
        },
    }
    Ok(json())
}

fn json() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(JSON.as_bytes())));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

fn download() -> Bytes {
    static CONTENT: OnceLock<Bytes> = OnceLock::new();
    CONTENT
        .get_or_init(|| Bytes::from(vec![b'x'; DOWNLOAD]))
        .clone()
}

fn not_found() -> Response<Full<Bytes>> {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
