//! What stays when the stack goes is named by an output, and the guide says how to remove it.

use crate::template::{Template, tag, text};

fn section<'a>(guide: &'a str, heading: &str) -> &'a str {
    let (_, rest) = guide.split_once(&format!("\n## {heading}\n")).unwrap();
    rest.split_once("\n## ").map_or(rest, |(section, _)| section)
}

#[test]
fn what_stays_is_named_and_removed() {
    let template = Template::read();
    let removal = section(include_str!("../../../docs/deploy.md"), "Removing it");
    let outputs = template.outputs();
    for (id, _, _) in template.retained() {
        let output = outputs.iter().find(|(_, value)| tag(value) == "!Ref" && text(value) == id);
        let (output, _) = output.unwrap_or_else(|| panic!("no output names {id}"));
        assert!(removal.contains(&format!("$(output {output})")), "the guide doesn't remove {output}");
    }
}

/// A bucket that a failed first deployment has made is empty and goes with it. A table stays: its deletion protection would
/// make the rollback fail.
#[test]
fn a_failed_first_deployment_leaves_no_bucket() {
    let template = Template::read();
    let retained = template.retained();
    for (id, kind, policy) in &retained {
        let expected = if *kind == "AWS::DynamoDB::Table" { "Retain" } else { "RetainExceptOnCreate" };
        assert_eq!(*policy, expected, "{id}");
    }
    for kind in ["AWS::DynamoDB::Table", "AWS::S3::Bucket"] {
        let kept = retained.iter().filter(|(_, other, _)| *other == kind).count();
        assert_eq!(kept, template.all(kind).len(), "{kind}");
    }
}
