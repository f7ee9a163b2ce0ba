//! Fields that an app keeps with a group, a member, a user or a friend: texts by their keys, which mean nothing here.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::List;

/// Fields in the order of their keys. On the wire a list of `{"key":…,"value":…}`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(pub BTreeMap<String, String>);

/// What fields may be.
#[derive(Debug, Clone, Copy)]
pub struct FieldLimits {
    /// Most fields.
    pub fields: usize,
    /// Most bytes of a key, which has at least one.
    pub key_bytes: usize,
    /// Most bytes of a value.
    pub value_bytes: usize,
}

impl Fields {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether these may be set.
    #[must_use]
    pub fn fit(&self, limits: FieldLimits) -> bool {
        let FieldLimits { fields, key_bytes, value_bytes } = limits;
        let fits = |(key, value): (&String, &String)| {
            (1..=key_bytes).contains(&key.len()) && value.len() <= value_bytes
        };
        self.0.len() <= fields && self.0.iter().all(fits)
    }

    /// Whether every key is this prefix with letters after it.
    #[must_use]
    pub fn have_prefix(&self, prefix: &str) -> bool {
        self.0.keys().all(|key| {
            let letters = key.strip_prefix(prefix).unwrap_or_default();
            !letters.is_empty() && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
        })
    }

    /// Sets fields beside others; an empty value removes a field. Gives those that changed.
    pub fn set(&mut self, new: Self) -> Self {
        let mut changed = new;
        changed.0.retain(|key, value| {
            let before =
                if value.is_empty() { self.0.remove(key) } else { self.0.insert(key.clone(), value.clone()) };
            before.as_deref().unwrap_or_default() != value.as_str()
        });
        changed
    }

    /// These, without those of an empty value.
    #[must_use]
    pub fn set_alone(&self) -> Self {
        let mut alone = Self::default();
        alone.set(self.clone());
        alone
    }
}

#[derive(Serialize, Deserialize)]
struct Field<S> {
    key: S,
    #[serde(default)]
    value: S,
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|(key, value)| Field { key, value }))
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = List::<Field<String>>::deserialize(deserializer)?;
        Ok(Self(fields.into_iter().map(|field| (field.key, field.value)).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Fields {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn what_is_set_is_added_replaced_or_removed_and_what_changes_is_told() {
        let mut kept = fields(r#"[{"key":"tea","value":"green"},{"key":"cups","value":"2"}]"#);
        let changed = kept.set(fields(
            r#"[{"key":"tea","value":"black"},{"key":"cups","value":"2"},{"key":"milk","value":""},{"key":"a","value":"b"}]"#,
        ));
        assert_eq!(changed, fields(r#"[{"key":"a","value":"b"},{"key":"tea","value":"black"}]"#));
        assert_eq!(kept.set(fields(r#"[{"key":"cups"}]"#)), fields(r#"[{"key":"cups"}]"#));
        assert_eq!(
            fields(r#"[{"key":"a","value":""},{"key":"b","value":"c"}]"#).set_alone(),
            fields(r#"[{"key":"b","value":"c"}]"#)
        );
        assert_eq!(
            serde_json::to_string(&kept).unwrap(),
            r#"[{"key":"a","value":"b"},{"key":"tea","value":"black"}]"#
        );
    }

    #[test]
    fn fields_have_bounds() {
        let limits = FieldLimits { fields: 2, key_bytes: 3, value_bytes: 4 };
        assert!(fields(r#"[{"key":"tea","value":"mint"},{"key":"a","value":""}]"#).fit(limits));
        for wrong in [
            r#"[{"key":"","value":"a"}]"#,
            r#"[{"key":"teas","value":"a"}]"#,
            r#"[{"key":"tea","value":"green"}]"#,
            r#"[{"key":"a"},{"key":"b"},{"key":"c"}]"#,
        ] {
            assert!(!fields(wrong).fit(limits), "{wrong}");
        }
    }
}
