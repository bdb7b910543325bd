//! The contract of asyncio's AbstractEventLoop, as its documentation states it.

mod callbacks;
mod ending;
mod errors;
mod io;
mod several;
mod tasks;
mod timers;
