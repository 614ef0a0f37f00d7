//! Each route leads to the function that handles its events, and API Gateway may call it.

use std::collections::BTreeMap;

use crate::{
    support::sample::{event, names},
    template::{Resource, Template, named, texts},
};

/// The bin that a route leads to.
fn bin_of(template: &Template, route: Resource<'_>) -> String {
    let target = route.text("Target");
    let integration = template.resource(named(target)[0]);
    assert_eq!(target, format!("integrations/${{{}}}", integration.id));
    assert_eq!(integration.text("ApiId"), route.text("ApiId"));
    assert_eq!(integration.text("IntegrationType"), "AWS_PROXY");
    called_by(template, integration.text("IntegrationUri"))
}

/// The bin of the function that a URI invokes, by its ARN alone or within API Gateway's path.
fn called_by(template: &Template, uri: &str) -> String {
    let function = match uri.strip_suffix(".Arn") {
        Some(function) => function,
        None => named(uri)[0],
    };
    template.resource(function).bin().to_owned()
}

/// The routes of an API, with the bins they lead to.
fn routes(template: &Template, api: &str) -> BTreeMap<String, String> {
    let all = template.all("AWS::ApiGatewayV2::Route");
    let of_api = all.into_iter().filter(|route| route.text("ApiId") == api);
    of_api.map(|route| (route.text("RouteKey").to_owned(), bin_of(template, route))).collect()
}

fn map(routes: &[(&str, &str)]) -> BTreeMap<String, String> {
    routes.iter().map(|(key, bin)| ((*key).to_owned(), (*bin).to_owned())).collect()
}

#[test]
fn the_websocket_has_three_routes_and_the_http_api_one() {
    let template = Template::read();
    let websocket =
        [("$connect", "ws_connect"), ("$default", "ws_default"), ("$disconnect", "ws_disconnect")];
    assert_eq!(routes(&template, "WebSocketApi"), map(&websocket));
    assert_eq!(routes(&template, "HttpApi"), map(&[("ANY /api/{proxy+}", "api")]));
    assert_eq!(template.all("AWS::ApiGatewayV2::Route").len(), 4);
}

#[test]
fn every_sample_came_by_the_route_of_its_function() {
    let template = Template::read();
    let routes = [routes(&template, "WebSocketApi"), routes(&template, "HttpApi")].map(BTreeMap::into_iter);
    let routes: BTreeMap<_, _> = routes.into_iter().flatten().collect();
    for name in names() {
        let bin = name.split_once('-').map_or(name.as_str(), |(bin, _)| bin);
        let event = event(&name);
        if let Some(key) = event["requestContext"]["routeKey"].as_str() {
            // The authorizer is asked before the route that it guards.
            let asked = if bin == "ws_authorizer" { "ws_connect" } else { bin };
            assert_eq!(routes[key], asked, "{name}");
        }
        if let Some(path) = event["rawPath"].as_str() {
            assert!(path.starts_with("/api/"), "{name}");
        }
    }
}

#[test]
fn only_connecting_is_authorized_and_by_the_authorizer() {
    let template = Template::read();
    for route in template.all("AWS::ApiGatewayV2::Route") {
        let custom = route.text("AuthorizationType") == "CUSTOM";
        assert_eq!(custom, route.text("RouteKey") == "$connect", "{}", route.id);
        if custom {
            let authorizer = template.resource(route.text("AuthorizerId"));
            assert_eq!(called_by(&template, authorizer.text("AuthorizerUri")), "ws_authorizer");
            assert_eq!(authorizer.text("AuthorizerType"), "REQUEST");
        }
    }
}

/// API Gateway asks the authorizer only where every identity source is there, and answers 401 by itself otherwise.
#[test]
fn no_single_place_of_the_credential_is_required_before_the_authorizer_is_asked() {
    let template = Template::read();
    for authorizer in template.all("AWS::ApiGatewayV2::Authorizer") {
        assert_eq!(texts(&authorizer.properties["IdentitySource"]), Vec::<&str>::new(), "{}", authorizer.id);
    }
}

#[test]
fn both_apis_are_throttled() {
    let template = Template::read();
    for stage in template.all("AWS::ApiGatewayV2::Stage") {
        let settings = &stage.properties["DefaultRouteSettings"];
        for limit in ["ThrottlingRateLimit", "ThrottlingBurstLimit"] {
            assert!(
                settings[limit].as_u64().is_some_and(|limit| (1..10_000).contains(&limit)),
                "{}",
                stage.id
            );
        }
    }
}

#[test]
fn no_frame_chooses_its_route() {
    let template = Template::read();
    assert_eq!(template.resource("WebSocketApi").text("RouteSelectionExpression"), r"\$default");
}

#[test]
fn api_gateway_may_call_each_function_from_its_own_route_and_no_other() {
    let template = Template::read();
    let permissions: BTreeMap<_, _> = template
        .all("AWS::Lambda::Permission")
        .into_iter()
        .filter(|permission| permission.text("Principal") == "apigateway.amazonaws.com")
        .map(|permission| {
            let source = permission.text("SourceArn").rsplit_once(":${").unwrap().1;
            (template.resource(permission.text("FunctionName")).bin().to_owned(), source.to_owned())
        })
        .collect();
    let expected = [
        ("api", "HttpApi}/*/*/api/{proxy+}"),
        ("ws_authorizer", "WebSocketApi}/authorizers/${WebSocketAuthorizer}"),
        ("ws_connect", "WebSocketApi}/*/$connect"),
        ("ws_default", "WebSocketApi}/*/$default"),
        ("ws_disconnect", "WebSocketApi}/*/$disconnect"),
    ];
    assert_eq!(permissions, map(&expected));
}
