//! The contender that is this crate's engine without the interpreter: what is above it in a
//! script's figure is the module's and the bridge's.

use http::Method;
use tauraro::engine::http::headers::HeaderList;
use tauraro::engine::http::{HttpTransport, Request, Response, TransportConfig, Url};

use crate::cost::Cost;
use crate::options::Task;
use crate::plain::{runtime, timed};
use crate::server::{DOWNLOAD, JSON};

/// What one operation of a case costs.
pub(crate) fn measure(task: &Task) -> Cost {
    let client = Client {
        transport: HttpTransport::new(TransportConfig::default()),
        fields: fields(),
        url: task.url.clone(),
    };
    runtime().block_on(async {
        match task.case.as_str() {
            "get" => {
                timed(task.seconds, async || {
                    client.read("/json", JSON.len()).await
                })
                .await
            }
            "content" => {
                timed(task.seconds, async || {
                    client.read("/download", DOWNLOAD).await
                })
                .await
            }
            "iter-bytes" => timed(task.seconds, async || client.read_chunks().await).await,
            case => panic!("no case {case:?}"),
        }
    })
}

/// As httpx sends them.
fn fields() -> HeaderList {
    let mut fields = HeaderList::default();
    fields.append(b"Accept", b"*/*");
    fields.append(b"Accept-Encoding", b"gzip, deflate, br, zstd");
    fields.append(b"Connection", b"keep-alive");
    fields.append(b"User-Agent", b"engine/1");
    fields
}

struct Client {
    transport: HttpTransport,
    fields: HeaderList,
    url: String,
}

impl Client {
    async fn get(&self, path: &str) -> Response {
        let url = Url::parse(&format!("{}{path}", self.url)).expect("a URL");
        let mut request = Request::new(Method::GET, url);
        *request.headers_mut() = self.fields.clone();
        self.transport.send(request).await.expect("a response")
    }

    async fn read(&self, path: &str, length: usize) {
        let body = self.get(path).await.body.read_to_end().await;
        assert_eq!(body.expect("a body").len(), length);
    }

    async fn read_chunks(&self) {
        let mut response = self.get("/download").await;
        let mut received = 0;
        while let Some(chunk) = response.body.chunk().await.expect("a chunk") {
            received += chunk.len();
        }
        assert_eq!(received, DOWNLOAD);
    }
}
