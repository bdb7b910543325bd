//! What the calling thread is doing: polling a coroutine's future, a blocking call's, or neither.

use std::cell::RefCell;
use std::mem;
use std::sync::Arc;
use std::task::Waker;

use rustpython_vm::vm::thread::current_vm_is_set;

use crate::from_python::exchange::Exchange;

/// Whose future is polled now.
#[derive(Default)]
pub(crate) enum Place {
    /// Nobody's that the bridge knows of.
    #[default]
    Outside,
    /// A [`crate::Coroutine`]'s. The exchange is made when an in-line await needs it.
    Coroutine {
        exchange: Option<Arc<Exchange>>,
        root: WakerId,
    },
    /// That of [`crate::block_on`].
    Blocking,
    /// Tasks of a tokio runtime, inside `Runtime::block_on`, where no Python code may run.
    Runtime,
}

thread_local! {
    static PLACE: RefCell<Place> = const { RefCell::new(Place::Outside) };
}

impl Place {
    pub(crate) fn is_blocking() -> bool {
        PLACE.with_borrow(|place| matches!(place, Self::Blocking))
    }

    /// The exchange of the coroutine whose future is polled now.
    pub(crate) fn exchange() -> Option<Arc<Exchange>> {
        PLACE.with_borrow_mut(|place| match place {
            Self::Coroutine { exchange, root } => {
                let exchange = exchange.get_or_insert_with(|| Arc::new(Exchange::new(*root)));
                Some(exchange.clone())
            }
            Self::Outside | Self::Blocking | Self::Runtime => None,
        })
    }
}

/// Tells a coroutine's own waker from those that combinators give to the futures inside. Only a
/// hint: a waker that is not recognized is treated as a combinator's.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct WakerId(usize);

impl WakerId {
    pub(crate) fn of(waker: &Waker) -> Self {
        Self(waker.data() as usize)
    }
}

/// Whether the calling thread may run Python code, and so drop Python objects.
pub(crate) fn python_may_run() -> bool {
    let is_in_runtime = PLACE.try_with(|place| {
        let place = place.try_borrow();
        place.map_or(true, |place| matches!(*place, Place::Runtime))
    });
    // A thread that ends has no place any more, and soon no interpreter either.
    is_in_runtime.is_ok_and(|it| !it) && current_vm_is_set()
}

/// The thread is at a place until this is dropped.
pub(crate) struct Stay {
    previous: Place,
}

impl Stay {
    pub(crate) fn at(place: Place) -> Self {
        let previous = PLACE.replace(place);
        Self { previous }
    }

    /// Ends the stay in a coroutine, and gives its exchange back.
    pub(crate) fn leave(mut self) -> Option<Arc<Exchange>> {
        let place = PLACE.replace(mem::take(&mut self.previous));
        mem::forget(self);
        match place {
            Place::Coroutine { exchange, .. } => exchange,
            Place::Outside | Place::Blocking | Place::Runtime => None,
        }
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        PLACE.replace(mem::take(&mut self.previous));
    }
}
