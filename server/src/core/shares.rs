//! Shares: limits on what one user may use over all connections, and on what one address may use before a login.
//!
//! Shared by all sessions; the time is an argument, in monotonic milliseconds. Memory is bounded: users and addresses
//! without recent usage are forgotten.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tim_protocol::{Code, Fault, UserId};

use super::ops::UserKey;
use super::rate::{Bucket, Rate};

/// Maximum number of entries per table. Beyond it, entries without recent usage are removed.
const REMEMBERED: usize = 200_000;
/// Retry delay when too many transfers are in progress, in milliseconds.
const TRANSFERS_AGAIN_MS: u32 = 1_000;

/// The network of a client: an IPv4 address, or the /64 prefix of an IPv6 address.
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

/// The sizes of the shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests of a user.
    pub requests: Rate,
    /// Connections with which a user logs in or restores a login.
    pub logins: Rate,
    /// Logins with an invalid token, per network.
    pub failed_logins: Rate,
    /// Bytes of files that a user uploads.
    pub media_bytes: Rate,
    /// Milliseconds of decoding a user's pictures.
    pub decoding: Rate,
    /// Uploads of a user at once.
    pub uploads: u32,
    /// Downloads of a user at once.
    pub downloads: u32,
}

/// The kinds of shares.
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

/// The usage of all shares.
pub struct Shares {
    limits: Limits,
    users: Mutex<Table<UserKey, User>>,
    logins: Mutex<Table<(u32, UserId), Bucket>>,
    failures: Mutex<Table<Network, Bucket>>,
    /// Refusals, by share.
    refused: [AtomicU64; Share::ALL.len()],
}

/// The usage of one user.
#[derive(Debug, Default)]
struct User {
    requests: Bucket,
    media_bytes: Bucket,
    decoding: Bucket,
    uploads: u32,
    downloads: u32,
}

impl Shares {
    /// Shares without usage.
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

    /// Counts a request of a user.
    ///
    /// # Errors
    /// [`Code::TOO_FAST`] with the time to wait.
    pub fn request(&self, user: UserKey, now: i64) -> Result<(), Fault> {
        self.requests(user, 1, now)
    }

    /// Counts a request that takes as much as so many.
    ///
    /// # Errors
    /// As [`Shares::request`].
    pub fn requests(&self, user: UserKey, amount: u64, now: i64) -> Result<(), Fault> {
        let taken = lock(&self.users).of(user, now).requests.take(self.limits.requests, amount, now);
        taken.map_err(|wait| self.refuse(Share::Requests, Fault::new(Code::TOO_FAST), wait))
    }

    /// Counts a login of a user with a valid token.
    ///
    /// # Errors
    /// [`Code::TOO_FAST`] with the time to wait.
    pub fn login(&self, app: u32, user: &UserId, now: i64) -> Result<(), Fault> {
        let taken = lock(&self.logins).of((app, user.clone()), now).take(self.limits.logins, 1, now);
        let fault = || Fault::with_text(Code::TOO_FAST, "too many logins of this user: wait a moment");
        taken.map_err(|wait| self.refuse(Share::Logins, fault(), wait))
    }

    /// Counts a failed login and returns the fault for it: the given one, or [`Code::TOO_MANY_LOGINS`] if too many came
    /// from the network. Failures count per network only, so that nobody can exhaust another user's logins. A valid
    /// token that has expired or was issued in the future does not count, because its user needs to know the reason.
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

    /// Checks whether a user may upload this many bytes.
    ///
    /// # Errors
    /// [`Code::MEDIA_QUOTA`] with the time to wait.
    pub fn may_store(&self, user: UserKey, bytes: u64, now: i64) -> Result<(), Fault> {
        let may = lock(&self.users).of(user, now).media_bytes.check(self.limits.media_bytes, bytes, now);
        may.map_err(|wait| self.refuse(Share::MediaBytes, Fault::new(Code::MEDIA_QUOTA), wait))
    }

    /// Begins an upload. Its bytes count when they are [`Shares::stored`].
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

    /// Begins a download.
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

    /// Counts stored bytes.
    pub fn stored(&self, user: UserKey, bytes: u64, now: i64) {
        lock(&self.users).of(user, now).media_bytes.charge(self.limits.media_bytes, bytes, now);
    }

    /// Counts time spent decoding, in milliseconds.
    pub fn decoded(&self, user: UserKey, took: u64, now: i64) {
        lock(&self.users).of(user, now).decoding.charge(self.limits.decoding, took, now);
    }

    /// The number of refusals, by share.
    pub fn refused(&self) -> impl Iterator<Item = (Share, u64)> {
        Share::ALL.into_iter().zip(&self.refused).map(|(share, count)| (share, count.load(Ordering::Relaxed)))
    }

    /// The number of entries in all tables.
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

/// An upload or a download in progress; dropping it ends it.
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

/// The usage in an entry of a table.
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

/// Usage by user or network.
#[derive(Debug)]
struct Table<K, V>(HashMap<K, V>);

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash, V: Used> Table<K, V> {
    /// The usage of an entry. If the table is full, entries without recent usage are removed; if that is not enough,
    /// all entries are, so that the cleanup stays rare.
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

/// A panic cannot leave a table half changed, so a poisoned lock is safe to use.
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
        // Forgets those first who used nothing lately; those who still owe are kept.
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
