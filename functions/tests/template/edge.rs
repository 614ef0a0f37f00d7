//! One origin: what CloudFront does with a request, and what is made only when it is asked for.

use serde_yaml_ng::Value;

use crate::template::{Template, text, texts};

/// AWS' own policies, by the ids that they have in every account.
const CACHING_DISABLED: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_VIEWER_EXCEPT_HOST_HEADER: &str = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

/// What emulators know, and a plain deployment consists of.
const PLAIN: [&str; 17] = [
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Authorizer",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Stage",
    "AWS::DynamoDB::Table",
    "AWS::Events::EventBus",
    "AWS::Events::Rule",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    "AWS::Serverless::Function",
];

fn behaviors(template: &Template) -> &Vec<Value> {
    let config = &template.resource("Distribution").properties["DistributionConfig"];
    config["CacheBehaviors"].as_sequence().unwrap()
}

fn behavior<'a>(template: &'a Template, path: &str) -> &'a Value {
    behaviors(template).iter().find(|behavior| behavior["PathPattern"] == path).unwrap()
}

#[test]
fn the_cdn_runs_the_code_of_its_files() {
    let template = Template::read();
    for (function, file) in [
        ("PageFunction", include_str!("../../../infra/cdn/page.js")),
        ("WebSocketPathFunction", include_str!("../../../infra/cdn/websocket.js")),
    ] {
        assert_eq!(template.resource(function).text("FunctionCode"), file, "{function}");
    }
    assert_eq!(template.all("AWS::CloudFront::Function").len(), 2);
}

#[test]
fn the_path_of_the_sockets_becomes_their_stage() {
    let template = Template::read();
    let stage = template.resource("WebSocketStage").text("StageName");
    let code = template.resource("WebSocketPathFunction").text("FunctionCode");
    assert!(code.contains(&format!("request.uri = '/{stage}';")), "{code}");
    let functions = behavior(&template, "/ws/*")["FunctionAssociations"].as_sequence().unwrap();
    assert_eq!(functions[0]["EventType"], "viewer-request");
    assert_eq!(text(&functions[0]["FunctionARN"]), "WebSocketPathFunction.FunctionMetadata.FunctionARN");
}

#[test]
fn apis_are_asked_every_time_with_all_that_the_browser_sent_but_the_host() {
    let template = Template::read();
    for (path, origin) in [("/api/*", "api"), ("/ws/*", "websocket")] {
        let behavior = behavior(&template, path);
        assert_eq!(behavior["TargetOriginId"], origin);
        assert_eq!(behavior["CachePolicyId"], CACHING_DISABLED, "{path}");
        assert_eq!(behavior["OriginRequestPolicyId"], ALL_VIEWER_EXCEPT_HOST_HEADER, "{path}");
    }
    let elsewhere = behaviors(&template).iter().filter(|behavior| behavior["TargetOriginId"] != "page");
    assert_eq!(elsewhere.count(), 2);
}

/// CloudFront keeps an error for ten seconds, whoever asks, unless it is told not to; and its pages replace the errors of
/// every origin.
#[test]
fn no_error_is_kept_or_replaced_that_the_api_may_give() {
    let template = Template::read();
    let config = &template.resource("Distribution").properties["DistributionConfig"];
    let errors = config["CustomErrorResponses"].as_sequence().unwrap();
    let mut codes = Vec::new();
    for error in errors {
        let code = error["ErrorCode"].as_u64().unwrap();
        codes.push(code);
        assert_eq!(error["ErrorCachingMinTTL"], 0, "{error:?}");
        let page = error.get("ResponsePagePath").map(|_| error["ResponseCode"].as_u64().unwrap());
        assert_eq!(page, [502, 504].contains(&code).then_some(code));
    }
    assert_eq!(codes, [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504]);
}

#[test]
fn no_field_of_the_access_log_holds_a_token_or_a_person() {
    let template = Template::read();
    let fields = texts(&template.resource("EdgeLogDelivery").properties["RecordFields"]);
    assert!(fields.contains(&"cs-uri-stem"));
    for field in fields {
        assert!(!field.contains(['(', ')']), "{field} is a header");
        assert!(!["c-ip", "c-port", "cs-uri-query", "x-forwarded-for"].contains(&field), "{field}");
    }
    let distribution = template.resource("Distribution").properties;
    assert!(distribution["DistributionConfig"].get("Logging").is_none(), "it would hold the query");
}

#[test]
fn a_plain_deployment_makes_only_what_is_common() {
    let template = Template::read();
    for (id, kind, condition) in template.conditions() {
        assert!(condition.is_some() || PLAIN.contains(&kind), "{id}: {kind}");
    }
}

/// The rules of AWS's groups that inspect bodies. A body is people's text, which may quote what these rules look for.
const BODY_RULES: [(&str, &[&str]); 2] = [
    (
        "AWSManagedRulesCommonRuleSet",
        &[
            "CrossSiteScripting_BODY",
            "EC2MetaDataSSRF_BODY",
            "GenericLFI_BODY",
            "GenericRFI_BODY",
            "SizeRestrictions_BODY",
        ],
    ),
    (
        "AWSManagedRulesKnownBadInputsRuleSet",
        &["JavaDeserializationRCE_BODY", "Log4JRCE_BODY", "ReactJSRCE_BODY"],
    ),
];

#[test]
fn no_text_of_a_body_is_refused_by_the_web_acl() {
    let template = Template::read();
    let rules = template.resource("WebAcl").properties["Rules"].as_sequence().unwrap();
    let groups = rules.iter().filter_map(|rule| rule["Statement"].get("ManagedRuleGroupStatement"));
    let mut checked = 0;
    for group in groups {
        let (_, body_rules) = BODY_RULES.iter().find(|(name, _)| group["Name"] == *name).unwrap();
        let overrides = group["RuleActionOverrides"].as_sequence().into_iter().flatten();
        let counted: Vec<_> = overrides
            .filter(|rule| rule["ActionToUse"].get("Count").is_some())
            .filter_map(|rule| rule["Name"].as_str())
            .collect();
        for rule in *body_rules {
            assert!(counted.contains(rule), "{rule} refuses bodies");
            checked += 1;
        }
    }
    assert_eq!(checked, 8);
}

/// A stack on AWS takes messages by TLS only; an emulator, which evaluates policies, is called without.
#[test]
fn every_queue_is_asked_by_tls_only() {
    let template = Template::read();
    let policies = template.all("AWS::SQS::QueuePolicy");
    assert_eq!(policies.len(), template.all("AWS::SQS::Queue").len());
    for policy in policies {
        let statements = policy.properties["PolicyDocument"]["Statement"].as_sequence().unwrap();
        let on_aws = statements.iter().map(|statement| match statement {
            Value::Tagged(choice) => choice.value.as_sequence().unwrap().last().unwrap(),
            plain => plain,
        });
        let mut denied = on_aws.filter(|statement| statement["Effect"] == "Deny");
        let denied = denied.next().unwrap_or_else(|| panic!("{} denies nothing", policy.id));
        assert_eq!(denied["Condition"]["Bool"]["aws:SecureTransport"], "false", "{}", policy.id);
    }
    for (id, kind, condition) in template.conditions() {
        assert!(kind != "AWS::SQS::QueuePolicy" || [None, Some("OnAws")].contains(&condition), "{id}");
    }
}
