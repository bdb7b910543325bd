//! What the server answers.

use std::rc::Rc;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;

use super::documents;
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

/// Before an answer that is slow.
const DELAY: Duration = Duration::from_millis(10);

pub(super) async fn answer(
    request: Request<Incoming>,
    gate: Rc<Gate>,
) -> hyper::Result<Response<Full<Bytes>>> {
    let path = request.uri().path().to_owned();
    match path.as_str() {
        "/json" => {}
        "/post" => drop(request.collect().await?),
        "/download" => return Ok(Response::new(Full::new(download()))),
        "/upload" => return Ok(Response::new(Full::new(count(request).await?))),
        "/gzip" => return Ok(gzip()),
        "/delayed" => tokio::time::sleep(DELAY).await,
        "/hold" => gate.hold().await,
        "/release" => gate.release(),
        path => match number_in(path) {
            Some(("/held", count)) => gate.wait_for(count).await,
            Some(("/json", kibibytes)) => return Ok(json(documents::json(kibibytes))),
            _ => return Ok(not_found()),
        },
    }
    Ok(json(Bytes::from_static(JSON.as_bytes())))
}

/// What follows the last slash, and what is before it.
fn number_in(path: &str) -> Option<(&str, usize)> {
    let (path, number) = path.rsplit_once('/')?;
    Some((path, number.parse().ok()?))
}

/// The length of the request's body, in digits.
async fn count(request: Request<Incoming>) -> hyper::Result<Bytes> {
    let (mut body, mut received) = (request.into_body(), 0);
    while let Some(frame) = body.frame().await {
        received += frame?.data_ref().map_or(0, Bytes::len);
    }
    Ok(received.to_string().into())
}

fn gzip() -> Response<Full<Bytes>> {
    let mut response = json(documents::gzip());
    let gzip = HeaderValue::from_static("gzip");
    response.headers_mut().insert(CONTENT_ENCODING, gzip);
    response
}

fn json(text: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(text));
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
