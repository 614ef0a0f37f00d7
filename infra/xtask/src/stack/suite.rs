//! The black-box suite against the deployed template.

use super::{Stack, black_box::black_box, options::Options, permissions};
use crate::{
    command::{output, run, run_and_watch},
    tools,
};

/// What is left out on `MiniStack`, each with what that doesn't do as AWS does.
const SKIPPED: [(&str, &str); 13] = [
    (
        "etag::an_unchanged_answer_says_nothing_of_a_body",
        "it gives a content type to an answer that has none",
    ),
    ("resume::a_socket_that_the_server_closes_is_told_that_it_goes_away", "it closes with 1000"),
    ("frames::a_protocol_error_closes_with_1002", "it closes as its own WebSocket library does"),
    ("frames::a_text_that_is_not_utf_8_closes_with_1007", "it closes as its own WebSocket library does"),
    ("frames::a_binary_frame_closes_with_1003", "it passes binary frames on"),
    ("frames::a_frame_over_32_kb_closes_with_1009", "it has no limit of a frame's size"),
    ("http::a_body_that_no_gateway_takes_is_a_413_problem", "it hands on bodies of more than 10 MB"),
    ("http::the_own_page_passes_the_preflight", "it answers preflights itself"),
    (
        "isolation::what_is_no_id_names_nothing_either",
        "it decodes %2F in a path before it looks for the route",
    ),
    (
        "rate_limit::who_reads_too_fast_is_told_when_to_come_again_and_is_served_then",
        "an instance counts for itself, and it starts as many as calls come at once",
    ),
    (
        "slow::a_flood_of_pings_ends_its_own_socket_and_no_other",
        "ten thousand frames take it longer than the test waits",
    ),
    (
        "slow::a_client_that_asks_and_never_reads_the_answers_is_cut_off",
        "it keeps what a client doesn't read",
    ),
    (
        "slow::a_socket_that_reads_nothing_keeps_no_other_from_any_frame_and_ends",
        "it keeps what a client doesn't read",
    ),
];

/// Deploys, tests and ends it. All functions and the emulator share this machine, and where a call to it takes longer than a
/// function waits, a test fails that wouldn't elsewhere: what fails beside others is tried again by itself.
pub(crate) fn run_suite() -> Result<(), String> {
    run(tools::stack_python()?.args([
        "-m",
        "unittest",
        "discover",
        "--start-directory",
        "infra/stack/tests",
    ]))?;
    let known = output(&mut black_box(&["--list"]))?;
    for (test, reason) in SKIPPED {
        if !known.lines().any(|line| line.strip_suffix(": test") == Some(test)) {
            return Err(format!("there is no test {test}, which is to be left out"));
        }
        println!("left out: {test}: {reason}");
    }
    let options = Options { port: 0, ..Options::default() };
    let stack = Stack::start(&options)?;
    let skips = SKIPPED.iter().flat_map(|(test, _)| ["--skip", test]);
    let mut together = black_box(&["--test-threads", "2", "--exact"]);
    let mut failed = Vec::new();
    let ended = run_and_watch(together.args(skips).env("BELFRY_URL", stack.url()), |line| {
        let name = line.strip_prefix("test ").and_then(|line| line.strip_suffix(" ... FAILED"));
        failed.extend(name.map(str::to_owned));
    });
    if failed.is_empty() {
        ended?;
    } else {
        println!("once more, one after another: {}", failed.join(", "));
        let mut alone = black_box(&["--test-threads", "1", "--exact"]);
        run(alone.args(failed).env("BELFRY_URL", stack.url()))?;
    }
    permissions::check(&stack, &options)
}
