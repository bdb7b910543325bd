use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;

#[test]
fn a_waiter_that_leaves_leaves_no_trace_in_the_queue() {
    let pool = Arc::new(Pool::new(Limits {
        max_connections: Some(0),
        ..Limits::default()
    }));
    let url = Url::parse("http://host/").expect("a URL");
    let mut cx = Context::from_waker(Waker::noop());
    let mut stays = pin!(pool.checkout((&url).into(), false, None));
    assert!(stays.as_mut().poll(&mut cx).is_pending());
    for _ in 0..100 {
        let mut leaves = Box::pin(pool.checkout((&url).into(), false, None));
        assert!(leaves.as_mut().poll(&mut cx).is_pending());
    }
    assert_eq!(pool.state.lock().queue_length(), 1);
    pool.close();
    match stays.as_mut().poll(&mut cx) {
        Poll::Ready(Err(error)) => assert_eq!(error.kind(), Kind::LocalProtocol),
        _ => panic!("a closed pool serves nobody"),
    }
}

fn granted(pool: &Arc<Pool>, url: &Url) -> Grant {
    match pool.try_checkout(url.into(), true).expect("an open pool") {
        Attempt::Granted(grant) => grant,
        Attempt::Queued(_) => panic!("there was room"),
    }
}

fn queued(pool: &Arc<Pool>, url: &Url) -> Waiting {
    match pool.try_checkout(url.into(), true).expect("an open pool") {
        Attempt::Granted(_) => panic!("a connection is being opened"),
        Attempt::Queued(waiting) => waiting,
    }
}

fn served(
    waiting: &mut std::pin::Pin<Box<impl Future<Output = Result<Grant, Error>>>>,
) -> Option<Grant> {
    let mut cx = Context::from_waker(Waker::noop());
    match waiting.as_mut().poll(&mut cx) {
        Poll::Ready(grant) => Some(grant.expect("a grant")),
        Poll::Pending => None,
    }
}

#[test]
fn one_connection_is_opened_while_it_may_serve_all() {
    let pool = Arc::new(Pool::new(Limits::default()));
    let (url, other) = (
        Url::parse("https://host/").expect("a URL"),
        Url::parse("https://other/").expect("a URL"),
    );
    let Grant::Open(first) = granted(&pool, &url) else {
        panic!("nothing to reuse");
    };
    let mut waiting: Vec<_> = (0..3)
        .map(|_| Box::pin(queued(&pool, &url).wait((&url).into(), None)))
        .collect();
    assert_eq!(pool.counts().0, 1);
    // Another origin is no reason to wait.
    drop(granted(&pool, &other));
    // When it cannot be opened, the next tries.
    drop(first);
    assert_eq!(pool.counts().0, 1);
    let Some(Grant::Open(mut second)) = served(&mut waiting[0]) else {
        panic!("the slot goes to the first in the queue");
    };
    assert!(served(&mut waiting[1]).is_none());
    // HTTP/1.1: the others open their own.
    second.opened_http1();
    assert!(matches!(served(&mut waiting[1]), Some(Grant::Open(_))));
    drop(waiting.remove(2));
    // And the origin is known from now on.
    let parallel: Vec<_> = (0..3).map(|_| granted(&pool, &url)).collect();
    drop((parallel, second));
    assert_eq!(pool.counts(), (0, 0));
}
