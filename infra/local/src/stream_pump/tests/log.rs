//! What is logged, by thread: each test runs in one of its own.

use std::{
    cell::RefCell,
    io::{self, Write},
    sync::Once,
};

thread_local! {
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Keeps what is logged from now on.
pub(super) fn begin() {
    static BEGIN: Once = Once::new();
    // For the whole process: what no thread listens to, tracing may switch off for all of them.
    BEGIN.call_once(|| tracing_subscriber::fmt().with_writer(|| Log).init());
}

pub(super) fn of_this_thread() -> String {
    LOG.with_borrow(|log| String::from_utf8(log.clone()).unwrap())
}
