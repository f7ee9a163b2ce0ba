//! What one user may take of the server, over all of the user's connections, and one address before a login.
//!
//! Shared by all sessions; the time is an argument, in monotonic milliseconds. What is remembered is bounded: whoever has
//! used nothing lately is forgotten.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tim_protocol::frame::Fault;
use tim_protocol::{Code, UserId};

use super::ops::UserKey;
use super::rate::{Bucket, Rate};

/// Most parties that one table remembers. Beyond it, those who have used nothing lately are forgotten.
const REMEMBERED: usize = 200_000;
/// Who has as many transfers under way as is allowed may try again after this many milliseconds.
const TRANSFERS_AGAIN_MS: u32 = 1_000;

/// Where a connection comes from: an IPv4 address, or the 64 bits of an IPv6 address that name a site's network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Network {
    /// An IPv4 address.
    V4([u8; 4]),
    /// The first half of an IPv6 address.
    V6([u8; 8]),
}

impl From<::core::net::IpAddr> for Network {
    fn from(address: ::core::net::IpAddr) -> Self {
        match address.to_canonical() {
            ::core::net::IpAddr::V4(address) => Self::V4(address.octets()),
            ::core::net::IpAddr::V6(address) => {
                let [a, b, c, d, e, f, g, h, ..] = address.octets();
                Self::V6([a, b, c, d, e, f, g, h])
            }
        }
    }
}

/// How large a share is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests of a user.
    pub requests: Rate,
    /// Connections of a user that log in or restore a login.
    pub logins: Rate,
    /// Logins from one address whose token proves nothing.
    pub failed_logins: Rate,
    /// Bytes of files that a user stores.
    pub media_bytes: Rate,
    /// Milliseconds of decoding a user's pictures.
    pub decoding: Rate,
    /// Uploads of a user at once.
    pub uploads: u32,
    /// Downloads of a user at once.
    pub downloads: u32,
}

/// What is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// [`Limits::requests`]
    Requests,
    /// [`Limits::logins`]
    Logins,
    /// [`Limits::failed_logins`]
    FailedLogins,
    /// [`Limits::media_bytes`]
    MediaBytes,
    /// [`Limits::decoding`]
    Decoding,
    /// [`Limits::uploads`]
    Uploads,
    /// [`Limits::downloads`]
    Downloads,
}

impl Share {
    /// Every share, in the order of [`Share::name`]'s table.
    pub const ALL: [Self; 7] = [
        Self::Requests,
        Self::Logins,
        Self::FailedLogins,
        Self::MediaBytes,
        Self::Decoding,
        Self::Uploads,
        Self::Downloads,
    ];

    /// Its name in metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Logins => "logins",
            Self::FailedLogins => "failed_logins",
            Self::MediaBytes => "media_bytes",
            Self::Decoding => "decoding",
            Self::Uploads => "uploads",
            Self::Downloads => "downloads",
        }
    }
}

/// Everybody's shares.
pub struct Shares {
    limits: Limits,
    users: Mutex<Table<UserKey, User>>,
    logins: Mutex<Table<(u32, UserId), Bucket>>,
    failures: Mutex<Table<Network, Bucket>>,
    /// Refusals, by share.
    refused: [AtomicU64; Share::ALL.len()],
}

/// What a user has used.
#[derive(Debug, Default)]
struct User {
    requests: Bucket,
    media_bytes: Bucket,
    decoding: Bucket,
    uploads: u32,
    downloads: u32,
}

impl Shares {
    /// Nobody has used anything yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            users: Mutex::default(),
            logins: Mutex::default(),
            failures: Mutex::default(),
            refused: Default::default(),
        }
    }

    /// A request of a user's.
    ///
    /// # Errors
    /// [`Code::TOO_FAST`] with the time to wait.
    pub fn request(&self, user: UserKey, now: i64) -> Result<(), Fault> {
        let taken = lock(&self.users).of(user, now).requests.take(self.limits.requests, 1, now);
        taken.map_err(|wait| self.refuse(Share::Requests, Fault::new(Code::TOO_FAST), wait))
    }

    /// A connection of a user whose token is good.
    ///
    /// # Errors
    /// [`Code::TOO_FAST`] with the time to wait.
    pub fn login(&self, app: u32, user: &UserId, now: i64) -> Result<(), Fault> {
        let taken = lock(&self.logins).of((app, user.clone()), now).take(self.limits.logins, 1, now);
        let fault = || Fault::with_text(Code::TOO_FAST, "too many logins of this user: wait a moment");
        taken.map_err(|wait| self.refuse(Share::Logins, fault(), wait))
    }

    /// What a login is answered whose token is not accepted: why, or [`Code::TOO_MANY_LOGINS`] if too many came from the
    /// same network before. It counts for the network only, so that nobody can use up a user's logins; and a token that
    /// proves its user, but has expired or seems to come from the future, does not count: its user has to hear that.
    pub fn failed_login(&self, network: Network, why: Fault, now: i64) -> Fault {
        if why.code == Code::USERSIG_EXPIRED || why.code.is_retryable() {
            return why;
        }
        let taken = lock(&self.failures).of(network, now).take(self.limits.failed_logins, 1, now);
        match taken {
            Ok(()) => why,
            Err(wait) => self.refuse(Share::FailedLogins, Fault::new(Code::TOO_MANY_LOGINS), wait),
        }
    }

    /// Whether a user may store so many more bytes of files.
    ///
    /// # Errors
    /// [`Code::MEDIA_QUOTA`] with the time to wait.
    pub fn may_store(&self, user: UserKey, bytes: u64, now: i64) -> Result<(), Fault> {
        let may = lock(&self.users).of(user, now).media_bytes.check(self.limits.media_bytes, bytes, now);
        may.map_err(|wait| self.refuse(Share::MediaBytes, Fault::new(Code::MEDIA_QUOTA), wait))
    }

    /// A user begins to upload so many bytes; they count once they are [`Shares::stored`].
    ///
    /// # Errors
    /// [`Code::TOO_FAST`] if too many uploads are under way or decoding the user's pictures has taken too much time,
    /// [`Code::MEDIA_QUOTA`] as [`Shares::may_store`]; each with the time to wait.
    pub fn upload(self: &Arc<Self>, user: UserKey, bytes: u64, now: i64) -> Result<Transfer, Fault> {
        let mut users = lock(&self.users);
        let used = users.of(user, now);
        if used.uploads >= self.limits.uploads {
            let fault = Fault::with_text(Code::TOO_FAST, "too many uploads at once: wait for one to end");
            return Err(self.refuse(Share::Uploads, fault, TRANSFERS_AGAIN_MS));
        }
        used.decoding.check(self.limits.decoding, 1, now).map_err(|wait| {
            let fault = Fault::with_text(Code::TOO_FAST, "decoding your pictures took long: wait a while");
            self.refuse(Share::Decoding, fault, wait)
        })?;
        let may = used.media_bytes.check(self.limits.media_bytes, bytes, now);
        may.map_err(|wait| self.refuse(Share::MediaBytes, Fault::new(Code::MEDIA_QUOTA), wait))?;
        used.uploads += 1;
        Ok(Transfer { shares: Arc::clone(self), user, is_upload: true })
    }

    /// A user begins to download.
    ///
    /// # Errors
    /// [`Code::TOO_FAST`] if too many downloads are under way, with the time to wait.
    pub fn download(self: &Arc<Self>, user: UserKey, now: i64) -> Result<Transfer, Fault> {
        let mut users = lock(&self.users);
        let used = users.of(user, now);
        if used.downloads >= self.limits.downloads {
            let fault = Fault::with_text(Code::TOO_FAST, "too many downloads at once: wait for one to end");
            return Err(self.refuse(Share::Downloads, fault, TRANSFERS_AGAIN_MS));
        }
        used.downloads += 1;
        Ok(Transfer { shares: Arc::clone(self), user, is_upload: false })
    }

    /// So many bytes of a user's files were stored.
    pub fn stored(&self, user: UserKey, bytes: u64, now: i64) {
        lock(&self.users).of(user, now).media_bytes.charge(self.limits.media_bytes, bytes, now);
    }

    /// Decoding a picture of a user's took so many milliseconds.
    pub fn decoded(&self, user: UserKey, took: u64, now: i64) {
        lock(&self.users).of(user, now).decoding.charge(self.limits.decoding, took, now);
    }

    /// How many refusals there were of each share.
    pub fn refused(&self) -> impl Iterator<Item = (Share, u64)> {
        Share::ALL.into_iter().zip(&self.refused).map(|(share, count)| (share, count.load(Ordering::Relaxed)))
    }

    /// How many users and networks are remembered.
    #[must_use]
    pub fn remembered(&self) -> usize {
        lock(&self.users).0.len() + lock(&self.logins).0.len() + lock(&self.failures).0.len()
    }

    fn refuse(&self, share: Share, fault: Fault, wait: u32) -> Fault {
        if let Some(count) = self.refused.get(share as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        fault.retry_after(wait)
    }
}

/// An upload or a download under way. Dropping it ends it.
pub struct Transfer {
    shares: Arc<Shares>,
    user: UserKey,
    is_upload: bool,
}

impl Drop for Transfer {
    fn drop(&mut self) {
        if let Some(used) = lock(&self.shares.users).0.get_mut(&self.user) {
            let count = if self.is_upload { &mut used.uploads } else { &mut used.downloads };
            *count = count.saturating_sub(1);
        }
    }
}

/// What a party has used, and whether it can be forgotten.
trait Used: Default {
    fn is_nothing(&self, now: i64) -> bool;
}

impl Used for Bucket {
    fn is_nothing(&self, now: i64) -> bool {
        self.is_full(now)
    }
}

impl Used for User {
    fn is_nothing(&self, now: i64) -> bool {
        let is_still = self.uploads == 0 && self.downloads == 0;
        is_still && [self.requests, self.media_bytes, self.decoding].iter().all(|used| used.is_full(now))
    }
}

/// What each party has used.
#[derive(Debug)]
struct Table<K, V>(HashMap<K, V>);

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash, V: Used> Table<K, V> {
    /// What a party has used. A full table is rid of those who used nothing lately; if that is not enough, of all, so
    /// that the cost of it is shared by many calls.
    fn of(&mut self, key: K, now: i64) -> &mut V {
        if self.0.len() >= REMEMBERED && !self.0.contains_key(&key) {
            self.0.retain(|_, used| !used.is_nothing(now));
            if self.0.len() > REMEMBERED / 2 {
                self.0.clear();
            }
        }
        self.0.entry(key).or_default()
    }
}

/// Nothing that is done under a lock can leave a table half changed.
fn lock<T>(table: &Mutex<T>) -> MutexGuard<'_, T> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALICE: UserKey = UserKey(1);
    const MALLORY: UserKey = UserKey(2);

    fn limits() -> Limits {
        Limits {
            requests: Rate::new(20, 10, 1_000),
            logins: Rate::new(5, 5, 60_000),
            failed_logins: Rate::new(3, 3, 60_000),
            media_bytes: Rate::new(1_000, 1_000, 86_400_000),
            decoding: Rate::new(1_000, 100, 1_000),
            uploads: 2,
            downloads: 2,
        }
    }

    fn shares() -> Arc<Shares> {
        Arc::new(Shares::new(limits()))
    }

    fn network(address: &str) -> Network {
        address.parse::<::core::net::IpAddr>().unwrap().into()
    }

    fn refusal<T>(result: Result<T, Fault>) -> (Code, u32) {
        let fault = result.err().unwrap();
        (fault.code, fault.retry_after.unwrap())
    }

    #[test]
    fn a_site_of_ipv6_is_one_network_and_an_ipv4_address_is_the_same_however_it_is_written() {
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }

    #[test]
    fn mallorys_failures_cost_their_network_and_nobodys_good_token() {
        let (shares, here) = (shares(), network("192.0.2.1"));
        let wrong = || Fault::new(Code::USERSIG_WRONG_KEY);
        for _ in 0..3 {
            assert_eq!(shares.failed_login(here, wrong(), 0).code, Code::USERSIG_WRONG_KEY);
        }
        let told = shares.failed_login(here, wrong(), 0);
        assert_eq!((told.code, told.retry_after), (Code::TOO_MANY_LOGINS, Some(20_000)));
        let alice = UserId::new("alice").unwrap();
        assert!(shares.login(1, &alice, 0).is_ok(), "a good token is not asked where it comes from");
        // Alice's app has to hear that her token expired, whatever mallory did beside her.
        let expired = shares.failed_login(here, Fault::new(Code::USERSIG_EXPIRED), 0);
        assert_eq!(expired.code, Code::USERSIG_EXPIRED);
        let elsewhere = shares.failed_login(network("192.0.2.2"), wrong(), 0);
        assert_eq!(elsewhere.code, Code::USERSIG_WRONG_KEY);
        assert_eq!(shares.failed_login(here, wrong(), 20_000).code, Code::USERSIG_WRONG_KEY);
    }

    #[test]
    fn a_user_who_logs_in_without_end_is_slowed_down() {
        let (shares, mallory) = (shares(), UserId::new("mallory").unwrap());
        assert!((0..5).all(|_| shares.login(1, &mallory, 0).is_ok()));
        assert_eq!(refusal(shares.login(1, &mallory, 0)), (Code::TOO_FAST, 12_000));
        assert!(shares.login(2, &mallory, 0).is_ok(), "the same name in another application is another user");
    }

    #[test]
    fn uploads_are_bounded_at_once_a_day_and_by_the_time_their_pictures_take() {
        let shares = shares();
        let first = shares.upload(MALLORY, 600, 0).ok().unwrap();
        let _second = shares.upload(MALLORY, 300, 0).ok().unwrap();
        assert_eq!(refusal(shares.upload(MALLORY, 1, 0)), (Code::TOO_FAST, TRANSFERS_AGAIN_MS));
        shares.stored(MALLORY, 600, 0);
        drop(first);
        assert_eq!(refusal(shares.upload(MALLORY, 500, 0)), (Code::MEDIA_QUOTA, 8_640_000));
        assert_eq!(refusal(shares.may_store(MALLORY, 500, 0)), (Code::MEDIA_QUOTA, 8_640_000));
        assert!(shares.may_store(MALLORY, 400, 0).is_ok());
        shares.decoded(MALLORY, 1_000, 0);
        shares.decoded(MALLORY, 1_000, 0);
        assert_eq!(refusal(shares.upload(MALLORY, 1, 0)), (Code::TOO_FAST, 10_010));
        assert!(shares.upload(ALICE, 1_000, 0).is_ok());
        let counts: Vec<u64> = shares.refused().map(|(_, count)| count).collect();
        assert_eq!(counts, [0, 0, 0, 2, 1, 1, 0]);
    }

    #[test]
    fn downloads_are_bounded_at_once() {
        let shares = shares();
        let held = [(); 2].map(|()| shares.download(MALLORY, 0).ok().unwrap());
        assert_eq!(refusal(shares.download(MALLORY, 0)), (Code::TOO_FAST, TRANSFERS_AGAIN_MS));
        assert!(shares.download(ALICE, 0).is_ok());
        drop(held);
        assert!(shares.download(MALLORY, 0).is_ok());
    }

    #[test]
    fn however_many_come_only_so_many_are_remembered() {
        let (shares, why) = (shares(), Fault::new(Code::USERSIG_WRONG_KEY));
        for number in 0..u32::try_from(REMEMBERED + 10).unwrap() {
            shares.failed_login(Network::V4(number.to_be_bytes()), why.clone(), 0);
        }
        assert!(shares.remembered() <= REMEMBERED);
        // Those who used nothing lately go first: whoever still owes is remembered.
        let last = Network::V4([255; 4]);
        for _ in 0..3 {
            shares.failed_login(last, why.clone(), 60_000);
        }
        for number in 0..u32::try_from(REMEMBERED).unwrap() {
            shares.failed_login(Network::V4(number.to_be_bytes()), why.clone(), 60_000 - 19_999);
        }
        assert!(shares.remembered() <= REMEMBERED);
    }

    proptest! {
        #[test]
        fn over_any_time_a_user_gets_one_share_however_many_others_ask(
            steps in proptest::collection::vec((0_i64..300, 0_i64..4), 1..500),
        ) {
            let shares = shares();
            let (mut now, mut passed) = (0, HashMap::<i64, i64>::new());
            for (pause, user) in steps {
                now += pause;
                match shares.request(UserKey(user), now) {
                    Ok(()) => *passed.entry(user).or_default() += 1,
                    Err(fault) => {
                        let wait = i64::from(fault.retry_after.unwrap());
                        prop_assert!((1..=100).contains(&wait), "{wait}");
                    }
                }
            }
            for (user, passed) in passed {
                prop_assert!(passed <= 20 + now / 100 + 1, "{user}: {passed} in {now} ms");
            }
        }
    }
}
