//! A place on Earth.

use serde::{Deserialize, Serialize};

use super::Element;
use crate::{Code, Fault};

/// The contents of a location message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LocationBody {
    /// The name of the place; may be empty.
    pub description: String,
    /// Degrees east of Greenwich: -180 to 180.
    pub longitude: f64,
    /// Degrees north of the equator: -90 to 90.
    pub latitude: f64,
}

impl Element for LocationBody {
    fn label(&self) -> &'static str {
        "[Location]"
    }

    /// [`Code::MESSAGE_BODY_INVALID`], with the reason, for a place that is not on Earth.
    fn check(&self) -> Result<(), Fault> {
        if !(-180.0..=180.0).contains(&self.longitude) {
            Err(Fault::with_text(Code::MESSAGE_BODY_INVALID, "a longitude is -180 to 180 degrees"))
        } else if !(-90.0..=90.0).contains(&self.latitude) {
            Err(Fault::with_text(Code::MESSAGE_BODY_INVALID, "a latitude is -90 to 90 degrees"))
        } else {
            Ok(())
        }
    }

    fn searchable(&self) -> Vec<&str> {
        vec![&self.description]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_on_earth() {
        let code = |longitude, latitude| {
            let place = LocationBody { description: String::new(), longitude, latitude };
            place.check().map_err(|fault| fault.code)
        };
        for (longitude, latitude) in [(0.0, 0.0), (-180.0, 90.0), (180.0, -90.0), (91.117_7, 29.657_9)] {
            assert_eq!(code(longitude, latitude), Ok(()));
        }
        for (longitude, latitude) in [(180.1, 0.0), (0.0, -90.1), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert_eq!(code(longitude, latitude), Err(Code::MESSAGE_BODY_INVALID));
        }
    }
}
