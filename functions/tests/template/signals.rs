//! The rules of the event bus, and the queues behind them.

use std::collections::BTreeSet;

use belfry_functions::signals::contracts;

use crate::template::{Template, text, texts};

#[test]
fn the_rules_let_through_exactly_the_events_that_are_signals() {
    let template = Template::read();
    let mut let_through = BTreeSet::new();
    for rule in template.all("AWS::Events::Rule") {
        assert_eq!(rule.text("EventBusName"), "SignalsBus");
        let pattern = &rule.properties["EventPattern"];
        let source = pattern.get("source").map(|sources| texts(sources)[0].to_owned());
        for kind in texts(&pattern["detail-type"]) {
            assert!(let_through.insert((source.clone(), kind.to_owned())), "{kind} once");
        }
    }
    let known = contracts()
        .into_iter()
        .map(|contract| (contract.source.map(str::to_owned), contract.detail_type.to_owned()))
        .collect();
    assert_eq!(let_through, known);
}

#[test]
fn what_can_not_be_handed_over_or_carried_out_is_kept() {
    let template = Template::read();
    for rule in template.all("AWS::Events::Rule") {
        let target = &rule.properties["Targets"][0];
        assert_eq!(text(&target["Arn"]), "SignalsFunction.Arn", "{}", rule.id);
        assert_eq!(text(&target["DeadLetterConfig"]["Arn"]), "SignalsDeadLetters.Arn", "{}", rule.id);
    }
    let retries = template.resource("SignalsRetries").properties;
    assert_eq!(text(&retries["DestinationConfig"]["OnFailure"]["Destination"]), "SignalsDeadLetters.Arn");
    let redrive = &template.resource("BroadcastQueue").properties["RedrivePolicy"];
    assert_eq!(text(&redrive["deadLetterTargetArn"]), "BroadcastDeadLetters.Arn");
}

#[test]
fn only_the_rules_of_the_bus_may_call_the_function() {
    let template = Template::read();
    let others: Vec<_> = template
        .all("AWS::Lambda::Permission")
        .into_iter()
        .filter(|permission| permission.text("Principal") != "apigateway.amazonaws.com")
        .collect();
    assert_eq!(others.len(), 1);
    let [permission] = others[..] else { return };
    assert_eq!(permission.text("Principal"), "events.amazonaws.com");
    assert_eq!(permission.text("FunctionName"), "SignalsFunction");
    assert!(permission.text("SourceArn").ends_with(":rule/${SignalsBus}/*"));
}

/// Until it is seen again, whoever has the message may be at it.
#[test]
fn a_message_stays_hidden_for_six_times_the_worker_s_timeout() {
    let template = Template::read();
    let timeout = template.function("broadcast").properties["Timeout"].as_i64().unwrap();
    let hidden = template.resource("BroadcastQueue").properties["VisibilityTimeout"].as_i64().unwrap();
    assert_eq!(hidden, 6 * timeout);
    let mapping = template.resource("BroadcastMapping");
    assert_eq!(mapping.properties["BatchSize"], 1);
    assert_eq!(template.source_of("BroadcastFunction"), Some("BroadcastQueue.Arn"));
}
