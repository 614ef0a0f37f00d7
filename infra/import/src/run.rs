//! The import itself: some lines at a time, in parallel, until the file ends or the store does.

use std::{
    io::{self, BufRead, Write},
    time::Duration,
};

use belfry_cloud::{Connections, Inbox, StoreError, clock};
use belfry_domain::{Notification, Retention, body::InvalidBody};
use futures::{StreamExt, TryStreamExt, stream};

use crate::{Counts, Legacy, OwnerField, Parsed};

/// Between two looks at the sockets so many lines are read.
const PORTION: usize = 1_000;

/// So many of them are written at the same time.
const CONCURRENT: usize = 32;

/// How often a throttled write is taken up again, with twice the pause each time. A user's partition takes a thousand
/// units a second, and a table that was just made takes a while to grow.
const MORE_TRIES: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// Brings lines into inboxes.
#[derive(Debug)]
pub struct Importer {
    /// Where they go; `None`: nowhere, they are only checked.
    pub inbox: Option<Inbox>,
    /// Where open sockets are; `None`: nobody minds.
    pub connections: Option<Connections>,
    /// How long the inbox keeps notifications.
    pub retention: Retention,
    /// Which field names the owner.
    pub owner: OwnerField,
}

/// Why an import ended early. What was imported before is there; the same command goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The export can't be read, or the report not written.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The tables can't be used.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// Somebody would be rung.
    #[error("a socket is open on this stack, and its owner would be rung for what is old")]
    SocketOpen,
}

impl Importer {
    /// Imports every line, and writes to `report` of each that breaks a rule. The counts are true also where it stopped.
    pub async fn run(
        &self,
        mut lines: impl BufRead,
        report: &mut impl Write,
    ) -> (Counts, Result<(), Stopped>) {
        let mut counts = Counts::default();
        let ended = self.import(&mut lines, report, &mut counts).await;
        (counts, ended)
    }

    async fn import(
        &self,
        lines: &mut impl BufRead,
        report: &mut impl Write,
        counts: &mut Counts,
    ) -> Result<(), Stopped> {
        let mut number = 0;
        loop {
            let mut portion = Vec::new();
            let mut ended = false;
            while portion.len() < PORTION && !ended {
                let mut line = Vec::new();
                ended = lines.read_until(b'\n', &mut line)? == 0;
                number += 1;
                if !line.trim_ascii().is_empty() {
                    portion.extend(self.read(number, &line, report, counts)?);
                }
            }
            self.write(portion, counts).await?;
            if ended {
                return Ok(());
            }
        }
    }

    /// What a line makes, if anything.
    fn read(
        &self,
        number: u64,
        line: &[u8],
        report: &mut impl Write,
        counts: &mut Counts,
    ) -> io::Result<Option<Notification>> {
        counts.lines += 1;
        let Parsed { legacy, dropped_link } = match Legacy::parse(line, self.owner) {
            Ok(parsed) => parsed,
            Err(InvalidBody::Fields(errors)) => {
                counts.refused += 1;
                for error in errors {
                    writeln!(report, "line {number}: {} {}", &error.pointer[1..], error.detail)?;
                }
                return Ok(None);
            }
            Err(error) => {
                counts.refused += 1;
                writeln!(report, "line {number}: {error}")?;
                return Ok(None);
            }
        };
        let notification = legacy.into_notification(self.retention, clock::now());
        match (&notification, dropped_link) {
            (None, _) => counts.expired += 1,
            (Some(_), Some(error)) => {
                counts.links_dropped += 1;
                writeln!(report, "line {number}: goes in without its redirect_url, which {}", error.detail)?;
            }
            (Some(_), None) => {}
        }
        Ok(notification)
    }

    async fn write(&self, portion: Vec<Notification>, counts: &mut Counts) -> Result<(), Stopped> {
        let Some(inbox) = &self.inbox else { return Ok(()) };
        if portion.is_empty() {
            return Ok(());
        }
        if let Some(connections) = &self.connections
            && connections.any_open().await?
        {
            return Err(Stopped::SocketOpen);
        }
        let mut written =
            stream::iter(portion).map(|notification| put(inbox, notification)).buffer_unordered(CONCURRENT);
        while let Some(new) = written.try_next().await? {
            let count = if new { &mut counts.imported } else { &mut counts.known };
            *count += 1;
        }
        Ok(())
    }
}

/// Whether it is new.
async fn put(inbox: &Inbox, notification: Notification) -> Result<bool, StoreError> {
    let mut tries = 0;
    loop {
        match inbox.import(notification.clone()).await {
            Err(StoreError::Unavailable(_)) if tries < MORE_TRIES => {
                tokio::time::sleep(FIRST_PAUSE * 2_u32.pow(tries)).await;
                tries += 1;
            }
            outcome => return outcome,
        }
    }
}
