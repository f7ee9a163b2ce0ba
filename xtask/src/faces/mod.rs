//! What the C face has for each verb, out of the one table of verbs: the methods of `uniffi/src/client`. A verb gets a function
//! of `tim.h`, a name for `tim_call`, a method of `tim.hpp`, and calls with bad input in C's tests.
//!
//! * `table` reads the methods; `prose` turns their text into what C programmers read.
//! * `rust`, `cpp` and `calls` write one file each.
//! * `nouns` reads the records of `uniffi/src/types`, which `types` writes as structures of C++.
//!
//! No verb is named here: one that cannot be written is refused with what it lacks.

mod calls;
mod cpp;
mod nouns;
mod prose;
mod rust;
mod table;
mod types;

use anyhow::Result;

use crate::generated::Generated;

pub(crate) fn files() -> Result<Vec<Generated>> {
    let verbs = table::read()?;
    let prose = prose::Prose::new(&verbs)?;
    Ok(vec![
        Generated::new("uniffi/src/capi/verbs.rs", &rust::functions(&verbs, &prose)?),
        Generated::new("uniffi/src/json/verbs.rs", &rust::names(&verbs)),
        Generated::new("bindings/c/include/tim_verbs.hpp", &cpp::text(&verbs)),
        Generated::new("bindings/c/include/tim_types.hpp", &types::text(&nouns::read()?)?),
        Generated::new("bindings/c/tests/every_call.h", &calls::text(&verbs)),
    ])
}
