//! The Belfry that a test talks to.

use std::{
    collections::HashSet,
    env,
    sync::{Mutex, PoisonError},
};

use belfry_local::{Options, Runner};
use futures::lock::{Mutex as AsyncMutex, MutexGuard};
use serde_json::json;

use crate::client::Client;

/// How many demo users are tried until one is found whose inbox was never used.
const TRIES: usize = 2_000;

/// Names handed out in this process, so that two tests never share an inbox.
static TAKEN: Mutex<Option<HashSet<String>>> = Mutex::new(None);

/// Held by the one test that looks into the inbox of the admin, whom all tests share.
static ADMINS_INBOX: AsyncMutex<()> = AsyncMutex::new(());

/// The Belfry under test: the one that `BELFRY_URL` names, or else a runner of this test's own.
pub struct Target {
    url: String,
    http: reqwest::Client,
    /// Stops when it is dropped.
    runner: Option<Runner>,
}

impl Target {
    /// Starts or finds it.
    pub async fn start() -> Self {
        match env::var("BELFRY_URL") {
            Ok(url) if !url.is_empty() => Self::at(&url),
            _ => Self::start_runner(Options::default()).await,
        }
    }

    /// Starts a runner with these options, whatever `BELFRY_URL` says.
    pub async fn start_runner(options: Options) -> Self {
        let runner = Runner::start(options).await;
        let runner = runner.unwrap_or_else(|error| panic!("the runner doesn't start: {error}"));
        let target = Self::at(runner.url());
        Self { runner: Some(runner), ..target }
    }

    /// The one at that address.
    pub fn at(url: &str) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(crate::DEADLINE)
            .build()
            .unwrap();
        Self { url: url.trim_end_matches('/').to_owned(), http, runner: None }
    }

    /// Its address, which is also the one page that may call it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Somebody without a credential.
    pub fn anonymous(&self) -> Client {
        Client::new(self.http.clone(), self.url.clone())
    }

    /// The demo's sender, with a token of this test's own.
    pub async fn admin(&self) -> Client {
        self.sign_in("admin").await
    }

    /// The admin with the word that no other test touches their inbox meanwhile.
    pub async fn admin_alone(&self) -> (Client, Option<MutexGuard<'static, ()>>) {
        let alone = if self.runner.is_none() { Some(ADMINS_INBOX.lock().await) } else { None };
        (self.admin().await, alone)
    }

    /// A demo user, signed in with a bearer token.
    pub async fn sign_in(&self, username: &str) -> Client {
        let anonymous = self.anonymous();
        let body = json!({ "username": username });
        let session = anonymous.post_json("/api/session/demo/", &body).await.ok(200);
        assert_eq!(session["user"]["username"], username);
        let id = session["user"]["id"].as_str().unwrap().to_owned();
        anonymous.signed_in(id, session["token"].as_str().unwrap())
    }

    /// A viewer whose inbox nobody has used before.
    pub async fn user(&self) -> Client {
        for _ in 0..TRIES {
            let name = format!("user-{:04}", fastrand::u16(1..=9_999));
            if !take(&name) {
                continue;
            }
            let user = self.sign_in(&name).await;
            let list = user.list().await;
            if list["results"] == json!([]) && list["read_watermark"].is_null() {
                return user;
            }
        }
        panic!("{}: all demo users have been used; start it afresh", self.url);
    }
}

fn take(name: &str) -> bool {
    let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    taken.get_or_insert_with(HashSet::new).insert(name.to_owned())
}
