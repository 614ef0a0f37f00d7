//! Whether an issuer is on this machine or its private network, where there is no TLS.

use std::net::Ipv4Addr;

/// The name by which containers reach the machine that they run on.
const HOST_OF_CONTAINERS: &str = "host.docker.internal";

/// Whether it is an http URL whose host is this machine or on a private network. A function on AWS reaches neither. Held
/// equal to what `template.yaml` allows.
pub(super) fn is_private(issuer: &str) -> bool {
    let Some(rest) = issuer.strip_prefix("http://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.split_once(':') {
        Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) && !port.is_empty() => host,
        Some(_) => return false,
        None => authority,
    };
    let is_private_address = |address: Ipv4Addr| address == Ipv4Addr::LOCALHOST || address.is_private();
    host == "localhost" || host == HOST_OF_CONTAINERS || host.parse().is_ok_and(is_private_address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_name_or_an_address_that_leads_to_no_other_network() {
        for private in [
            "http://localhost:8080",
            "http://127.0.0.1/",
            "http://host.docker.internal:8080/realms/a",
            "http://10.0.0.7:80",
            "http://172.17.0.1:8080",
            "http://192.168.1.2",
        ] {
            assert!(is_private(private), "{private}");
        }
        for other in [
            "https://localhost",
            "http://login.example.com",
            "http://localhost.evil.example",
            "http://localhost@evil.example",
            "http://localhost:80@evil.example",
            "http://172.15.0.1",
            "http://192.169.0.1",
            "http://8.8.8.8",
            "http://",
        ] {
            assert!(!is_private(other), "{other}");
        }
    }
}
