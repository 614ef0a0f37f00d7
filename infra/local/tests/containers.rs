//! The front of a stack whose functions run in containers: they reach the issuer by another name and address.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "what can't go on fails its test")]

use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, TcpStream},
};

use belfry_local::{Options, Runner, Stack};

/// On Linux the whole of 127.0.0.0/8 is this machine: an address that is not the one the front listens on by itself.
const OTHER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

async fn front(issuer_host: Option<&str>, listen: Option<IpAddr>) -> (Runner, u16) {
    let stack = Stack {
        http: "http://localhost:9".parse().unwrap(),
        websocket: "ws://localhost:9".parse().unwrap(),
        issuer_host: issuer_host.map(|host| host.parse().unwrap()),
        listen,
    };
    let options = Options { stack: Some(stack), ..Options::default() };
    let runner = Runner::start(options).await.unwrap();
    let port = runner.url().rsplit(':').next().unwrap().parse().unwrap();
    (runner, port)
}

/// The answer to a request for the discovery document, at that address and by that name.
async fn ask(address: Ipv4Addr, port: u16, host: String) -> std::io::Result<String> {
    let asked = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect((address, port))?;
        let request = format!("GET /.well-known/openid-configuration HTTP/1.0\r\nHost: {host}\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    });
    asked.await.unwrap()
}

#[tokio::test]
async fn containers_reach_the_issuer_by_its_name() {
    let (runner, port) = front(Some("host.docker.internal"), Some(OTHER.into())).await;
    let named = format!("host.docker.internal:{port}");
    let answer = ask(OTHER, port, named.clone()).await.unwrap();
    assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
    assert!(answer.contains(&format!(r#""issuer":"http://{named}""#)), "{answer}");
    assert!(answer.contains(&format!(r#""jwks_uri":"http://{named}/.well-known/jwks.json""#)), "{answer}");
    let by_address = ask(OTHER, port, format!("{OTHER}:{port}")).await.unwrap();
    assert!(by_address.starts_with("HTTP/1.0 200"), "{by_address}");
    let foreign = ask(OTHER, port, format!("evil.example:{port}")).await.unwrap();
    assert!(foreign.starts_with("HTTP/1.0 421"), "{foreign}");
    runner.stop().await;
}

#[tokio::test]
async fn without_being_told_it_answers_on_loopback_only() {
    let (runner, port) = front(None, None).await;
    let answer = ask(Ipv4Addr::LOCALHOST, port, format!("localhost:{port}")).await.unwrap();
    assert!(answer.contains(&format!(r#""issuer":"http://localhost:{port}""#)), "{answer}");
    assert!(ask(OTHER, port, format!("localhost:{port}")).await.is_err());
    let by_another_name =
        ask(Ipv4Addr::LOCALHOST, port, format!("host.docker.internal:{port}")).await.unwrap();
    assert!(by_another_name.starts_with("HTTP/1.0 421"), "{by_another_name}");
    runner.stop().await;
}
