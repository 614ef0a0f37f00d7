//! Listening to what is logged.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use belfry_cloud::telemetry;
use tracing::subscriber::{DefaultGuard, set_default};

/// The lines of this thread's functions, at the level `TRACE`, until it is dropped.
pub(crate) struct Capture {
    written: Written,
    _guard: DefaultGuard,
}

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Capture {
    pub(crate) fn start() -> Self {
        let written = Written::default();
        let writer = written.clone();
        let guard = set_default(telemetry::subscriber("TRACE", "all", move || writer.clone()));
        Self { written, _guard: guard }
    }

    /// The lines since the last time this was asked.
    pub(crate) fn take(&self) -> Vec<String> {
        let bytes = std::mem::take(&mut *self.written.0.lock().unwrap());
        String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
