//! The loopback ports of the runner.

use std::{
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use tokio::net::TcpListener;

use crate::start_error::StartError;

/// How many free ports are tried until one is free on both addresses.
const TRIES: usize = 20;

/// Listens at the port on 127.0.0.1 and on ::1, since `localhost` may be either; port 0 takes one that is free on both.
/// Without IPv6 it listens on 127.0.0.1 only.
pub(crate) async fn bind_both(port: u16) -> Result<(Vec<TcpListener>, u16), StartError> {
    for _ in 0..TRIES {
        let (ipv4, chosen) = bind(Ipv4Addr::LOCALHOST.into(), port).await?;
        match bind(Ipv6Addr::LOCALHOST.into(), chosen).await {
            Ok((ipv6, _)) => return Ok((vec![ipv4, ipv6], chosen)),
            Err(StartError::PortInUse(_)) if port == 0 => {}
            Err(StartError::PortInUse(_)) => return Err(StartError::PortInUse(port)),
            Err(_) => return Ok((vec![ipv4], chosen)),
        }
    }
    Err(StartError::PortInUse(port))
}

/// Listens at one address; returns the port, too.
pub(crate) async fn bind(address: IpAddr, port: u16) -> Result<(TcpListener, u16), StartError> {
    let bound = async {
        let listener = TcpListener::bind((address, port)).await?;
        let port = listener.local_addr()?.port();
        Ok((listener, port))
    };
    bound.await.map_err(|error: std::io::Error| match error.kind() {
        ErrorKind::AddrInUse => StartError::PortInUse(port),
        _ => StartError::Port(port, error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn takes_one_port_on_both_addresses() {
        let (listeners, port) = bind_both(0).await.unwrap();
        assert!(listeners.iter().all(|listener| listener.local_addr().unwrap().port() == port));
        assert!(matches!(bind_both(port).await, Err(StartError::PortInUse(taken)) if taken == port));
        let ipv6 = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await.is_ok();
        assert_eq!(listeners.len(), if ipv6 { 2 } else { 1 });
    }

    #[tokio::test]
    async fn refuses_a_port_that_is_taken_on_one_address() {
        let Ok((_other, port)) = bind(Ipv6Addr::LOCALHOST.into(), 0).await else { return };
        assert!(matches!(bind_both(port).await, Err(StartError::PortInUse(taken)) if taken == port));
    }
}
