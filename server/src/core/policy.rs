//! The login policy: which login instances of a user may exist side by side, and which ones a new login replaces.
//!
//! Pure: the store applies it inside the login's own transaction.

use serde::{Deserialize, Serialize};
use tim_protocol::call::Platform;
use tim_protocol::frame::KickReason;

/// One of a user's logins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The device.
    pub device: String,
    /// Its login instance.
    pub instance: String,
    /// The kind of machine.
    pub platform: Platform,
}

/// The login policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoginPolicy {
    /// One login instance per platform: a phone, a desktop and a browser, but not two phones of the same platform.
    #[default]
    PerPlatform,
    /// One login instance in total.
    Single,
    /// One per device, any number of devices.
    PerDevice,
}

impl LoginPolicy {
    /// Whether the login `new` replaces `old`, and with which reason. A new login of the same device always replaces
    /// the old one.
    #[must_use]
    pub fn replaces(self, new: &Device, old: &Device) -> Option<KickReason> {
        if new.instance == old.instance {
            return None;
        }
        if new.device == old.device {
            return Some(KickReason::MultipleAccount);
        }
        let clash = match self {
            Self::PerPlatform => new.platform.counted_as() == old.platform.counted_as(),
            Self::Single => true,
            Self::PerDevice => false,
        };
        clash.then_some(KickReason::MultipleDevice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(name: &str, instance: &str, platform: Platform) -> Device {
        Device { device: name.into(), instance: instance.into(), platform }
    }

    #[test]
    fn a_second_phone_takes_the_first_ones_place_and_the_laptop_stays() {
        let new = device("new phone", "2", Platform::Android);
        let replaces = |old| LoginPolicy::PerPlatform.replaces(&new, &old);
        assert_eq!(replaces(device("old phone", "1", Platform::Android)), Some(KickReason::MultipleDevice));
        assert_eq!(replaces(device("laptop", "1", Platform::Linux)), None);
        assert_eq!(replaces(device("new phone", "1", Platform::Android)), Some(KickReason::MultipleAccount));
        assert_eq!(replaces(device("new phone", "2", Platform::Android)), None);
    }

    #[test]
    fn the_other_policies_are_all_or_none() {
        let new = device("phone", "2", Platform::Ios);
        let laptop = device("laptop", "1", Platform::Macos);
        assert_eq!(LoginPolicy::Single.replaces(&new, &laptop), Some(KickReason::MultipleDevice));
        assert_eq!(LoginPolicy::PerDevice.replaces(&new, &device("tablet", "1", Platform::Ios)), None);
    }
}
