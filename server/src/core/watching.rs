//! Whom a session watches: bounded, those who were named first give way.

use std::collections::VecDeque;

use tim_protocol::{UserId, limits};

use super::ops::UserKey;

/// Whom a session watches, those who were named first in front.
#[derive(Default)]
pub struct Watching(VecDeque<(UserKey, UserId)>);

impl Watching {
    /// Adds a user as the newest. Returns who has to give way.
    #[must_use]
    pub fn add(&mut self, user: UserKey, name: UserId) -> Option<UserKey> {
        self.0.retain(|(known, _)| *known != user);
        self.0.push_back((user, name));
        if self.0.len() > limits::STATUS_SUBSCRIPTIONS {
            return self.0.pop_front().map(|(user, _)| user);
        }
        None
    }

    /// Removes these users, or all.
    pub fn remove(&mut self, names: Option<&[UserId]>) -> Vec<UserKey> {
        let (gone, kept): (VecDeque<_>, _) = std::mem::take(&mut self.0)
            .into_iter()
            .partition(|(_, name)| names.is_none_or(|names| names.contains(name)));
        self.0 = kept;
        gone.into_iter().map(|(user, _)| user).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(number: i64) -> (UserKey, UserId) {
        (UserKey(number), UserId::new(&format!("user{number}")).unwrap())
    }

    #[test]
    fn whoever_was_named_first_gives_way_and_whoever_is_named_again_is_the_newest() {
        let mut watching = Watching::default();
        let mut add = |number| {
            let (key, name) = user(number);
            watching.add(key, name)
        };
        let most = i64::try_from(limits::STATUS_SUBSCRIPTIONS).unwrap();
        assert!((1..=most).all(|number| add(number).is_none()));
        assert_eq!((add(1), add(most + 1), add(most + 2)), (None, Some(UserKey(2)), Some(UserKey(3))));
        assert_eq!(watching.remove(Some(&[user(4).1, user(2).1])), [UserKey(4)]);
        assert_eq!(watching.remove(None).len(), limits::STATUS_SUBSCRIPTIONS - 1);
        assert_eq!(watching.remove(None), []);
    }
}
