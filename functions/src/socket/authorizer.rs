//! The authorizer of `$connect`: who opens this socket, and may that page?

use aws_lambda_events::{
    apigw::{
        ApiGatewayCustomAuthorizerPolicy, ApiGatewayCustomAuthorizerRequestTypeRequest,
        ApiGatewayCustomAuthorizerResponse,
    },
    iam::{IamPolicyEffect, IamPolicyStatement},
};
use belfry_cloud::{
    AuthError, Authenticator, Aws, Caller, ConfigError, Directory, Environment, Origins, auth::TokenSettings,
};
use http::header;
use lambda_runtime::{Error, LambdaEvent};
use serde_json::{Value, json};

use super::{ROLE, TOKEN, TOKEN_EXPIRES_AT, TOKEN_ISSUED_AT, USER};
use crate::credential::Credential;

/// The settings of the function.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The table of users and credentials.
    pub directory_table: String,
    /// Whose tokens are accepted.
    pub tokens: TokenSettings,
    /// Which pages may connect.
    pub origins: Origins,
}

impl Settings {
    /// Reads the variables that `template.yaml` sets.
    pub fn from_env<F: Fn(&str) -> Option<String>>(
        mut environment: Environment<F>,
    ) -> Result<Self, ConfigError> {
        let settings = Self {
            directory_table: environment.text("DIRECTORY_TABLE"),
            tokens: TokenSettings::read(&mut environment),
            origins: Origins::parse(&environment.text("ALLOWED_ORIGINS")),
        };
        environment.finish(settings)
    }
}

/// The function.
#[derive(Debug)]
pub struct Authorizer {
    authenticator: Authenticator,
    origins: Origins,
}

/// Why a socket is not opened.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    /// No credential that counts: 401.
    #[error("unauthenticated")]
    Unauthenticated,
    /// A page or a user that may not connect: 403.
    #[error("forbidden")]
    Forbidden,
    /// It can't be found out now: 500.
    #[error("unavailable: {0}")]
    Unavailable(String),
}

impl Authorizer {
    /// An authorizer that accepts these tokens from these pages.
    pub fn new(aws: &Aws, settings: Settings) -> Self {
        Self {
            authenticator: Authenticator::new(settings.tokens, Directory::new(aws, settings.directory_table)),
            origins: settings.origins,
        }
    }

    /// Answers with a policy and the context that every later event of the socket carries. The error `Unauthorized`,
    /// spelled so, makes API Gateway answer 401.
    pub async fn handle(
        &self,
        event: LambdaEvent<ApiGatewayCustomAuthorizerRequestTypeRequest>,
    ) -> Result<ApiGatewayCustomAuthorizerResponse, Error> {
        let request = event.payload;
        let caller = self.caller(&request).await;
        let arn = request.method_arn.unwrap_or_default();
        match caller {
            Ok(caller) => Ok(policy(IamPolicyEffect::Allow, arn, &caller.user.to_string(), context(&caller))),
            Err(Refusal::Forbidden) => Ok(policy(IamPolicyEffect::Deny, arn, "nobody", json!({}))),
            Err(Refusal::Unauthenticated) => Err("Unauthorized".into()),
            Err(error @ Refusal::Unavailable(_)) => Err(error.to_string().into()),
        }
    }

    async fn caller(
        &self,
        request: &ApiGatewayCustomAuthorizerRequestTypeRequest,
    ) -> Result<Caller, Refusal> {
        let headers = &request.headers;
        let origin = headers.get(header::ORIGIN);
        if origin.is_some_and(|origin| !origin.to_str().is_ok_and(|origin| self.origins.allow(origin))) {
            return Err(Refusal::Forbidden);
        }
        // API Gateway hands on the last of several, and somebody before it may have checked the first.
        if request.multi_value_query_string_parameters.all("ticket").is_some_and(|all| all.len() > 1) {
            return Err(Refusal::Unauthenticated);
        }
        if let Some(ticket) = request.query_string_parameters.first("ticket") {
            return Ok(self.authenticator.redeem(ticket).await?);
        }
        let credential = Credential::of(headers).ok_or(Refusal::Unauthenticated)?;
        if matches!(credential, Credential::Cookies(_)) && origin.is_none() {
            // Every browser names its page, so a cookie without an origin is nobody we know.
            return Err(Refusal::Forbidden);
        }
        let (caller, _) = self.authenticator.choose(credential.tokens()).await?;
        Ok(self.authenticator.admit(caller).await?)
    }
}

impl From<AuthError> for Refusal {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Invalid(_) | AuthError::Expired | AuthError::Revoked => Self::Unauthenticated,
            AuthError::Inactive => Self::Forbidden,
            AuthError::KeysUnavailable(_) | AuthError::DirectoryUnavailable(_) => {
                Self::Unavailable(error.to_string())
            }
        }
    }
}

/// Values of a context are texts, numbers or booleans; API Gateway hands all of them on as text.
fn context(caller: &Caller) -> Value {
    let mut context = json!({
        USER: caller.user,
        TOKEN: caller.token.to_string(),
        TOKEN_ISSUED_AT: caller.issued_at.as_seconds().to_string(),
        TOKEN_EXPIRES_AT: caller.expires_at.as_seconds().to_string(),
    });
    if let Some(role) = &caller.role {
        context[ROLE] = json!(role);
    }
    context
}

fn policy(
    effect: IamPolicyEffect,
    arn: String,
    principal: &str,
    context: Value,
) -> ApiGatewayCustomAuthorizerResponse {
    let mut statement = IamPolicyStatement::default();
    statement.action = vec!["execute-api:Invoke".to_owned()];
    statement.effect = effect;
    statement.resource = vec![arn];
    let mut document = ApiGatewayCustomAuthorizerPolicy::default();
    document.version = Some("2012-10-17".to_owned());
    document.statement = vec![statement];
    let mut response = ApiGatewayCustomAuthorizerResponse::default();
    response.principal_id = Some(principal.to_owned());
    response.policy_document = document;
    response.context = context;
    response
}
