//! What a host gave a verb by name: parameters out of a JSON object, each taken once, each fault told with all that the verb takes.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tim::Code;

use super::{read, unreadable};
use crate::error::TimError;

/// What a host gave, each as the JSON that it is.
pub type Given = HashMap<String, Box<RawValue>>;

/// A verb that is none.
pub(super) fn unknown(verb: &str) -> TimError {
    let reason =
        format!("this version has no verb of this name: {verb:?}; update it, or see tim.h for those it has");
    TimError::new(Code::UNSUPPORTED, reason)
}

/// A verb's parameters by their names, until each was taken.
pub(super) struct Parameters {
    verb: &'static str,
    names: &'static [&'static str],
    given: Given,
}

impl Parameters {
    /// Errors: [`Code::JSON_INVALID`] for one that the verb does not take.
    pub(super) fn new(
        verb: &'static str,
        names: &'static [&'static str],
        given: Given,
    ) -> Result<Self, TimError> {
        let all = Self { verb, names, given };
        match all.given.keys().find(|name| !names.contains(&name.as_str())) {
            Some(surplus) => Err(all.misused(&format!("{surplus:?} is none of them"))),
            None => Ok(all),
        }
    }

    /// Errors: [`Code::JSON_INVALID`] if it is missing or does not fit.
    pub(super) fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, TimError> {
        self.find(name)?.ok_or_else(|| self.misused(&format!("{name:?} is missing")))
    }

    /// As [`Parameters::take`]; `default` if it is missing.
    pub(super) fn take_or<T: DeserializeOwned>(&mut self, name: &str, default: T) -> Result<T, TimError> {
        Ok(self.find(name)?.unwrap_or(default))
    }

    fn find<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, TimError> {
        let Some(given) = self.given.remove(name) else { return Ok(None) };
        read(given.get()).map(Some).map_err(|why| self.misused(&format!("{name:?}: {why}")))
    }

    fn misused(&self, why: &str) -> TimError {
        unreadable(&format!("{} takes {}: {why}", self.verb, self.shown()))
    }

    fn shown(&self) -> String {
        if self.names.is_empty() { "nothing".to_owned() } else { self.names.join(", ") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(json: &str) -> Result<Parameters, TimError> {
        Parameters::new("joinGroup", &["groupID", "applyMessage"], read(json).unwrap())
    }

    fn reason(why: &TimError) -> (i32, &str) {
        let (code, reason) = why.parts();
        (code, reason.split_once("joinGroup takes groupID, applyMessage: ").unwrap().1)
    }

    #[test]
    fn parameters_are_taken_by_name_and_may_have_defaults() {
        let mut given = parameters(r#"{"groupID":"tea"}"#).unwrap();
        assert_eq!(given.take::<String>("groupID").unwrap(), "tea");
        assert_eq!(given.take_or("applyMessage", "hello".to_owned()).unwrap(), "hello");
        let mut given = parameters(r#"{"applyMessage":"may I?","groupID":"tea"}"#).unwrap();
        assert_eq!(given.take_or("applyMessage", String::new()).unwrap(), "may I?");
    }

    #[test]
    fn one_that_is_missing_or_too_much_or_does_not_fit_is_named() {
        let why = parameters(r#"{"groupID":"tea","word":"hi"}"#).err().unwrap();
        assert_eq!(reason(&why), (130_182, "\"word\" is none of them"));
        let mut given = parameters(r#"{"applyMessage":7}"#).unwrap();
        let why = given.take::<String>("groupID").unwrap_err();
        assert_eq!(reason(&why), (130_182, "\"groupID\" is missing"));
        let why = given.take_or("applyMessage", String::new()).unwrap_err();
        assert!(reason(&why).1.starts_with("\"applyMessage\": invalid type: integer `7`"));
    }
}
