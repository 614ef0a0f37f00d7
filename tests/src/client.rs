//! A caller of the REST API.

use std::time::Duration;

use reqwest::{
    Method,
    header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, ORIGIN, RETRY_AFTER},
};
use serde_json::Value;

use crate::answer::Answer;

/// The name of the cookie that holds a browser's token at that target: over https it has the prefix by which no other host
/// can set it.
pub fn session_cookie(url: &str) -> &'static str {
    if url.starts_with("https://") { "__Host-belfry_session" } else { "belfry_session" }
}

/// Somebody who calls with these headers, whether by HTTP or to open a socket. Cheap to clone and vary.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    user: String,
    token: String,
    headers: HeaderMap,
    patient: bool,
}

impl Client {
    pub(crate) fn new(http: reqwest::Client, url: String) -> Self {
        let (user, token) = (String::new(), String::new());
        Self { http, url, user, token, headers: HeaderMap::new(), patient: true }
    }

    /// The same as this user, with their token as a bearer.
    pub(crate) fn signed_in(&self, user: String, token: &str) -> Self {
        Self { user, ..self.with_token(token) }
    }

    /// The user's id; empty for an anonymous caller.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The token this caller was given.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The target's address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The headers of every request, without those that carry a body.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// This caller with no credential and no other header.
    #[must_use]
    pub fn without_headers(&self) -> Self {
        Self { headers: HeaderMap::new(), ..self.clone() }
    }

    /// This caller with one more header, or another value of it.
    #[must_use]
    pub fn with_header(&self, name: HeaderName, value: &str) -> Self {
        let mut headers = self.headers.clone();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        Self { headers, ..self.clone() }
    }

    /// This caller with a further header line of that name.
    #[must_use]
    pub fn with_another_header(&self, name: HeaderName, value: &str) -> Self {
        let mut headers = self.headers.clone();
        headers.append(name, HeaderValue::from_str(value).unwrap());
        Self { headers, ..self.clone() }
    }

    /// This caller with another bearer token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.without_headers() }
            .with_header(AUTHORIZATION, &format!("Bearer {token}"))
    }

    /// This caller as a browser, with the token in the cookie and no `Origin`.
    #[must_use]
    pub fn with_cookie(&self) -> Self {
        self.without_headers().with_header(COOKIE, &format!("{}={}", session_cookie(&self.url), self.token))
    }

    /// This caller on a page of that origin.
    #[must_use]
    pub fn on_page(&self, origin: &str) -> Self {
        self.with_header(ORIGIN, origin)
    }

    /// This caller as a browser on the target's own page.
    #[must_use]
    pub fn as_browser(&self) -> Self {
        self.with_cookie().on_page(&self.url)
    }

    /// This caller, but without waiting: other callers wait after a 429 as `Retry-After` says, and call again.
    #[must_use]
    pub fn impatient(&self) -> Self {
        Self { patient: false, ..self.clone() }
    }

    /// `GET path`.
    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path).await
    }

    /// `POST path` without a body.
    pub async fn post(&self, path: &str) -> Answer {
        self.call(Method::POST, path).await
    }

    /// `DELETE path`.
    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path).await
    }

    /// `POST path` with a JSON body.
    pub async fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, body.to_string()).await
    }

    /// `PATCH path` with a JSON body.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PATCH, path, body.to_string()).await
    }

    /// `PUT path` with a JSON body.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, body.to_string()).await
    }

    /// Any method without a body.
    pub async fn call(&self, method: Method, path: &str) -> Answer {
        self.answer(self.request(method, path)).await
    }

    /// Any method with these bytes as JSON.
    pub async fn send(&self, method: Method, path: &str, body: impl Into<reqwest::Body>) -> Answer {
        let request = self.request(method, path).header(CONTENT_TYPE, "application/json");
        self.answer(request.body(body)).await
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url)).headers(self.headers.clone())
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Answer {
        loop {
            let response = request.try_clone().unwrap().send().await;
            let response = response.unwrap_or_else(|error| panic!("no answer: {error:?}"));
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let text = response.text().await.unwrap_or_else(|error| panic!("no whole answer: {error:?}"));
            let answer = Answer { status, headers, text };
            if status != 429 || !self.patient {
                return answer;
            }
            let seconds = answer.header(RETRY_AFTER.as_str()).parse().unwrap();
            tokio::time::sleep(Duration::from_secs(seconds)).await;
        }
    }
}
