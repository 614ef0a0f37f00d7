//! Proof that the emulator enforces the policies of `template.yaml`: with one permission less, a test of the suite fails
//! that passed before, and another one still passes. Without this, a suite that passes would say nothing about permissions.

use super::{Stack, black_box::black_box, options::Options};
use crate::{
    command::{output, run, run_and_watch},
    tools,
};
use std::{fs, path::Path};

/// A permission that is taken out of the template.
struct Control {
    function: &'static str,
    /// The line in the function's policy; it occurs once.
    permission: &'static str,
    /// The line that replaces it: an action that the function never uses.
    instead: &'static str,
    /// The test that must fail then, and passes in the suite.
    test: &'static str,
    /// The function's log group, without the stack's name.
    log: &'static str,
}

const CONTROLS: [Control; 3] = [
    Control {
        function: "ApiFunction",
        permission: "- sqs:SendMessage",
        instead: "- sqs:GetQueueUrl",
        test: "broadcasts::a_role_is_those_who_have_it_now",
        log: "api",
    },
    Control {
        function: "WsConnectFunction",
        permission: "- dynamodb:PutItem",
        instead: "- dynamodb:DescribeTable",
        test: "frames::a_ping_gets_its_pong",
        log: "ws-connect",
    },
    Control {
        function: "FanoutFunction",
        permission: "/POST/@connections/*",
        instead: "/GET/@connections/*",
        test: "create::a_message_that_fits_a_frame_is_whole_there",
        log: "fanout",
    },
];

/// A test that needs none of these permissions, so it still passes. It also invokes the functions once more: the emulator
/// hands the last lines of a log over with the next invocation.
const UNAFFECTED: &str = "create::redirects_lead_to_a_path_or_to_the_web";

/// Takes one permission after the other out of the running stack.
pub(super) fn check(stack: &Stack, options: &Options) -> Result<(), String> {
    let template = fs::read_to_string(super::TEMPLATE)
        .map_err(|error| format!("cannot read {}: {error}", super::TEMPLATE))?;
    let changed = Path::new(super::RUN).join("without-a-permission.yaml");
    for control in &CONTROLS {
        println!("without {} of {}:", control.permission, control.function);
        fs::write(&changed, without(&template, control)?)
            .map_err(|error| format!("cannot write {}: {error}", changed.display()))?;
        stack.redeploy(options, &changed)?;
        let failed_line = format!("test {} ... FAILED", control.test);
        let mut failed = false;
        let mut test = black_box(&["--exact", control.test]);
        let ended = run_and_watch(test.env("BELFRY_URL", stack.url()), |line| failed |= line == failed_line);
        if ended.is_ok() || !failed {
            return Err(format!(
                "{} passes without {} of {}",
                control.test, control.permission, control.function
            ));
        }
        let mut unaffected = black_box(&["--exact", UNAFFECTED]);
        run(unaffected.env("BELFRY_URL", stack.url()))?;
        let group = format!("/aws/lambda/{}-{}", options.name, control.log);
        let mut denials = tools::stack_python()?;
        denials.args(["infra/stack/denials.py", "--endpoint", &stack.endpoint, "--log-group", &group]);
        // When the lines of a log arrive is the emulator's affair, so they are shown and decide nothing.
        println!("failed as it must: {}", output(&mut denials).unwrap_or_else(|error| error));
    }
    Ok(())
}

/// The template with the function's permission replaced.
fn without(template: &str, control: &Control) -> Result<String, String> {
    let heading = format!("\n  {}:\n", control.function);
    let start = template.find(&heading).ok_or(format!("the template has no {}", control.function))?;
    let body = start + heading.len();
    let section = &template[body..];
    // The next line with an indentation of two is the next resource.
    let length = section
        .match_indices("\n  ")
        .find(|(at, _)| section[at + 3..].starts_with(|next: char| next.is_ascii_alphabetic()))
        .map_or(section.len(), |(at, _)| at);
    let section = &section[..length];
    if section.matches(control.permission).count() != 1 {
        return Err(format!("{} must have {} once", control.function, control.permission));
    }
    let changed = section.replace(control.permission, control.instead);
    Ok(format!("{}{changed}{}", &template[..body], &template[body + length..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_out_one_permission_of_one_function() {
        let template = include_str!("../../../../template.yaml");
        for control in &CONTROLS {
            let changed = without(template, control).unwrap();
            let differ: Vec<_> =
                template.lines().zip(changed.lines()).filter(|(before, after)| before != after).collect();
            assert_eq!(differ.len(), 1, "{differ:?}");
            assert!(differ[0].0.contains(control.permission) && differ[0].1.contains(control.instead));
        }
    }
}
