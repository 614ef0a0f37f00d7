//! Traces, in X-Ray. Lambda records each invocation by itself, but a table's stream carries no trace: so the item keeps
//! that of the request which created it, and the fan-out adds a segment of its own to it.

use std::{
    fmt::{self, Display, Formatter},
    net::{SocketAddr, UdpSocket},
    sync::Arc,
    time::Duration,
};

use belfry_domain::Timestamp;
use serde_json::{Value, json};

use crate::Environment;

/// What the daemon expects before each document.
const HEADER: &str = r#"{"format":"json","version":1}"#;

/// A request that X-Ray records: the trace that it belongs to, and the segment in it that asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    root: String,
    parent: String,
}

impl Trace {
    /// Reads a tracing header, such as `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`. None
    /// where the request isn't recorded, or where it isn't such a header: whoever sends a request can name any.
    pub fn sampled(header: &str) -> Option<Self> {
        let field = |name: &str| {
            let mut fields = header.split(';').filter_map(|field| field.trim().split_once('='));
            fields.find(|(key, _)| *key == name).map(|(_, value)| value)
        };
        let (root, parent) = (field("Root")?, field("Parent")?);
        let (time, unique) = root.strip_prefix("1-")?.split_once('-')?;
        let sound = is_hex(time, 8) && is_hex(unique, 24) && is_hex(parent, 16) && field("Sampled")? == "1";
        sound.then(|| Self { root: root.to_owned(), parent: parent.to_owned() })
    }
}

impl Display for Trace {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "Root={};Parent={};Sampled=1", self.root, self.parent)
    }
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

/// A piece of work for a traced request.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    /// Who did it.
    pub name: &'a str,
    /// When it began.
    pub start: Timestamp,
    /// When it was done.
    pub end: Timestamp,
    /// What traces can be searched by.
    pub annotations: &'a [(&'a str, usize)],
}

impl Segment<'_> {
    fn document(&self, trace: &Trace) -> Value {
        let annotations = self.annotations.iter().map(|(name, value)| ((*name).to_owned(), json!(value)));
        json!({
            "name": self.name,
            "id": format!("{:016x}", fastrand::u64(..)),
            "trace_id": trace.root,
            "parent_id": trace.parent,
            "start_time": seconds(self.start),
            "end_time": seconds(self.end),
            "annotations": annotations.collect::<serde_json::Map<_, _>>(),
        })
    }
}

fn seconds(at: Timestamp) -> f64 {
    Duration::from_millis(u64::try_from(at.as_millis()).unwrap_or_default()).as_secs_f64()
}

/// The way to the X-Ray daemon, which Lambda runs beside a function.
#[derive(Clone, Debug, Default)]
pub struct Tracer(Option<Arc<UdpSocket>>);

impl Tracer {
    /// To the daemon at `AWS_XRAY_DAEMON_ADDRESS`, which Lambda sets; nowhere without it.
    pub fn from_env<F: Fn(&str) -> Option<String>>(environment: &mut Environment<F>) -> Self {
        Self::to(&environment.text_or("AWS_XRAY_DAEMON_ADDRESS", ""))
    }

    /// To the daemon at that address and port; nowhere where there is no way to it.
    pub fn to(address: &str) -> Self {
        Self(address.parse().ok().and_then(socket).map(Arc::new))
    }

    /// Sends the segment off. Whether it arrives is nobody's concern, and nobody waits for it.
    pub fn send(&self, trace: &Trace, segment: Segment<'_>) {
        if let Some(socket) = &self.0 {
            let _ = socket.send(format!("{HEADER}\n{}", segment.document(trace)).as_bytes());
        }
    }
}

fn socket(daemon: SocketAddr) -> Option<UdpSocket> {
    let any = if daemon.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let socket = UdpSocket::bind(any).ok()?;
    socket.connect(daemon).ok()?;
    socket.set_nonblocking(true).ok()?;
    Some(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLED: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

    #[test]
    fn a_recorded_request_is_kept_by_its_trace_and_segment_alone() {
        let trace = Trace::sampled(SAMPLED).unwrap();
        assert_eq!(trace.to_string(), SAMPLED);
        assert!(SAMPLED.len() <= 100);
        for same in [
            format!("{SAMPLED};Lineage=a87bd80c:1|68fd508a:5|c512fbe3:2"),
            format!("Self=1-67891234-12456789abcdef012345678;{SAMPLED}"),
            SAMPLED.split(';').rev().collect::<Vec<_>>().join("; "),
        ] {
            assert_eq!(Trace::sampled(&same), Some(trace.clone()), "{same}");
        }
    }

    #[test]
    fn what_is_not_recorded_or_no_header_is_no_trace() {
        for header in [
            "",
            "Sampled=1",
            &SAMPLED.replace("Sampled=1", "Sampled=0"),
            &SAMPLED.replace("Sampled=1", "Sampled=?"),
            &SAMPLED.replace(";Sampled=1", ""),
            &SAMPLED.replace("Parent=53995c3f42cd8ad8;", ""),
            &SAMPLED.replace("1-5759e988", "2-5759e988"),
            &SAMPLED.replace("5759e988", "5759E988"),
            &SAMPLED.replace("5759e988", "5759e98"),
            &SAMPLED.replace("53995c3f42cd8ad8", "ana@example.com!"),
        ] {
            assert_eq!(Trace::sampled(header), None, "{header}");
        }
    }

    #[test]
    fn the_daemon_is_sent_the_segment_behind_its_header() {
        let daemon = UdpSocket::bind("127.0.0.1:0").unwrap();
        let tracer = Tracer::to(&daemon.local_addr().unwrap().to_string());
        let (start, end) =
            (Timestamp::from_millis(1_478_293_361_271), Timestamp::from_millis(1_478_293_361_449));
        let segment = Segment { name: "belfry-fanout", start, end, annotations: &[("sockets", 2)] };
        tracer.send(&Trace::sampled(SAMPLED).unwrap(), segment);
        let mut datagram = [0; 1_024];
        daemon.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let length = daemon.recv(&mut datagram).unwrap();
        let text = std::str::from_utf8(&datagram[..length]).unwrap();
        let (header, document) = text.split_once('\n').unwrap();
        assert_eq!(header, HEADER);
        let mut document: Value = serde_json::from_str(document).unwrap();
        assert!(is_hex(document["id"].take().as_str().unwrap(), 16));
        let expected = json!({
            "name": "belfry-fanout",
            "id": null,
            "trace_id": "1-5759e988-bd862e3fe1be46a994272793",
            "parent_id": "53995c3f42cd8ad8",
            "start_time": 1_478_293_361.271,
            "end_time": 1_478_293_361.449,
            "annotations": { "sockets": 2 },
        });
        assert_eq!(document, expected);
    }

    #[test]
    fn without_a_daemon_nothing_happens() {
        let (trace, now) = (Trace::sampled(SAMPLED).unwrap(), crate::clock::now());
        let segment = Segment { name: "belfry-fanout", start: now, end: now, annotations: &[] };
        let closed = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        for address in ["", "nowhere", closed.as_str()] {
            let tracer = Tracer::to(address);
            for _ in 0..3 {
                tracer.send(&trace, segment);
            }
        }
    }
}
