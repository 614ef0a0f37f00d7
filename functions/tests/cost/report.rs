//! The tables of `docs/cost.md`.

use std::{env, fs, path::PathBuf};

use crate::{
    limits::Limit,
    operations::measured,
    prices::{CREATE_METRIC_BYTES, Dollars, PUSH_METRIC_BYTES, Trigger, log},
    spent::Spent,
};

const HEAD: &str =
    "| operation | calls | write units | read units | credential, read units | posts | tables, $ | all, $ |";
const LINE: &str = "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |";

fn row((limit, spent): &(Limit, Spent)) -> String {
    let dollars = Dollars::of(limit.trigger, spent);
    format!(
        "| {} | {} | {} | {} | {} | {} | {:.3} | {:.2} |",
        limit.operation,
        spent.calls,
        spent.write_units,
        spent.read_units,
        spent.credential_read_units,
        spent.posts,
        dollars.tables,
        dollars.all(),
    )
}

/// The table, one operation a line.
fn table(measured: &[(Limit, Spent)]) -> String {
    let rows: Vec<_> = measured.iter().map(row).collect();
    format!("{HEAD}\n{LINE}\n{}\n", rows.join("\n"))
}

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/cost.md")
}

/// The document with that table in the place of the one that it has.
fn with_table(document: &str, table: &str) -> String {
    let start = document.find(HEAD).unwrap_or(document.len());
    let rest = &document[start..];
    let old: usize = rest.split_inclusive('\n').take_while(|line| line.starts_with('|')).map(str::len).sum();
    format!("{}{table}{}", &document[..start], &rest[old..])
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "the table, for whoever asks with --nocapture")]
async fn the_cost_that_is_written_down_is_what_was_counted() {
    let table = table(measured().await);
    println!("{table}");
    let document = fs::read_to_string(file()).unwrap();
    let expected = with_table(&document, &table);
    if env::var_os("BELFRY_BLESS").is_some() {
        fs::write(file(), &expected).unwrap();
    }
    let document = fs::read_to_string(file()).unwrap();
    assert!(
        document == expected,
        "docs/cost.md tells other numbers. If those are right: BELFRY_BLESS=1 cargo test -p belfry-functions cost\n{table}"
    );
}

#[tokio::test]
async fn the_cost_of_a_million_notifications_is_the_sum_of_its_parts() {
    let part = |operation: &str, measured: &[(Limit, Spent)]| {
        let (limit, spent) = *measured.iter().find(|(limit, _)| limit.operation == operation).unwrap();
        Dollars::of(limit.trigger, &spent)
    };
    let measured = measured().await;
    let create = part("create for one user", measured);
    let push = part("fan-out of one, to one socket, 10 unread", measured);
    let logs = Trigger::Http.logs();
    let metrics = log(CREATE_METRIC_BYTES + PUSH_METRIC_BYTES);
    let document = fs::read_to_string(file()).unwrap();
    let paragraph = document.split("## A million notifications").nth(1).unwrap();
    for (what, dollars) in [
        ("API Gateway for the creates", create.gateway),
        ("their writes and the senders' credentials", create.tables),
        ("what the pushes read", push.tables),
        ("the two functions", create.functions + push.functions),
        ("the posts", push.gateway),
        ("the access log", logs),
        ("the functions' metrics", metrics),
        ("all", create.all() + push.all() + logs + metrics),
        ("creating one by one", create.all()),
        ("creating by the hundred", part("create for 100 users", measured).all() / 100.0),
    ] {
        assert!(paragraph.contains(&format!("${dollars:.2}")), "{what}: ${dollars:.2}");
    }
}

/// AWS's names of functions are longer than those of the tests.
const NAME_BYTES: usize = 30;

#[tokio::test]
async fn the_metrics_of_an_invocation_are_about_as_long_as_is_reckoned() {
    for (operation, reckoned) in [
        ("create for one user", CREATE_METRIC_BYTES),
        ("fan-out of one, to one socket, 10 unread", PUSH_METRIC_BYTES),
    ] {
        let (_, spent) = measured().await.iter().find(|(limit, _)| limit.operation == operation).unwrap();
        let (bytes, reckoned) = (spent.metric_bytes + NAME_BYTES, usize::try_from(reckoned).unwrap());
        assert!((reckoned - 100..=reckoned).contains(&bytes), "{operation}: {bytes}");
    }
}
