//! Each function is given the variables that it asks for, and no other.

use std::{cell::RefCell, collections::BTreeSet, rc::Rc};

use belfry_cloud::{ConfigError, Environment, auth::IssuerUrl};
use belfry_dynamo::{names, tables};
use belfry_functions::{
    api, broadcast, fanout,
    signals::function as signals,
    socket::{authorizer, connect, disconnect::Disconnect, frame},
};

use crate::{
    support::world::World,
    template::{Template, tag, text},
};

type Lookup = Box<dyn Fn(&str) -> Option<String>>;

/// What Lambda itself tells every function.
const BY_LAMBDA: [&str; 2] = ["AWS_LAMBDA_FUNCTION_NAME", "AWS_XRAY_DAEMON_ADDRESS"];

/// What is asked of an empty environment, but for what Lambda tells.
fn asked<T>(read: impl FnOnce(Environment<Lookup>) -> Result<T, ConfigError>) -> BTreeSet<String> {
    let names = Rc::new(RefCell::new(BTreeSet::new()));
    let asked = Rc::clone(&names);
    let lookup: Lookup = Box::new(move |name| {
        if !BY_LAMBDA.contains(&name) {
            asked.borrow_mut().insert(name.to_owned());
        }
        None
    });
    assert!(read(Environment::new(lookup)).is_err(), "something must be missing");
    names.take()
}

#[tokio::test]
async fn every_function_is_given_exactly_what_it_asks_for() {
    let aws = World::new().await.aws;
    let asked = [
        ("api", asked(api::Settings::from_env)),
        ("broadcast", asked(broadcast::Settings::from_env)),
        ("fanout", asked(fanout::Settings::from_env)),
        ("signals", asked(signals::Settings::from_env)),
        ("ws_authorizer", asked(authorizer::Settings::from_env)),
        ("ws_connect", asked(connect::Settings::from_env)),
        ("ws_default", asked(frame::Settings::from_env)),
        ("ws_disconnect", asked(|environment| Disconnect::from_env(&aws, environment))),
    ];
    let template = Template::read();
    assert_eq!(asked.len(), template.functions().len());
    for (bin, asked) in asked {
        let variables = template.function(bin).properties["Environment"]["Variables"].as_mapping().unwrap();
        let given: BTreeSet<_> = variables.keys().map(|name| name.as_str().unwrap().to_owned()).collect();
        assert_eq!(given, asked, "{bin}");
    }
}

/// The variables of a function of that deployment: each number by `number`, everything else a text.
fn settings_of(bin: &str, number: impl Fn(&serde_yaml_ng::Value) -> Option<i64>) -> Environment<Lookup> {
    let template = Template::read();
    let variables = template.function(bin).properties["Environment"]["Variables"].clone();
    let told: Vec<(String, Option<String>)> = variables
        .as_mapping()
        .unwrap()
        .iter()
        .map(|(name, value)| {
            let parameter = template.parameter(text(value));
            let told = match parameter["Type"].as_str() {
                Some("Number") => number(parameter).map(|number| number.to_string()),
                _ if text(value) == "OidcIssuer" => Some("https://login.example.com".to_owned()),
                _ => Some(format!("of-{}", text(value))),
            };
            (name.as_str().unwrap().to_owned(), told)
        })
        .collect();
    Environment::new(Box::new(move |asked| {
        told.iter().find(|(name, _)| name == asked).and_then(|(_, value)| value.clone())
    }))
}

#[test]
fn the_defaults_of_the_parameters_are_those_of_the_code() {
    let by_template = settings_of("api", |parameter| parameter["Default"].as_i64());
    let by_code = settings_of("api", |_| None);
    let [by_template, by_code] = [by_template, by_code]
        .map(|environment| format!("{:?}", api::Settings::from_env(environment).unwrap()));
    assert_eq!(by_template, by_code);
    let by_template = settings_of("ws_default", |parameter| parameter["Default"].as_i64());
    let by_code = settings_of("ws_default", |_| None);
    let [by_template, by_code] = [by_template, by_code]
        .map(|environment| format!("{:?}", frame::Settings::from_env(environment).unwrap()));
    assert_eq!(by_template, by_code);
    let by_template = settings_of("broadcast", |parameter| parameter["Default"].as_i64());
    let by_code = settings_of("broadcast", |_| None);
    let [by_template, by_code] = [by_template, by_code]
        .map(|environment| format!("{:?}", broadcast::Settings::from_env(environment).unwrap()));
    assert_eq!(by_template, by_code);
}

#[test]
fn every_number_that_a_parameter_allows_is_one_that_the_code_takes() {
    for end in ["MinValue", "MaxValue"] {
        let environment = |bin| settings_of(bin, |parameter| Some(parameter[end].as_i64().unwrap()));
        api::Settings::from_env(environment("api")).unwrap();
        broadcast::Settings::from_env(environment("broadcast")).unwrap();
        frame::Settings::from_env(environment("ws_default")).unwrap();
    }
}

#[test]
fn the_variables_of_tables_name_the_tables_that_the_runner_makes() {
    let template = Template::read();
    let made: BTreeSet<_> = tables().unwrap().into_iter().map(|table| table.name).collect();
    assert_eq!(made, [names::CONNECTIONS, names::DIRECTORY, names::INBOX].map(str::to_owned).into());
    for function in template.functions() {
        for (name, value) in function.properties["Environment"]["Variables"].as_mapping().unwrap() {
            let table = match name.as_str().unwrap() {
                "INBOX_TABLE" => names::INBOX,
                "CONNECTIONS_TABLE" => names::CONNECTIONS,
                "DIRECTORY_TABLE" => names::DIRECTORY,
                other => {
                    assert!(!other.ends_with("_TABLE"), "{other} names no known table");
                    continue;
                }
            };
            assert_eq!((tag(value).as_str(), text(value)), ("!Ref", table), "{}", function.id);
        }
    }
}

#[test]
fn the_variables_of_queues_name_the_queues() {
    let template = Template::read();
    for function in template.functions() {
        for (name, value) in function.properties["Environment"]["Variables"].as_mapping().unwrap() {
            let queue = match name.as_str().unwrap() {
                "BROADCAST_QUEUE_URL" => "BroadcastQueue",
                "DEAD_LETTER_QUEUE_URL" => "SignalsDeadLetters",
                other => {
                    assert!(!other.ends_with("_QUEUE_URL"), "{other} names no known queue");
                    continue;
                }
            };
            assert_eq!((tag(value).as_str(), text(value)), ("!Ref", queue), "{}", function.id);
        }
    }
}

#[test]
fn posts_go_to_the_stage_of_the_websocket() {
    let template = Template::read();
    let stage = template.resource("WebSocketStage");
    assert_eq!(stage.text("ApiId"), "WebSocketApi");
    for bin in ["api", "fanout", "signals", "ws_connect", "ws_default"] {
        let endpoint = &template.function(bin).properties["Environment"]["Variables"]["WEBSOCKET_ENDPOINT"];
        assert!(text(endpoint).starts_with("https://${WebSocketApi}.execute-api."), "{bin}");
        assert!(text(endpoint).ends_with("/${WebSocketStage}"), "{bin}");
        let on_emulators = endpoint_on_emulators(endpoint);
        assert_eq!(on_emulators, "${ExecuteApiUrl}/${WebSocketApi}/${WebSocketStage}", "{bin}");
    }
}

fn endpoint_on_emulators(endpoint: &serde_yaml_ng::Value) -> &str {
    let serde_yaml_ng::Value::Tagged(condition) = endpoint else { panic!("no condition: {endpoint:?}") };
    assert_eq!((condition.tag.to_string().as_str(), text(&condition.value[0])), ("!If", "Emulated"));
    text(&condition.value[1])
}

#[test]
fn the_template_allows_the_issuers_that_the_functions_accept() {
    let template = Template::read();
    let pattern = text(&template.parameter("OidcIssuer")["AllowedPattern"]);
    let pattern = regex_lite::Regex::new(pattern).unwrap();
    let accepted = [
        "https://login.example.com/",
        "https://login.example.com:8443/realms/a",
        "https://localhost",
        "http://localhost:8000",
        "http://127.0.0.1:1/realm",
        "http://127.1.2.3",
        "http://[::1]:1",
        "http://host.docker.internal:8080/realms/a",
        "http://10.0.0.7:80",
        "http://172.17.0.1:8080",
        "http://172.31.0.1",
        "http://192.168.1.2",
    ];
    let refused = [
        "",
        "login.example.com",
        "http://",
        "http://login.example.com",
        "http://localhost.evil.example",
        "http://localhost@evil.example",
        "http://localhost:80@evil.example",
        "http://ana:secret@localhost",
        "http://172.15.0.1",
        "http://172.32.0.1",
        "http://192.169.0.1",
        "http://8.8.8.8",
        "http://[::2]:1",
        "ftp://localhost",
        "HTTPS://a.example",
        "https:a.example",
        "https:\\\\a.example",
        "https://a.example\\b",
        "https://a.example/?b",
        "https://a.example/#b",
        "https://ana@a.example",
        "https://a.example/ b",
        " https://a.example",
    ];
    for (issuers, counts) in [(&accepted[..], true), (&refused[..], false)] {
        for issuer in issuers {
            assert_eq!(issuer.parse::<IssuerUrl>().is_ok(), counts, "function: {issuer}");
            assert_eq!(pattern.is_match(issuer), counts, "template: {issuer}");
        }
    }
}
