//! A sticker of the application's own set.

use serde::{Deserialize, Serialize};

use super::Element;
use crate::Fault;

/// The contents of a face message: which sticker it is, the application says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaceBody {
    /// Its number in the application's set.
    pub index: i32,
    /// More about it; may be empty.
    #[serde(default)]
    pub data: String,
}

impl Element for FaceBody {
    fn label(&self) -> &'static str {
        "[Sticker]"
    }

    fn check(&self) -> Result<(), Fault> {
        Ok(())
    }
}
