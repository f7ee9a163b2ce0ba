//! Finishes the generated Swift: names and labels as Swift has them. A function that takes a callback interface is hidden behind
//! one that takes a closure: TimExtensions.swift has those.

use anyhow::{Context as _, Result, ensure};

use super::words::with_ids;

/// Functions that TimExtensions.swift has in another form, in addition to those that take a callback.
const HAVE_OTHER_FORMS: [&str; 1] = ["getAttachmentUrl"];
const CALLBACKS: [&str; 5] =
    ["EventHandler", "EventListener", "LogSink?", "ProgressListener?", "UploadPlugin"];
/// First arguments that have no label in Swift, in addition to those whose name ends the name of their function.
const PLAIN: [&str; 6] = [
    "addMessageReaction(message",
    "off(listener",
    "on(event",
    "once(event",
    "removeMessageReaction(message",
    "updateMyProfile(fields",
];
/// Functions whose result an app may ignore.
const DISCARDABLE: [&str; 11] = [
    "addMessageReaction",
    "createGroup",
    "joinGroup",
    "login",
    "pinGroupMessage",
    "removeMessageReaction",
    "resendMessage",
    "revokeMessage",
    "sendMessage",
    "sendMessageReadReceipt",
    "updateMyProfile",
];

pub(super) fn finished(generated: &str) -> Result<String> {
    let swift = with_error(&with_ids(generated))?;
    let swift = without_hidden_requirements(&swift)?;
    let mut is_other = false;
    let lines = swift.lines().map(|line| {
        let begins =
            ["open class ", "public protocol "].into_iter().find_map(|begin| line.strip_prefix(begin));
        is_other = match begins {
            Some(name) => !name.starts_with("Tim:") && !name.starts_with("TimProtocol:"),
            None => is_other && line != "}",
        };
        // Callbacks are called with their labels.
        let line = if is_other { line.to_owned() } else { method(line) };
        line + "\n"
    });
    Ok(lines.collect())
}

/// The cases of the error begin in lower case, as all others do.
fn with_error(swift: &str) -> Result<String> {
    let (_, from) = swift.split_once("\nenum TimError: ").context("the generated Swift has no TimError")?;
    let (class, _) = from.split_once("\n}\n").context("TimError has no end")?;
    let cases: Vec<&str> = class
        .lines()
        .filter_map(|line| line.trim().strip_prefix("case ")?.split_once('('))
        .map(|(name, _)| name)
        .collect();
    ensure!(!cases.is_empty(), "the generated TimError has no cases");
    let mut swift = swift.to_owned();
    for case in cases {
        let (first, rest) = case.split_at_checked(1).context("a case has a name")?;
        let name = first.to_ascii_lowercase() + rest;
        // A keyword: after a dot it is a name all the same.
        let declared = if name == "internal" { format!("`{name}`") } else { name.clone() };
        swift = swift.replace(&format!("    case {case}("), &format!("    case {declared}("));
        swift = swift.replace(&format!(".{case}("), &format!(".{name}("));
    }
    Ok(swift)
}

/// A public protocol cannot ask for what is hidden.
fn without_hidden_requirements(swift: &str) -> Result<String> {
    const PROTOCOL: &str = "\npublic protocol TimProtocol: AnyObject, Sendable {\n";
    let (before, from) = swift.split_once(PROTOCOL).context("the generated Swift has no TimProtocol")?;
    let (protocol, behind) = from.split_once("\n}\n").context("TimProtocol has no end")?;
    let (mut kept, mut documentation) = (String::new(), String::new());
    for line in protocol.lines() {
        documentation.extend([line, "\n"]);
        let is_function = line.trim_start().starts_with("func ");
        if is_function && is_hidden(line) {
            documentation.clear();
        } else if is_function || line.trim().is_empty() {
            kept += &std::mem::take(&mut documentation);
        }
    }
    Ok(format!("{before}{PROTOCOL}{kept}{documentation}\n}}\n{behind}"))
}

fn is_hidden(declaration: &str) -> bool {
    let Some((_, function)) = declaration.split_once("func ") else { return false };
    let name = function.split('(').next().unwrap_or_default();
    let mut types = function.split(": ").map(|part| part.split([',', ')', ' ']).next().unwrap_or_default());
    HAVE_OTHER_FORMS.contains(&name) || types.any(|of| CALLBACKS.contains(&of))
}

/// The declaration of a method or a function, or another line.
fn method(line: &str) -> String {
    let [open, public] = ["open func ", "public func "].map(|begin| line.strip_prefix(begin));
    let is_requirement = line.starts_with("    func ");
    let Some(function) = open.or(public).or_else(|| line.strip_prefix("    func ")) else {
        return line.to_owned();
    };
    if function.starts_with("FfiConverter") || function.starts_with("uniffi") {
        return line.to_owned();
    }
    let (name, _) = function.split_once('(').unwrap_or((function, ""));
    if is_hidden(line) && !is_requirement {
        let (first, rest) = function.split_at_checked(1).unwrap_or((function, ""));
        return format!("func uniffi{}{rest}", first.to_ascii_uppercase());
    }
    let line = line.replacen(function, &labelled(function), 1);
    let is_discardable = DISCARDABLE.contains(&name) && !is_requirement;
    if is_discardable { format!("@discardableResult\n{line}") } else { line }
}

/// Removes the label of a first argument that is in `PLAIN` or whose name ends the function's name.
fn labelled(function: &str) -> String {
    let Some((name, parameters)) = function.split_once('(') else { return function.to_owned() };
    let Some((label, _)) = parameters.split_once(": ") else { return function.to_owned() };
    let is_plain = label.chars().all(char::is_alphanumeric)
        && (name.to_ascii_lowercase().ends_with(&label.to_ascii_lowercase())
            || PLAIN.contains(&format!("{name}({label}").as_str()));
    if is_plain { format!("{name}(_ {parameters}") } else { function.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cases_of_the_error_begin_in_lower_case() {
        let generated = "public\nenum TimError: Swift.Error {\n    case NotReady(code: Int32)\n    case Internal(code: Int32)\n}\nreturn .NotReady(\nlet .Internal(\n";
        let finished = "public\nenum TimError: Swift.Error {\n    case notReady(code: Int32)\n    case `internal`(code: Int32)\n}\nreturn .notReady(\nlet .internal(\n";
        assert_eq!(with_error(generated).unwrap(), finished);
        assert!(with_error("").is_err());
    }

    #[test]
    fn what_takes_a_callback_is_hidden_and_labels_say_nothing_twice() {
        for (line, finished) in [
            (
                "open func on(event: EventName, handler: EventHandler) -> Listener  {",
                "func uniffiOn(event: EventName, handler: EventHandler) -> Listener  {",
            ),
            ("open func off(listener: Listener)  {", "open func off(_ listener: Listener)  {"),
            (
                "open func sendMessage(message: Message)async throws  -> Message  {",
                "@discardableResult\nopen func sendMessage(_ message: Message)async throws  -> Message  {",
            ),
            (
                "open func quitGroup(groupID: String)async throws   {",
                "open func quitGroup(groupID: String)async throws   {",
            ),
            (
                "public func setLogLevel(level: Int32)throws   {",
                "public func setLogLevel(_ level: Int32)throws   {",
            ),
            (
                "public func FfiConverterTypeTim_lift(_ handle: UInt64) {",
                "public func FfiConverterTypeTim_lift(_ handle: UInt64) {",
            ),
        ] {
            assert_eq!(method(line), finished);
        }
    }

    #[test]
    fn the_protocol_asks_for_nothing_that_is_hidden() {
        let of = |requirements: &str| {
            format!("a\npublic protocol TimProtocol: AnyObject, Sendable {{\n{requirements}\n}}\nb\n")
        };
        let generated = of(
            "    /** Hidden. */\n    func on(event: EventName, handler: EventHandler) -> Listener\n\n    /** Told. */\n    func logout()",
        );
        assert_eq!(
            without_hidden_requirements(&generated).unwrap(),
            of("\n    /** Told. */\n    func logout()\n")
        );
    }
}
