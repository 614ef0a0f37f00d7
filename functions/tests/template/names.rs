//! Names that the template makes stay within what AWS takes, for every stack name and region.

use serde_yaml_ng::Value;

use crate::template::{Template, tag};

/// The longest name of a stack that docs/deploy.md promises to work. CloudFormation takes 128.
const STACK_NAME: usize = 100;
/// `ap-southeast-1`, and one more.
const REGION: usize = 15;
/// The first part of a stack's id, which is a UUID.
const STACK_ID_PART: usize = 8;

/// Types that are given a name, the property that it is, and how long it may be.
const LIMITS: [(&str, &str, usize); 13] = [
    ("AWS::ApiGatewayV2::Api", "Name", 128),
    ("AWS::ApiGatewayV2::Authorizer", "Name", 128),
    ("AWS::CloudFront::CachePolicy", "CachePolicyConfig.Name", 128),
    ("AWS::CloudFront::Function", "Name", 64),
    ("AWS::CloudFront::OriginAccessControl", "OriginAccessControlConfig.Name", 64),
    ("AWS::CloudFront::ResponseHeadersPolicy", "ResponseHeadersPolicyConfig.Name", 128),
    ("AWS::CloudWatch::Alarm", "AlarmName", 255),
    ("AWS::CloudWatch::Dashboard", "DashboardName", 255),
    ("AWS::Events::EventBus", "Name", 256),
    ("AWS::Logs::DeliveryDestination", "Name", 60),
    ("AWS::Logs::DeliverySource", "Name", 60),
    ("AWS::Logs::LogGroup", "LogGroupName", 512),
    ("AWS::WAFv2::WebACL", "VisibilityConfig.MetricName", 128),
];

/// How long a text becomes at most.
fn longest(value: &Value) -> usize {
    match (tag(value).as_str(), value) {
        ("", plain) => plain.as_str().unwrap().len(),
        ("!Ref", Value::Tagged(name)) if name.value == "AWS::StackName" => STACK_NAME,
        ("!Sub", Value::Tagged(text)) => {
            let text = text.value.as_str().unwrap();
            let filled = text
                .replace("${AWS::StackName}", &"s".repeat(STACK_NAME))
                .replace("${AWS::Region}", &"r".repeat(REGION));
            assert!(!filled.contains("${"), "no length is known of {text}");
            filled.len()
        }
        ("!Join", Value::Tagged(join)) => {
            let parts = join.value[1].as_sequence().unwrap();
            let separators = join.value[0].as_str().unwrap().len() * (parts.len() - 1);
            parts.iter().map(longest).sum::<usize>() + separators
        }
        ("!Select", Value::Tagged(select)) => {
            // The first part of the id: `arn:...:stack/NAME/PART-...`.
            let written = serde_yaml_ng::to_string(&select.value).unwrap();
            assert!(written.contains("AWS::StackId") && select.value[0] == 0, "{written}");
            STACK_ID_PART
        }
        (other, value) => panic!("no length is known of {other}: {value:?}"),
    }
}

#[test]
fn no_name_is_longer_than_aws_takes() {
    let template = Template::read();
    for (kind, property, limit) in LIMITS {
        let resources = template.all(kind);
        assert!(!resources.is_empty(), "there is no {kind}");
        for resource in resources {
            let name = property.split('.').fold(resource.properties, |value, key| &value[key]);
            assert!(longest(name) <= limit, "{}: {} characters", resource.id, longest(name));
        }
    }
}

#[test]
fn every_resource_with_a_name_of_the_stack_has_a_limit() {
    let template = Template::read();
    for (id, kind, _) in template.conditions() {
        let properties = template.resource(id).properties;
        for property in ["Name", "AlarmName", "DashboardName", "LogGroupName", "FunctionName", "TableName"] {
            let own = properties
                .get(property)
                .is_some_and(|name| serde_yaml_ng::to_string(name).unwrap().contains("AWS::Stack"));
            assert!(!own || LIMITS.iter().any(|(known, _, _)| *known == kind), "{id} has no limit");
        }
    }
}

#[test]
fn the_guide_says_how_long_a_stack_name_may_be() {
    let guide = include_str!("../../../docs/deploy.md");
    assert!(guide.contains(&format!("at most {STACK_NAME} characters")));
}
