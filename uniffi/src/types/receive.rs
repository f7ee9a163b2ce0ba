//! Do not disturb, as both faces have it.

use serde::{Deserialize, Serialize};
use tim::protocol::receive as engine;

use super::{MessageRemindType, millis, seconds, small, unsigned_small};
use crate::error::TimError;

/// A time on the clock of whoever reads it, wherever they are.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TimeOfDay {
    /// 0 to 23.
    pub hour: i32,
    /// 0 to 59.
    pub minute: i32,
    /// 0 to 59.
    #[serde(default)]
    #[uniffi(default = 0)]
    pub second: i32,
}

/// How this user wants to be told of messages of all conversations during a time, of each day or once.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AllReceiveMessageOpt {
    /// What holds during that time: `AcceptNotNotify`, `AcceptNotNotifyExceptAt`, or `AcceptAndNotify`, as at any other time.
    pub message_remind_type: MessageRemindType,
    /// It begins every day at this time of the user's own clock.
    #[serde(default)]
    #[uniffi(default = None)]
    pub start_time: Option<TimeOfDay>,
    /// It begins once, at this time. One of the two starts is named, or none with `AcceptAndNotify`.
    #[serde(default)]
    #[uniffi(default = None)]
    pub start_timestamp: Option<i64>,
    /// How many seconds it lasts. From a day (86,400) on it does not end.
    #[serde(default)]
    #[uniffi(default = 0)]
    pub duration: i32,
}

impl From<engine::AllReceiveMessageOpt> for AllReceiveMessageOpt {
    fn from(opt: engine::AllReceiveMessageOpt) -> Self {
        let engine::AllReceiveMessageOpt { message_remind_type, start_time, start_timestamp, duration } = opt;
        let of_day = |engine::TimeOfDay { hour, minute, second }| TimeOfDay {
            hour: small(hour),
            minute: small(minute),
            second: small(second),
        };
        Self {
            message_remind_type: message_remind_type.into(),
            start_time: start_time.map(of_day),
            start_timestamp: start_timestamp.map(seconds),
            duration: small(duration),
        }
    }
}

impl TryFrom<AllReceiveMessageOpt> for engine::AllReceiveMessageOpt {
    type Error = TimError;
    fn try_from(opt: AllReceiveMessageOpt) -> Result<Self, TimError> {
        let AllReceiveMessageOpt { message_remind_type, start_time, start_timestamp, duration } = opt;
        let of_day = |TimeOfDay { hour, minute, second }| {
            let [hour, minute, second] =
                [unsigned_small(hour)?, unsigned_small(minute)?, unsigned_small(second)?];
            Ok::<_, TimError>(engine::TimeOfDay { hour, minute, second })
        };
        Ok(Self {
            message_remind_type: message_remind_type.into(),
            start_time: start_time.map(of_day).transpose()?,
            start_timestamp: start_timestamp.map(millis),
            duration: unsigned_small(duration)?,
        })
    }
}

/// What a receive option of all conversations means at a time, for a user whose clock is so many seconds ahead of UTC then. With
/// `AcceptAndNotify` it is no time to be quiet.
///
/// # Errors
/// `Refused`: 20001 for a negative number.
#[uniffi::export]
pub fn remind_type_at(
    opt: AllReceiveMessageOpt,
    time: i64,
    utc_offset: i32,
) -> Result<MessageRemindType, TimError> {
    Ok(engine::AllReceiveMessageOpt::try_from(opt)?.at(millis(time), utc_offset).into())
}
