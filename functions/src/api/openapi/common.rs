//! What the document says of every route.

use utoipa::{
    ToSchema,
    openapi::{
        ContentBuilder, Header, HeaderBuilder, Info, LicenseBuilder, Object, OpenApi, Ref, RefOr, Required,
        Response, ResponseBuilder, Server, Type,
        path::{Operation, Parameter, ParameterIn},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

use super::super::{error::Problem, events};
use crate::credential::SESSION_COOKIE;

/// The operations whose body may be left out.
const BODY_IS_OPTIONAL: [Option<&str>; 1] = [Some("markSeen")];

/// Adds to the routes' own descriptions the schemas of all events, who may call, and the errors that every route may
/// answer.
pub(super) fn complete(mut document: OpenApi) -> OpenApi {
    let license = LicenseBuilder::new()
        .name(env!("CARGO_PKG_LICENSE"))
        .identifier(Some(env!("CARGO_PKG_LICENSE")))
        .build();
    document.info = Info::builder()
        .title("Belfry")
        .description(Some(
            "A real-time notification inbox. Paths work with and without their trailing slash.",
        ))
        .version(env!("CARGO_PKG_VERSION"))
        .license(Some(license))
        .build();
    document.servers = Some(vec![Server::new("/")]);
    let components = document.components.get_or_insert_default();
    components.schemas.insert("Problem".to_owned(), <Problem<'_> as utoipa::PartialSchema>::schema());
    let mut referenced = Vec::new();
    <Problem<'_> as ToSchema>::schemas(&mut referenced);
    components.schemas.extend(referenced);
    components.schemas.extend(events::schemas());
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let cookie = ApiKey::Cookie(ApiKeyValue::new(SESSION_COOKIE));
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    for item in document.paths.paths.values_mut() {
        item.get.iter_mut().for_each(|operation| complete_operation(operation, false));
        let writes = [&mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        writes.into_iter().flatten().for_each(|operation| complete_operation(operation, true));
    }
    document
}

fn complete_operation(operation: &mut Operation, writes: bool) {
    let public = operation.security.is_some();
    let takes_body = operation.request_body.is_some();
    let is_optional = BODY_IS_OPTIONAL.contains(&operation.operation_id.as_deref());
    if let Some(RefOr::T(body)) = operation.request_body.as_mut().filter(|_| is_optional) {
        body.required = Some(Required::False);
    }
    // A malformed id in a path is answered like an unknown one.
    let in_path = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Path);
    let takes_input = takes_body || !operation.parameters.iter().flatten().all(in_path);
    let errors = [
        ("400", "The input breaks a rule: `errors` names each.", takes_input),
        ("401", "No credential, or one that doesn't count.", !public),
        ("403", "The caller may not do that.", !public),
        ("413", "The body is longer than 256 KB.", takes_body),
        ("415", "The body has a `Content-Encoding`.", takes_body),
        ("429", "The caller is too fast.", !public),
        ("500", "A fault of the service's.", true),
        ("503", "The service can't answer now.", !public),
        ("507", "The inbox has reached DynamoDB's limit of 10 GB.", !public && writes),
    ];
    for (status, description, _) in errors.into_iter().filter(|(_, _, applies)| *applies) {
        let responses = &mut operation.responses.responses;
        responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(problem(description)));
    }
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        // The errors that a route describes itself are problems, too.
        if status.starts_with(['4', '5']) {
            response.content = problem("").content;
        }
        response.headers.extend(headers(status, public));
    }
    if !public {
        let none: [&str; 0] = [];
        let either = ["bearer", "session"].map(|scheme| SecurityRequirement::new(scheme, none));
        operation.security = Some(either.into());
    }
}

/// The headers of an answer, whatever the route.
fn headers(status: &str, public: bool) -> impl Iterator<Item = (String, RefOr<Header>)> {
    let counted = !public && status != "401";
    let headers = [
        ("X-Request-Id", Type::String, "Names the request in the logs.", true),
        ("RateLimit-Policy", Type::String, "How often the caller may call.", counted),
        ("RateLimit", Type::String, "How often the caller may call now.", counted),
        ("Retry-After", Type::Integer, "Seconds to wait.", status == "429"),
        ("WWW-Authenticate", Type::String, "How to sign in.", status == "401"),
        ("Accept-Encoding", Type::String, "Which codings are taken: `identity`.", status == "415"),
    ];
    headers.into_iter().filter(|(.., applies)| *applies).map(|(name, r#type, description, _)| {
        let schema = Object::with_type(r#type);
        let header = HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build();
        (name.to_owned(), header.into())
    })
}

fn problem(description: &str) -> Response {
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", body).build()
}
