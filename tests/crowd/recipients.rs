//! The recipients, as the table has them, and what the table says of who was told.

use std::{
    collections::HashMap,
    env, fs,
    path::{Path, PathBuf},
};

use belfry_cloud::{Aws, Directory};
use belfry_domain::{NotificationId, UserId, text::Topic};
use belfry_dynamo::{Embedded, names};
use futures::{StreamExt, stream};

use crate::TOPIC;

/// How many subscribe at the same time.
const CONCURRENT: usize = 16;

/// A data file in a folder of its own, which goes with this.
pub(crate) struct Crowd {
    folder: PathBuf,
    file: PathBuf,
    users: Vec<UserId>,
}

impl Crowd {
    /// Writes so many subscribers.
    pub(crate) async fn seed(count: usize) -> Self {
        let folder = env::temp_dir().join(format!("belfry-crowd-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let user = |number| UserId::try_from(format!("crowd-{number:08}")).unwrap();
        let crowd =
            Self { file: folder.join("belfry.sqlite"), folder, users: (0..count).map(user).collect() };
        let database = Embedded::file(&crowd.file).await.unwrap();
        let directory = Directory::new(&Aws::new(database.sdk_config().await), names::DIRECTORY);
        let topic = Topic::try_from(TOPIC.to_owned()).unwrap();
        stream::iter(crowd.users.clone())
            .for_each_concurrent(CONCURRENT, |user| {
                let (directory, topic) = (&directory, &topic);
                async move { assert!(directory.subscribe(&user, topic).await.unwrap()) }
            })
            .await;
        crowd
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    pub(crate) fn size(&self) -> usize {
        self.users.len()
    }

    /// How many notifications the table has, while no runner is there.
    pub(crate) async fn told(&self) -> usize {
        self.owners().await.values().map(Vec::len).sum()
    }

    /// How many of the crowd have exactly the notification that is theirs of that broadcast, and no other.
    pub(crate) async fn check(&self, path: &str) -> usize {
        let id: NotificationId = path.trim_end_matches('/').rsplit('/').next().unwrap().parse().unwrap();
        let owners = self.owners().await;
        let has_it = |user: &&UserId| {
            let own = format!("n#{}", id.derive_for_broadcast_user(user));
            owners.get(user.as_str()).is_some_and(|items| *items == [own])
        };
        self.users.iter().filter(has_it).count()
    }

    /// The notifications of each owner, by their keys.
    async fn owners(&self) -> HashMap<String, Vec<String>> {
        let database = Embedded::file(&self.file).await.unwrap();
        let client = aws_sdk_dynamodb::Client::new(&database.sdk_config().await);
        let scan = client.scan().table_name(names::INBOX).projection_expression("#user, #item");
        let scan =
            scan.expression_attribute_names("#user", "user").expression_attribute_names("#item", "item");
        let mut pages = scan.into_paginator().send();
        let mut owners: HashMap<String, Vec<String>> = HashMap::new();
        while let Some(page) = pages.next().await {
            for item in page.unwrap().items.unwrap_or_default() {
                let text = |name: &str| item[name].as_s().unwrap().clone();
                owners.entry(text("user")).or_default().push(text("item"));
            }
        }
        owners
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}
