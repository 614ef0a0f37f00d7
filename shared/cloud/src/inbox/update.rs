//! One update of one item, put together attribute by attribute.

use aws_sdk_dynamodb::{
    operation::update_item::builders::UpdateItemFluentBuilder,
    types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use belfry_domain::{Action, NotificationId, Retention, State, Timestamp, UserId};

use super::{
    Inbox,
    item::{CONTENT, META, TRACE},
    notification_key, number, text, user_key,
};

/// An update whose expression is being collected. Attributes go by names of the same spelling, since DynamoDB reserves
/// words such as `state` and `user`.
pub(super) struct Update {
    request: UpdateItemFluentBuilder,
    set: Vec<String>,
    remove: Vec<String>,
    add: Vec<String>,
}

impl Update {
    /// Of a notification, which goes to that state. A trace that the item keeps is an earlier request's.
    pub(super) fn of(inbox: &Inbox, user: &UserId, id: NotificationId, to: State) -> Self {
        let update = Self::start(inbox, user, notification_key(id));
        let update = update.set("state", text(to)).set("changed", text(to.changed));
        match &inbox.trace {
            Some(trace) => update.set(TRACE, text(trace)),
            None => update.remove(TRACE),
        }
    }

    /// Of the marks.
    pub(super) fn of_meta(inbox: &Inbox, user: &UserId, now: Timestamp) -> Self {
        let end = inbox.retention.of_marks(now);
        Self::start(inbox, user, text(META)).set("expires_at", number(end.as_seconds()))
    }

    fn start(inbox: &Inbox, user: &UserId, item: AttributeValue) -> Self {
        let request = inbox
            .writes
            .update_item()
            .table_name(&inbox.table)
            .key("user", user_key(user))
            .key("item", item)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        Self { request, set: Vec::new(), remove: Vec::new(), add: Vec::new() }
    }

    pub(super) fn set(self, name: &str, value: AttributeValue) -> Self {
        self.assign(name, &format!(":{name}"), value)
    }

    /// Leaves what is there.
    pub(super) fn set_where_missing(self, name: &str, value: AttributeValue) -> Self {
        self.assign(name, &format!("if_not_exists(#{name}, :{name})"), value)
    }

    /// Puts `items` in front of a list.
    pub(super) fn prepend(mut self, name: &str, items: Vec<AttributeValue>) -> Self {
        self.request = self.request.expression_attribute_values(":none", AttributeValue::L(Vec::new()));
        let longer = format!("list_append(:{name}, if_not_exists(#{name}, :none))");
        self.assign(name, &longer, AttributeValue::L(items))
    }

    /// Counts one more; what is missing counts as one.
    pub(super) fn increment(mut self, name: &str) -> Self {
        self.set.push(format!("#{name} = if_not_exists(#{name}, :one) + :one"));
        self.request = self
            .request
            .expression_attribute_names(format!("#{name}"), name)
            .expression_attribute_values(":one", number(1));
        self
    }

    /// Puts a text into a set.
    pub(super) fn add_to_set(mut self, name: &str, text: String) -> Self {
        self.add.push(format!("#{name} :{name}"));
        self.request = self
            .request
            .expression_attribute_names(format!("#{name}"), name)
            .expression_attribute_values(format!(":{name}"), AttributeValue::Ss(vec![text]));
        self
    }

    fn assign(mut self, name: &str, expression: &str, value: AttributeValue) -> Self {
        self.set.push(format!("#{name} = {expression}"));
        self.request = self
            .request
            .expression_attribute_names(format!("#{name}"), name)
            .expression_attribute_values(format!(":{name}"), value);
        self
    }

    pub(super) fn remove(mut self, name: &str) -> Self {
        self.remove.push(format!("#{name}"));
        self.request = self.request.expression_attribute_names(format!("#{name}"), name);
        self
    }

    pub(super) fn remove_element(mut self, list: &str, at: usize) -> Self {
        self.remove.push(format!("#{list}[{at}]"));
        self.request = self.request.expression_attribute_names(format!("#{list}"), list);
        self
    }

    /// What the action does to the attributes beside the state. What it reads was read `read_at`, unless that is known.
    pub(super) fn doing(
        self,
        action: Action,
        now: Timestamp,
        read_at: Timestamp,
        retention: Retention,
    ) -> Self {
        let read_at = number(read_at.as_millis());
        let update = self.set("expires_at", number(retention.after(action, now).as_seconds()));
        match action {
            Action::MarkRead => update.set("read_at", read_at).remove("snoozed_until"),
            Action::MarkUnread => {
                ["read_at", "archived_at", "snoozed_until"].into_iter().fold(update, Self::remove)
            }
            Action::Archive => update
                .set_where_missing("read_at", read_at)
                .set("archived_at", number(now.as_millis()))
                .remove("snoozed_until"),
            Action::Unarchive => update.remove("archived_at"),
            Action::Snooze(until) => {
                update.set_where_missing("read_at", read_at).set("snoozed_until", number(until.as_millis()))
            }
            Action::Delete => CONTENT
                .into_iter()
                .chain(["read_at", "archived_at", "snoozed_until"])
                .fold(update, Self::remove),
        }
    }

    /// The request, which returns the item as it then is.
    pub(super) fn on_condition(self, condition: impl Into<String>) -> UpdateItemFluentBuilder {
        self.unconditional().condition_expression(condition).return_values(ReturnValue::AllNew)
    }

    /// The request, which is carried out whatever is there.
    pub(super) fn unconditional(self) -> UpdateItemFluentBuilder {
        let mut expression = format!("SET {}", self.set.join(", "));
        if !self.remove.is_empty() {
            expression = format!("{expression} REMOVE {}", self.remove.join(", "));
        }
        if !self.add.is_empty() {
            expression = format!("{expression} ADD {}", self.add.join(", "));
        }
        self.request.update_expression(expression)
    }
}
