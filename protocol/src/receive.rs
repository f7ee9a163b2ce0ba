//! Do not disturb: how a user wants to be told of messages of all conversations, on all devices of the user, and when.
//!
//! Values, their bounds, and what holds at a moment. Who tells the user of a message, and how, is the app's business.

use serde::{Deserialize, Serialize};

use crate::bounds::{number, out_of};
use crate::settings::MessageRemindType;
use crate::{Code, Fault, UnixMillis, limits};

/// Seconds of a day, as a clock on a wall counts them.
const DAY: i64 = 24 * 60 * 60;

/// A time on the clock of whoever reads it, wherever they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TimeOfDay {
    /// 0 to 23.
    pub hour: u32,
    /// 0 to 59.
    pub minute: u32,
    /// 0 to 59.
    #[serde(default)]
    pub second: u32,
}

/// How a user wants to be told of messages of all conversations during a time. By default there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AllReceiveMessageOpt {
    /// What holds during that time: [`MessageRemindType::AcceptNotNotify`], [`MessageRemindType::AcceptNotNotifyExceptAt`], or
    /// [`MessageRemindType::AcceptAndNotify`], with which it is as at any other time.
    pub message_remind_type: MessageRemindType,
    /// It begins every day at this time of the user's own clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_time: Option<TimeOfDay>,
    /// It begins once, at this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_timestamp: Option<UnixMillis>,
    /// So many seconds long. From [`limits::FOREVER_SECONDS`] on it does not end.
    #[serde(default)]
    pub duration: u32,
}

/// The option as the server has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReceiveOpt {
    /// Grows with every change. Of two the one with the greater version is newer.
    pub version: u64,
    /// The option.
    pub opt: AllReceiveMessageOpt,
}

impl TimeOfDay {
    fn check(self) -> Result<(), Fault> {
        match self {
            Self { hour: 24.., .. } => Err(out_of("startTime.hour", "is 0 to 23")),
            Self { minute: 60.., .. } => Err(out_of("startTime.minute", "is 0 to 59")),
            Self { second: 60.., .. } => Err(out_of("startTime.second", "is 0 to 59")),
            _ => Ok(()),
        }
    }

    fn seconds(self) -> i64 {
        let Self { hour, minute, second } = self;
        (i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second)
    }
}

impl AllReceiveMessageOpt {
    /// Checks the values against their bounds.
    ///
    /// # Errors
    /// [`Code::BAD_REQUEST`], with the field's name, for an option that only a conversation can have, a time that is missing,
    /// told twice or out of its bounds, and a duration of 0; [`Code::VALUE_UNKNOWN`] for an option of a later version.
    pub fn check(&self) -> Result<(), Fault> {
        let refused = |text: &str| Err(Fault::with_text(Code::BAD_REQUEST, text.to_owned()));
        let is_ordinary = match self.message_remind_type {
            MessageRemindType::AcceptAndNotify => true,
            MessageRemindType::AcceptNotNotify | MessageRemindType::AcceptNotNotifyExceptAt => false,
            MessageRemindType::Discard | MessageRemindType::NotReceiveMsgExceptAt => {
                return refused("messageRemindType of all conversations lets all messages in");
            }
            MessageRemindType::Other(_) => return Err(Fault::new(Code::VALUE_UNKNOWN)),
        };
        match (self.start_time, self.start_timestamp) {
            (None, None) if is_ordinary => return Ok(()),
            (Some(time), None) => time.check()?,
            (None, Some(start)) => number("startTimestamp", u64::try_from(start).unwrap_or(u64::MAX))?,
            _ => return refused("name either startTime or startTimestamp"),
        }
        if self.duration == 0 { Err(out_of("duration", "is at least 1 second")) } else { Ok(()) }
    }

    /// What holds at a moment, for a user whose clock is so many seconds ahead of UTC then.
    #[must_use]
    pub fn at(&self, now: UnixMillis, utc_offset: i32) -> MessageRemindType {
        let duration = i64::from(self.duration);
        let since = match (self.start_time, self.start_timestamp) {
            (Some(start), _) => {
                let clock = now.div_euclid(1_000) + i64::from(utc_offset);
                (clock - start.seconds()).rem_euclid(DAY)
            }
            (None, Some(start)) => now.saturating_sub(start).div_euclid(1_000),
            (None, None) => return self.message_remind_type,
        };
        let holds = since >= 0 && (since < duration || self.duration >= limits::FOREVER_SECONDS);
        if holds { self.message_remind_type } else { MessageRemindType::AcceptAndNotify }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOT_NOTIFY: MessageRemindType = MessageRemindType::AcceptNotNotify;
    const NOTIFY: MessageRemindType = MessageRemindType::AcceptAndNotify;

    fn opt(text: &str) -> AllReceiveMessageOpt {
        serde_json::from_str(text).unwrap()
    }

    /// A moment of the year 2026 in UTC.
    fn at(day: i64, hour: i64, minute: i64) -> UnixMillis {
        ((20_454 + day) * DAY + (hour * 60 + minute) * 60) * 1_000
    }

    #[test]
    fn nights_are_quiet_where_the_user_is() {
        let text =
            r#"{"messageRemindType":"AcceptNotNotify","startTime":{"hour":22,"minute":30},"duration":32400}"#;
        let nights = opt(text);
        nights.check().unwrap();
        let in_utc = [
            (22, 29, NOTIFY),
            (22, 30, NOT_NOTIFY),
            (3, 0, NOT_NOTIFY),
            (7, 29, NOT_NOTIFY),
            (7, 30, NOTIFY),
        ];
        for (hour, minute, expected) in in_utc {
            assert_eq!(nights.at(at(3, hour, minute), 0), expected, "{hour}:{minute}");
        }
        // Half past two in the afternoon in London is half past ten at night in Shanghai.
        assert_eq!(nights.at(at(3, 14, 29), 8 * 3_600), NOTIFY);
        assert_eq!(nights.at(at(3, 14, 30), 8 * 3_600), NOT_NOTIFY);
        assert_eq!(nights.at(at(3, 3, 30), -5 * 3_600), NOT_NOTIFY, "half past ten at night in New York");
        assert_eq!(nights.at(-1, 0), NOT_NOTIFY, "before 1970");
    }

    #[test]
    fn a_time_that_begins_once_ends_once() {
        let start = at(0, 12, 0);
        let meeting = opt(&format!(
            r#"{{"messageRemindType":"AcceptNotNotify","startTimestamp":{start},"duration":3600}}"#
        ));
        meeting.check().unwrap();
        let hour = 3_600_000;
        let expected =
            [(-1, NOTIFY), (0, NOT_NOTIFY), (hour - 1, NOT_NOTIFY), (hour, NOTIFY), (24 * hour, NOTIFY)];
        for (later, expected) in expected {
            assert_eq!(meeting.at(start + later, 3_600), expected, "{later}");
        }
    }

    #[test]
    fn a_day_or_more_never_ends() {
        let start = at(0, 12, 0);
        let once = opt(&format!(
            r#"{{"messageRemindType":"AcceptNotNotify","startTimestamp":{start},"duration":86400}}"#
        ));
        assert_eq!(
            (once.at(start - 1, 0), once.at(start, 0), once.at(i64::MAX, 0)),
            (NOTIFY, NOT_NOTIFY, NOT_NOTIFY)
        );
        let daily =
            r#"{"messageRemindType":"AcceptNotNotify","startTime":{"hour":9,"minute":0},"duration":86400}"#;
        assert_eq!(opt(daily).at(at(4, 8, 59), 0), NOT_NOTIFY);
    }

    #[test]
    fn nothing_is_quiet_by_default() {
        let default = AllReceiveMessageOpt::default();
        default.check().unwrap();
        assert_eq!(default.at(at(0, 0, 0), 0), NOTIFY);
        assert_eq!(opt(r#"{"messageRemindType":"AcceptAndNotify"}"#), default);
    }

    #[test]
    fn what_is_out_of_bounds_is_refused_by_its_number() {
        let refused = |rest: &str| {
            opt(&format!(r#"{{"messageRemindType":"AcceptNotNotify"{rest}}}"#)).check().unwrap_err()
        };
        for (rest, field) in [
            ("", "startTime"),
            (r#","startTime":{"hour":24,"minute":0},"duration":1"#, "startTime.hour"),
            (r#","startTime":{"hour":0,"minute":60},"duration":1"#, "startTime.minute"),
            (r#","startTime":{"hour":0,"minute":0,"second":60},"duration":1"#, "startTime.second"),
            (r#","startTime":{"hour":0,"minute":0}"#, "duration"),
            (r#","startTimestamp":-1,"duration":1"#, "startTimestamp"),
            (r#","startTimestamp":9007199254740992,"duration":1"#, "startTimestamp"),
            (r#","startTime":{"hour":0,"minute":0},"startTimestamp":1,"duration":1"#, "either"),
        ] {
            let fault = refused(rest);
            assert_eq!(fault.code, Code::BAD_REQUEST, "{rest}");
            assert!(fault.text.contains(field), "{rest}: {}", fault.text);
        }
        let of = |word: &str| opt(&format!(r#"{{"messageRemindType":"{word}"}}"#)).check().unwrap_err().code;
        assert_eq!((of("Discard"), of("Whisper")), (Code::BAD_REQUEST, Code::VALUE_UNKNOWN));
    }
}
