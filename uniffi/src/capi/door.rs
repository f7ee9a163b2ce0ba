//! The generic door: any verb by its name, with its parameters as JSON. What each verb takes, `json` knows.

use std::ffi::{c_char, c_void};

use super::TimStatus;
use super::callbacks::TimDoneCallback;
use super::calls::run;
use super::guard::{noun, text};
use super::handles::TimClient;
use crate::json::call_by_name;

/// Calls any verb by its name, as VERBS BY NAME tells. `parameters_json` is an object with the verb's parameters, `{}` for none.
/// Result: as of the verb's own function; of one that creates a message: the `message`.
///
/// Errors: those of the verb's own function; 130103 for a verb that this version does not know, 130182 for a parameter that is
/// missing, is none of the verb's, or does not fit, with all that the verb takes in the reason.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_call(
    client: TimClient,
    verb: *const c_char,
    parameters_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    let arguments = |tim| {
        let (verb, given) = (text(verb)?, noun(parameters_json)?);
        call_by_name(tim, &verb, given, None)
    };
    run(client, done, user_data, Box::new(arguments))
}
