//! Other users of the same machine can reach a runner's ports, but get nothing of its database, its sockets and its queue.
//! The one test of this file has a process of its own, so that every port in it is the runner's.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "what can't go on fails its test")]

use std::{fs, net::Ipv4Addr, path::PathBuf};

use belfry_dynamo::access_key;
use belfry_local::{Options, Runner};
use reqwest::{Client, RequestBuilder};

fn http() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

/// The addresses at which this process listens (proc(5)).
fn listening() -> Vec<String> {
    let links = fs::read_dir("/proc/self/fd").unwrap().flatten();
    let own: Vec<_> = links.filter_map(|link| fs::read_link(link.path()).ok()).collect();
    let table = fs::read_to_string("/proc/self/net/tcp").unwrap();
    let rows = table.lines().skip(1).map(|row| row.split_whitespace().collect::<Vec<_>>());
    let listening =
        rows.filter(|row| row[3] == "0A" && own.contains(&PathBuf::from(format!("socket:[{}]", row[9]))));
    let address = |row: Vec<&str>| {
        let (ip, port) = row[1].split_once(':').unwrap();
        let ip = u32::from_str_radix(ip, 16).unwrap().to_le_bytes();
        format!("{}:{}", Ipv4Addr::from(ip), u16::from_str_radix(port, 16).unwrap())
    };
    listening.map(address).collect()
}

/// Requests that a caller of that port could try.
fn attempts(at: &str) -> Vec<RequestBuilder> {
    let (http, root) = (http(), format!("http://{at}"));
    let operation =
        |target: &str| http.post(&root).header("x-amz-target", target).body(r#"{"TableName":"InboxTable"}"#);
    vec![
        http.get(&root),
        operation("DynamoDB_20120810.Scan"),
        operation("AmazonSQS.SendMessage").body(r#"{"MessageBody":"{}"}"#),
        http.post(format!("{root}/@connections/any")),
        http.get(format!("{root}/@connections/any")),
        http.delete(format!("{root}/@connections/any")),
        http.post(format!("{root}/answers/@connections/any")),
    ]
}

fn signed(request: RequestBuilder, id: &str) -> RequestBuilder {
    request.header("authorization", format!("AWS4-HMAC-SHA256 Credential={id}/20261130/any, Signature=any"))
}

#[tokio::test]
async fn ports_but_the_main_one_ask_for_the_key() {
    let runner = Runner::start(Options::default()).await.unwrap();
    let main = runner.url().rsplit(':').next().unwrap().to_owned();
    let mut others: Vec<_> = listening();
    others.retain(|at| !at.ends_with(&format!(":{main}")));
    assert!(others.len() >= 2, "a database and a management port: {others:?}");
    let mut rebound = Vec::new();
    for at in &others {
        for attempt in attempts(at) {
            let (bare, wrong) = (attempt.try_clone().unwrap(), attempt.try_clone().unwrap());
            assert_eq!(bare.send().await.unwrap().status(), 403, "{at} {attempt:?}");
            assert_eq!(signed(wrong, "other").send().await.unwrap().status(), 403, "{at} {attempt:?}");
            let right =
                signed(attempt, access_key().id()).header("host", "evil.example").send().await.unwrap();
            assert_ne!(right.status(), 403);
            rebound.push(right.status().as_u16());
        }
    }
    // The management port answers to its own name only.
    assert!(rebound.iter().filter(|status| **status == 421).count() >= attempts("any").len(), "{rebound:?}");
    // `localhost` may be either address.
    let ipv6 = fs::read_to_string("/proc/net/if_inet6").unwrap_or_default().contains(" lo");
    for host in if ipv6 { vec!["127.0.0.1", "[::1]"] } else { vec!["127.0.0.1"] } {
        let answer = http().get(format!("http://{host}:{main}/api/health/")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{host}");
    }
    runner.stop().await;
}
