//! Who is online: the users whose status the app wants to be told, kept for as long as the login, and what was told last.
//!
//! A server forgets a subscription with its connection, so every new connection subscribes anew. It tells each status as it is
//! then; those that the app has heard already are not told again.

use tim_protocol::call::{
    GetStatusesRequest, StatusReply, StatusRequest, Statuses as Found, SubscribeStatusesRequest, Subscribed,
};
use tim_protocol::status::{StatusType, UserStatus};
use tim_protocol::{Fault, List, UserId, limits};

use super::context::{ASK_AGAIN_MS, Context};
use super::purpose::Purpose;
use super::unreadable::Unreadable;
use crate::event::Event;

/// The subscriptions of a login.
#[derive(Default)]
pub(super) struct Statuses {
    /// Those that the app asked for first in front.
    subscribed: Vec<Subscription>,
    /// What the user says of themselves, as the app was told.
    own: String,
    /// Those to subscribe to anew on this connection.
    to_renew: Vec<UserId>,
    /// Whether the server still knows what the user says is to be asked.
    is_own_doubtful: bool,
    /// When a request that failed is made again.
    again_at: Option<i64>,
}

struct Subscription {
    user: UserId,
    /// What the app was told last.
    told: Option<UserStatus>,
}

impl Statuses {
    /// A new connection: the server has forgotten whom this device watches, and perhaps what the user says.
    pub(super) fn welcomed(&mut self) {
        self.to_renew = self.subscribed.iter().map(|it| it.user.clone()).collect();
        self.is_own_doubtful = !self.own.is_empty();
        self.again_at = None;
    }

    pub(super) fn pump(&self, cx: &mut Context) {
        if self.again_at.is_some_and(|at| at > cx.now()) {
            return;
        }
        if !self.to_renew.is_empty() {
            let users: Vec<UserId> = self.to_renew.iter().take(limits::USERS_PER_CALL).cloned().collect();
            cx.ask(Purpose::Subscribe(users.clone()), SubscribeStatusesRequest { user_id_list: users });
        }
        if let Some(me) = cx.me().filter(|_| self.is_own_doubtful) {
            cx.ask(Purpose::OwnStatus, GetStatusesRequest { user_id_list: vec![me] });
        }
    }

    pub(super) fn due(&self, now: i64) -> Option<i64> {
        let waits = !self.to_renew.is_empty() || self.is_own_doubtful;
        self.again_at.filter(|at| waits && *at > now)
    }

    /// The reply to a renewal.
    pub(super) fn renewed(&mut self, cx: &Context, asked: &[UserId], result: Result<Subscribed, Fault>) {
        match result {
            Err(fault) if fault.code.is_retryable() => self.again_at = Some(cx.now() + ASK_AGAIN_MS),
            // The server of an earlier version tells nobody who is online.
            Err(_) => self.to_renew.clear(),
            Ok(Subscribed { failures }) => {
                self.to_renew.retain(|user| !asked.contains(user));
                let exists = |user: &UserId| failures.iter().all(|failure| failure.user_id != *user);
                self.subscribed.retain(|it| exists(&it.user));
            }
        }
    }

    /// What the server knows of what the user says.
    pub(super) fn own_came(&mut self, cx: &mut Context, result: Result<Found, Fault>) {
        match result {
            Err(fault) if fault.code.is_retryable() => self.again_at = Some(cx.now() + ASK_AGAIN_MS),
            Err(_) => self.is_own_doubtful = false,
            Ok(found) => {
                self.is_own_doubtful = false;
                self.came(cx, found.statuses);
            }
        }
    }

    /// The reply to a request of the app.
    pub(super) fn replied(&mut self, cx: &mut Context, request: &StatusRequest, reply: &StatusReply) {
        match (request, reply) {
            (StatusRequest::Subscribe(asked), StatusReply::Subscribe(done)) => {
                let exists = |user: &&UserId| done.failures.iter().all(|failure| failure.user_id != **user);
                asked.user_id_list.iter().filter(exists).for_each(|user| self.subscribe(user));
            }
            (StatusRequest::Unsubscribe(asked), _) => self.unsubscribe(asked.user_id_list.as_deref()),
            (StatusRequest::Set(set), _) => {
                if let Some(user_id) = cx.me() {
                    let custom_status = set.custom_status.clone();
                    let own = UserStatus { user_id, status_type: StatusType::Online, custom_status };
                    self.came(cx, vec![own].into());
                }
            }
            _ => {}
        }
    }

    /// Adds a user as the newest. The one in front gives way to one too many, as on the server.
    fn subscribe(&mut self, user: &UserId) {
        let known = self.subscribed.iter().position(|it| it.user == *user);
        let told = known.and_then(|place| self.subscribed.remove(place).told);
        self.subscribed.push(Subscription { user: user.clone(), told });
        if self.subscribed.len() > limits::STATUS_SUBSCRIPTIONS {
            self.subscribed.remove(0);
        }
    }

    fn unsubscribe(&mut self, users: Option<&[UserId]>) {
        let goes = |user: &UserId| users.is_none_or(|users| users.contains(user));
        self.subscribed.retain(|it| !goes(&it.user));
        self.to_renew.retain(|user| !goes(user));
    }

    /// Tells the app those of these that it does not know.
    pub(super) fn came(&mut self, cx: &mut Context, statuses: List<UserStatus>) {
        cx.count_unreadable(Unreadable::Status, statuses.unreadable);
        let me = cx.me();
        let news: Vec<UserStatus> =
            statuses.into_iter().filter(|status| self.is_news(me.as_ref(), status)).collect();
        if !news.is_empty() {
            cx.emit(Event::UserStatusUpdated(news));
        }
    }

    /// Whether the app wants to be told this, and was not yet. Then it counts as told.
    fn is_news(&mut self, me: Option<&UserId>, status: &UserStatus) -> bool {
        if me == Some(&status.user_id) {
            let is_news = self.own != status.custom_status;
            self.own.clone_from(&status.custom_status);
            return is_news;
        }
        let subscription = self.subscribed.iter_mut().find(|it| it.user == status.user_id);
        let Some(subscription) = subscription else { return false };
        let told = subscription.told.replace(status.clone());
        told.as_ref() != Some(status)
    }
}
