//! An X-Ray daemon that keeps what it is sent.

use std::{net::UdpSocket, time::Duration};

use belfry_cloud::telemetry::Tracer;
use serde_json::Value;

/// No segment is larger.
const MAX_BYTES: usize = 64 * 1024;

pub(crate) struct Daemon(UdpSocket);

impl Daemon {
    pub(crate) fn new() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        Self(socket)
    }

    pub(crate) fn address(&self) -> String {
        self.0.local_addr().unwrap().to_string()
    }

    pub(crate) fn tracer(&self) -> Tracer {
        Tracer::to(&self.address())
    }

    /// The datagrams since the last time this was asked. On loopback what was sent is there.
    pub(crate) fn take_datagrams(&self) -> Vec<String> {
        let mut buffer = vec![0; MAX_BYTES];
        let mut datagrams = Vec::new();
        while let Ok(length) = self.0.recv(&mut buffer) {
            datagrams.push(String::from_utf8(buffer[..length].to_vec()).unwrap());
        }
        datagrams
    }

    /// The segments in them.
    pub(crate) fn take(&self) -> Vec<Value> {
        let segment = |datagram: &String| serde_json::from_str(datagram.split_once('\n').unwrap().1).unwrap();
        self.take_datagrams().iter().map(segment).collect()
    }
}
