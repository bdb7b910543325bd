//! The lines of a response's content.

use std::collections::VecDeque;

use rustpython_vm::{PyObjectRef, PyResult};

use super::parts::{Items, Pass};
use super::texts::Texts;
use crate::engine::http::lines::LineDecoder;
use crate::modules::convert::new_str;
use crate::modules::httpx::with_vm;

/// One pass over the content, line by line.
pub(super) struct Lines {
    texts: Texts,
    decoder: LineDecoder,
    ready: VecDeque<String>,
    ended: bool,
}

impl Items for Lines {
    async fn next_object(&mut self) -> PyResult<Option<PyObjectRef>> {
        let line = self.next().await?;
        Ok(line.map(|line| with_vm(|vm| new_str(&line, vm).into())))
    }
}

impl Lines {
    pub(super) fn new(pass: Pass) -> Self {
        Self {
            texts: Texts::new(pass, None),
            decoder: LineDecoder::default(),
            ready: VecDeque::new(),
            ended: false,
        }
    }

    async fn next(&mut self) -> PyResult<Option<String>> {
        loop {
            if let Some(line) = self.ready.pop_front() {
                return Ok(Some(line));
            }
            if self.ended {
                return Ok(None);
            }
            match self.texts.next().await? {
                Some(text) => self.ready.extend(self.decoder.decode(&text)),
                None => {
                    self.ended = true;
                    self.ready.extend(self.decoder.finish());
                }
            }
        }
    }
}
