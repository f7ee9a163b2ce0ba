//! Calls of every verb for C's tests, which pass what is none: handles, texts, callbacks.

use super::table::{Kind, ORIGIN, Parameter, Verb};

pub(crate) fn text(verbs: &[Verb]) -> String {
    let creating: Vec<&Verb> = verbs.iter().filter(|it| it.creates).collect();
    let (with, without): (Vec<&Verb>, Vec<&Verb>) =
        verbs.iter().filter(|it| !it.creates).partition(|it| it.parameters.iter().any(is_text));
    format!(
        "/*\n * Every verb of tim.h, called: EACH(call) is what a test makes of a call. Progress is told to on_progress, and each\n \
         * callback of that kind counts its end in `destroys`, so often as a macro's count tells; messages go to `made`.\n * \
         {ORIGIN}\n */\n#ifndef TIM_EVERY_CALL_H\n#define TIM_EVERY_CALL_H\n\n{}{}{}#endif /* TIM_EVERY_CALL_H */\n",
        all("EVERY_CREATION(client, text, json)", "EVERY_CREATIONS_DESTROYS", &creating),
        all("EVERY_CALL(client, text, json, done)", "EVERY_CALLS_DESTROYS", &with),
        all("EVERY_CALL_WITHOUT_TEXT(client, done)", "EVERY_CALL_WITHOUT_TEXTS_DESTROYS", &without),
    )
}

fn is_text(parameter: &Parameter) -> bool {
    matches!(parameter.kind, Kind::Text | Kind::Json(_))
}

fn all(head: &str, count: &str, verbs: &[&Verb]) -> String {
    let calls: String = verbs.iter().map(|it| format!(" \\\n    EACH({});", call(it))).collect();
    let destroys = verbs.iter().filter(|it| it.has(&Kind::Progress)).count();
    format!("#define {head}{calls}\nenum {{ {count} = {destroys} }};\n\n")
}

fn call(verb: &Verb) -> String {
    let arguments = verb.parameters.iter().map(|it| match it.kind {
        Kind::Text => "text",
        Kind::Json(_) => "json",
        Kind::Word("ConversationType") => "\"C2C\"",
        Kind::Word("ReadAllType") => "\"readAllMessage\"",
        Kind::Word("ReadMemberFilter") => "\"read\"",
        Kind::Word(_) => "\"Discard\"",
        Kind::OptionalText | Kind::OptionalJson(_) => "NULL",
        Kind::Rendition => "0",
        Kind::Plain("bool") => "true",
        Kind::Plain(_) => "1",
        Kind::Bytes => "PIXEL, sizeof PIXEL",
        Kind::Progress => "on_progress, &destroys, count_destroy",
    });
    let end = if verb.creates { "&made" } else { "done, NULL" };
    let arguments: Vec<&str> = ["client"].into_iter().chain(arguments).chain([end]).collect();
    format!("tim_{}({})", verb.name, arguments.join(", "))
}
