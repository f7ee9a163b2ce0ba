//! The C functions, in Rust, and the verbs by the names by which `tim_call` and pages find them.

use std::collections::BTreeSet;

use anyhow::Result;

use super::prose::Prose;
use super::table::{Kind, ORIGIN, Parameter, Verb};

/// The C functions.
pub(crate) fn functions(verbs: &[Verb], prose: &Prose) -> Result<String> {
    let functions = verbs.iter().map(|it| function(it, prose)).collect::<Result<String>>()?;
    Ok(format!(
        "//! The verbs as C has them: each takes C's arguments apart and calls the method of its name.\n//!\n//! {ORIGIN}\n\
         {USES}\n{functions}"
    ))
}

/// The verbs that are called by their names.
pub(crate) fn names(verbs: &[Verb]) -> String {
    let begun: String = verbs.iter().filter(|it| !it.creates).map(begun).collect();
    format!(
        "//! The verbs by their names, with their parameters as JSON: each calls the method of its name.\n//!\n//! {ORIGIN}\n\
         {NAMES_USE}use crate::types::{{{}}};\n\n\
         {begun}{}",
        nouns(verbs).join(", "),
        by_name(verbs)
    )
}

/// The types that calls take and that are none of Rust's own. What creates a message names none.
fn nouns(verbs: &[Verb]) -> Vec<&str> {
    const OTHERS: [&str; 5] = ["Arc", "Option", "ProgressListener", "String", "Vec"];
    let spelled =
        verbs.iter().filter(|it| !it.creates).flat_map(|it| &it.parameters).map(|it| it.rust.as_str());
    let words = spelled.flat_map(|it| it.split(|letter: char| !letter.is_alphanumeric()));
    let types = words.filter(|it| it.starts_with(char::is_uppercase) && !OTHERS.contains(it));
    types.collect::<BTreeSet<_>>().into_iter().collect()
}

const USES: &str = "
use std::ffi::{c_char, c_void};
use std::sync::Arc;

use tim::protocol::media::FileType;

use super::TimStatus;
use super::callbacks::{TimDestroy, TimDoneCallback, TimProgressCallback, progress};
use super::calls::{create, run};
use super::guard;
use super::handles::TimClient;
use crate::client::Tim;
use crate::json::verbs;
";

const NAMES_USE: &str = "
use std::sync::Arc;

use super::parameters::{Given, Parameters, unknown};
use super::{Call, call, write};
use crate::client::{ProgressListener, Tim};
use crate::error::TimError;
";

fn function(verb: &Verb, prose: &Prose) -> Result<String> {
    let text: String = prose.of(verb)?.iter().map(|line| format!("/// {line}\n")).collect();
    let name = &verb.name;
    let parameters: String = verb.parameters.iter().map(declared).collect();
    let listener = match verb.has(&Kind::Progress) {
        true => "    let on_progress = progress(on_progress, progress_user_data, progress_destroy);\n",
        false => "",
    };
    let arguments: Vec<String> = verb.parameters.iter().map(|it| taken(it, verb)).collect();
    let (end, body) = if verb.creates {
        let method = spread(&format!("move |tim: Arc<Tim>| tim.{name}("), &arguments);
        (
            "    message_json: *mut *mut c_char,\n",
            format!("    create(client, message_json, Box::new({method}))\n"),
        )
    } else {
        let begin = spread(&format!("move |tim| Ok(verbs::{name}("), &with_tim(arguments)) + ")";
        (
            "    done: TimDoneCallback,\n    user_data: *mut c_void,\n",
            format!("    run(client, done, user_data, Box::new({begin}))\n"),
        )
    };
    Ok(format!(
        "{text}#[unsafe(no_mangle)]\npub unsafe extern \"C\" fn tim_{name}(\n    client: TimClient,\n{parameters}{end}) -> \
         TimStatus {{\n{listener}{body}}}\n\n"
    ))
}

/// What both doors lead to.
fn begun(verb: &Verb) -> String {
    let name = &verb.name;
    let own = verb.parameters.iter().map(|it| format!("{}: {}", it.name, it.rust));
    let parameters: Vec<String> = ["tim: Arc<Tim>".to_owned()].into_iter().chain(own).collect();
    let names: Vec<String> = verb.parameters.iter().map(|it| it.name.clone()).collect();
    format!(
        "pub(crate) fn {name}({}) -> Call {{\n    call!(tim.{name}({}))\n}}\n\n",
        parameters.join(", "),
        names.join(", ")
    )
}

fn with_tim(mut arguments: Vec<String>) -> Vec<String> {
    arguments.insert(0, "tim".to_owned());
    arguments
}

/// A call with its arguments, in one line if they fit.
fn spread(head: &str, arguments: &[String]) -> String {
    let line = arguments.join(", ");
    if head.len() + line.len() < 70 {
        return format!("{head}{line})");
    }
    let lines: String = arguments.iter().map(|it| format!("        {it},\n")).collect();
    format!("{head}\n{lines}    )")
}

/// As a function of C's has it.
fn declared(parameter: &Parameter) -> String {
    let name = parameter.in_c();
    let declared = match &parameter.kind {
        Kind::Text | Kind::OptionalText | Kind::Json(_) | Kind::OptionalJson(_) | Kind::Word(_) => {
            format!("{name}: *const c_char")
        }
        Kind::Rendition => format!("{name}: u32"),
        Kind::Plain(of) => format!("{name}: {of}"),
        Kind::Bytes => format!("{name}: *const u8,\n    length: usize"),
        Kind::Progress => format!(
            "{name}: TimProgressCallback,\n    progress_user_data: *mut c_void,\n    progress_destroy: TimDestroy"
        ),
    };
    format!("    {declared},\n")
}

/// Out of C's arguments.
fn taken(parameter: &Parameter, verb: &Verb) -> String {
    let name = parameter.in_c();
    let file_type = if verb.has_file_of("image") { "Image" } else { "File" };
    match &parameter.kind {
        Kind::Text => format!("guard::text({name})?"),
        Kind::OptionalText => format!("guard::optional_text({name})?"),
        Kind::Json(_) => format!("guard::noun({name})?"),
        Kind::OptionalJson(_) => format!("guard::optional_noun({name})?"),
        Kind::Word("ConversationType") => format!("guard::conversation_type({name})?"),
        Kind::Word("ReadAllType") => format!("guard::read_all_type({name})?"),
        Kind::Word("ReadMemberFilter") => format!("guard::read_member_filter({name})?"),
        Kind::Word(_) => format!("guard::message_remind_type({name})?"),
        Kind::Rendition => format!("guard::rendition({name})?"),
        Kind::Bytes => format!("guard::bytes({name}, length, FileType::{file_type})?"),
        Kind::Plain(_) | Kind::Progress => name,
    }
}

fn by_name(verbs: &[Verb]) -> String {
    let arms: String = verbs.iter().filter(|it| it.has_name()).map(arm).collect();
    format!(
        "/// Begins a verb by its name. One that creates a message has ended at once, with the message. `progress` is told of the transfer, if there is one.\n///\n/// # Errors\n/// \
         130103 for a verb that this version does not know; 130182 for a parameter that is missing, is none of the verb's, or does \
         not fit;\n/// those of a verb that creates a message.\npub fn call_by_name(\n    tim: Arc<Tim>,\n    verb: &str,\n    given: Given,\n    progress: Option<Arc<dyn ProgressListener>>,\n) -> Result<Call, TimError> \
         {{\n    match verb {{\n{arms}        _ => Err(unknown(verb)),\n    }}\n}}\n"
    )
}

fn arm(verb: &Verb) -> String {
    let (shown, name) = (verb.shown(), &verb.name);
    let names: Vec<String> = verb.values().map(|it| format!("{:?}", it.shown())).collect();
    let arguments: Vec<String> = verb.parameters.iter().map(named).collect();
    let mutable = if names.is_empty() { "_given" } else { "mut given" };
    let given = format!("let {mutable} = Parameters::new({shown:?}, &[{}], given)?;", names.join(", "));
    let call = match verb.creates {
        true => format!(
            "let message = write(&tim.{name}({})?)?;\n            Ok(Box::pin(std::future::ready(Ok(message))))",
            arguments.join(", ")
        ),
        false => format!("Ok({name}({}))", with_tim(arguments).join(", ")),
    };
    format!("        {shown:?} => {{\n            {given}\n            {call}\n        }}\n")
}

/// Out of a JSON object.
fn named(parameter: &Parameter) -> String {
    let name = parameter.shown();
    let default = match (&parameter.kind, parameter.default.as_deref()) {
        (Kind::Progress, _) => return "progress".to_owned(),
        (Kind::OptionalText | Kind::OptionalJson(_), _) => "None".to_owned(),
        (_, None) => return format!("given.take({name:?})?"),
        (Kind::Text, Some(text)) => format!("{text}.to_owned()"),
        (_, Some("[]")) => "Vec::new()".to_owned(),
        (_, Some(other)) => other.to_owned(),
    };
    format!("given.take_or({name:?}, {default})?")
}
