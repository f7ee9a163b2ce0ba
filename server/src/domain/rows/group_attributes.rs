//! Rows of the attributes of groups.

use std::collections::BTreeMap;

use tim_protocol::UnixMillis;

use crate::core::ops::ConversationKey;
use crate::domain::DomainResult;

/// What all attributes of a group have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttributesState {
    /// Their version: 1 at first, one more with each change.
    pub version: u64,
    /// The version that removed one last.
    pub removed: u64,
    /// When all changes so far would have happened, one after the other at the rate that is permitted.
    pub paced: UnixMillis,
}

/// An attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The value, which is not empty.
    pub value: String,
    /// The version that set it.
    pub version: u64,
}

/// The attributes of groups.
pub trait AttributeRows {
    /// What those of a group have in common.
    fn attributes_state(&mut self, group: ConversationKey) -> DomainResult<AttributesState>;

    /// Sets this.
    fn set_attributes_state(&mut self, group: ConversationKey, state: AttributesState) -> DomainResult<()>;

    /// Those of a group, by their keys.
    fn attributes(&mut self, group: ConversationKey) -> DomainResult<BTreeMap<String, Attribute>>;

    /// Sets an attribute.
    fn set_attribute(&mut self, group: ConversationKey, key: &str, attribute: &Attribute)
    -> DomainResult<()>;

    /// Removes an attribute.
    fn remove_attribute(&mut self, group: ConversationKey, key: &str) -> DomainResult<()>;

    /// Removes all attributes of a group.
    fn remove_attributes(&mut self, group: ConversationKey) -> DomainResult<()>;
}
