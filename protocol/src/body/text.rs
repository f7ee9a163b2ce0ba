//! A text.

use serde::{Deserialize, Serialize};

use super::Element;
use crate::{Code, Fault};

/// The payload of a text message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextBody {
    /// The text; not empty.
    pub text: String,
}

impl Element for TextBody {
    fn label(&self) -> &'static str {
        ""
    }

    fn check(&self) -> Result<(), Fault> {
        if self.text.is_empty() { Err(Code::MESSAGE_BODY_INVALID.into()) } else { Ok(()) }
    }

    fn searchable(&self) -> Vec<&str> {
        vec![&self.text]
    }
}
