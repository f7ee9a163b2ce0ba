//! The table of verbs: what the methods of `uniffi/src/client` are called, take and give, read with syn. It writes nothing.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use quote::ToTokens;
use syn::{Attribute, Expr, FnArg, ImplItem, ImplItemFn, Item, Lit, Meta, Pat, ReturnType};

/// What files say that are written out of it.
pub(crate) const ORIGIN: &str = "Written by cargo xtask faces from uniffi/src/client; never edited.";

pub(crate) const ORIGIN_OF_NOUNS: &str = "Written by cargo xtask faces from uniffi/src/types; never edited.";

const CLIENT: &str = "uniffi/src/client";

/// A method that is asynchronous, or creates a message. The others, and how instances are made and end, C has by hand.
pub(crate) struct Verb {
    /// In Rust's and C's spelling.
    pub(crate) name: String,
    /// Its text, line by line.
    pub(crate) text: Vec<String>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) result: Answer,
    /// It gives a message at once, and asks nobody.
    pub(crate) creates: bool,
}

pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Its type in Rust.
    pub(crate) rust: String,
    /// A literal of Rust's, for hosts that leave it out.
    pub(crate) default: Option<String>,
}

/// How a parameter crosses the border.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    OptionalText,
    /// A noun, or a list of texts, as JSON.
    Json(Answer),
    /// A noun as JSON, or nothing.
    OptionalJson(Answer),
    /// A word of an enum, by its type.
    Word(&'static str),
    Rendition,
    /// A number, or a truth value, by its type.
    Plain(&'static str),
    Bytes,
    Progress,
}

/// What JSON says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Nothing,
    Truth,
    Number,
    Text,
    /// By the words of its type: `message list`.
    Noun(String),
    List(Box<Self>),
}

impl Verb {
    /// As Kotlin, Swift and TIM spell it: `joinGroup`.
    pub(crate) fn shown(&self) -> String {
        camel_case(&self.name)
    }

    pub(crate) fn has(&self, kind: &Kind) -> bool {
        self.parameters.iter().any(|it| it.kind == *kind)
    }

    /// Whether `tim_call` can call it: JSON holds no bytes.
    pub(crate) fn has_name(&self) -> bool {
        !self.has(&Kind::Bytes)
    }

    /// What it does with a file is done with one of this kind: `image`.
    pub(crate) fn has_file_of(&self, kind: &str) -> bool {
        self.name.split('_').any(|word| word == kind)
    }

    /// What a host passes, but for the listener of its progress.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|it| it.kind != Kind::Progress)
    }
}

impl Parameter {
    /// As JSON spells it: `applyMessage`, `userID`.
    pub(crate) fn shown(&self) -> String {
        with_id(&camel_case(&self.name))
    }

    /// As C spells it.
    pub(crate) fn in_c(&self) -> String {
        match self.kind {
            Kind::Json(_) | Kind::OptionalJson(_) => format!("{}_json", self.name),
            _ => self.name.clone(),
        }
    }
}

/// `join_group` is `joinGroup`.
pub(crate) fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |front, word| {
        let (head, tail) = word.split_at_checked(1).unwrap_or((word, ""));
        front + &head.to_ascii_uppercase() + tail
    })
}

/// An ID is `ID`, as TIM spells it: `userID`, `userIDList`.
fn with_id(name: &str) -> String {
    let mut words = name.split("Id").peekable();
    let mut spelled = String::new();
    while let Some(word) = words.next() {
        spelled += word;
        if let Some(next) = words.peek() {
            spelled += if next.starts_with(char::is_lowercase) { "Id" } else { "ID" };
        }
    }
    spelled
}

/// `MessageList` is `message list`.
fn words(name: &str) -> String {
    let spaced = name.chars().flat_map(|letter| {
        let gap = letter.is_ascii_uppercase().then_some(' ');
        gap.into_iter().chain([letter.to_ascii_lowercase()])
    });
    spaced.collect::<String>().trim().to_owned()
}

/// The verbs, in the order in which the files of the table have them.
pub(crate) fn read() -> Result<Vec<Verb>> {
    let mut verbs = Vec::new();
    read_file(&PathBuf::from(CLIENT).join("mod.rs"), &mut verbs)?;
    ensure!(!verbs.is_empty(), "{CLIENT} has no verbs");
    Ok(verbs)
}

/// A file's own first, then those of the files that it names.
fn read_file(path: &Path, verbs: &mut Vec<Verb>) -> Result<()> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let items = syn::parse_file(&text).with_context(|| format!("{} is no Rust", path.display()))?.items;
    for method in items.iter().filter_map(exported).flatten() {
        let name = method.sig.ident.to_string();
        verbs.extend(verb(method).with_context(|| format!("{}: {name}", path.display()))?);
    }
    for item in items {
        if let Item::Mod(it) = item
            && it.content.is_none()
        {
            read_file(&path.with_file_name(format!("{}.rs", it.ident)), verbs)?;
        }
    }
    Ok(())
}

/// The methods that other languages have, if this is a part of the client.
fn exported(item: &Item) -> Option<impl Iterator<Item = &ImplItemFn>> {
    let Item::Impl(block) = item else { return None };
    let is_client = spelled(&block.self_ty) == "Tim" && block.trait_.is_none();
    let is_exported = block.attrs.iter().any(|it| spelled(it.path()) == "uniffi::export");
    let methods = block.items.iter().filter_map(|it| match it {
        ImplItem::Fn(method) => Some(method),
        _ => None,
    });
    (is_client && is_exported).then_some(methods)
}

/// A method as a verb; none if C has it by hand.
fn verb(method: &ImplItemFn) -> Result<Option<Verb>> {
    let (name, is_async) = (method.sig.ident.to_string(), method.sig.asyncness.is_some());
    let answer = match &method.sig.output {
        ReturnType::Default => String::new(),
        ReturnType::Type(_, given) => spelled(given),
    };
    let creates = !is_async && answer == "Result<Message,TimError>";
    if !(is_async || creates) || name == "destroy" {
        return Ok(None);
    }
    let answer = answer.strip_prefix("Result<").and_then(|it| it.strip_suffix(",TimError>"));
    let answer = answer.context("a verb gives a Result with a TimError")?;
    let parameters = parameters(method)?;
    let progress = parameters.iter().position(|it| it.kind == Kind::Progress);
    ensure!(
        progress.is_none_or(|at| at + 1 == parameters.len()),
        "the listener of its progress is its last parameter"
    );
    Ok(Some(Verb { name, text: text(&method.attrs), parameters, result: self::answer(answer)?, creates }))
}

fn parameters(method: &ImplItemFn) -> Result<Vec<Parameter>> {
    let defaults = defaults(&method.attrs)?;
    let typed = method.sig.inputs.iter().filter_map(|it| match it {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    });
    let read = typed.map(|typed| {
        let Pat::Ident(pattern) = &*typed.pat else { bail!("a parameter has a name") };
        let name = pattern.ident.to_string();
        let default = defaults.iter().find(|(of, _)| *of == name).map(|(_, value)| value.clone());
        let rust = spelled(&typed.ty);
        let kind = kind(&rust).with_context(|| name.clone())?;
        Ok(Parameter { name, kind, rust, default })
    });
    read.collect()
}

/// `#[uniffi::method(default(count = 15))]`.
fn defaults(attributes: &[Attribute]) -> Result<Vec<(String, String)>> {
    let mut defaults = Vec::new();
    for attribute in attributes.iter().filter(|it| spelled(it.path()) == "uniffi::method") {
        attribute.parse_nested_meta(|outer| {
            outer.parse_nested_meta(|one| {
                let value: Expr = one.value()?.parse()?;
                defaults.push((spelled(&one.path), spelled(&value)));
                Ok(())
            })
        })?;
    }
    Ok(defaults)
}

fn kind(of: &str) -> Result<Kind> {
    Ok(match of {
        "String" => Kind::Text,
        "Option<String>" => Kind::OptionalText,
        "ConversationType" => Kind::Word("ConversationType"),
        "ReadAllType" => Kind::Word("ReadAllType"),
        "ReadMemberFilter" => Kind::Word("ReadMemberFilter"),
        "MessageRemindType" => Kind::Word("MessageRemindType"),
        "RenditionType" => Kind::Rendition,
        "i32" => Kind::Plain("i32"),
        "i64" => Kind::Plain("i64"),
        "f64" => Kind::Plain("f64"),
        "bool" => Kind::Plain("bool"),
        "Vec<u8>" => Kind::Bytes,
        "Option<Arc<dyn ProgressListener>>" => Kind::Progress,
        _ => match answer(optional(of).unwrap_or(of))? {
            noun @ Answer::Noun(_) if optional(of).is_some() => Kind::OptionalJson(noun),
            _ if optional(of).is_some() => bail!("C has no optional parameters of type {of} yet"),
            json @ (Answer::Noun(_) | Answer::List(_)) => Kind::Json(json),
            _ => bail!("C has no parameters of type {of} yet: xtask/src/faces tells how others cross"),
        },
    })
}

/// The noun that may be there.
fn optional(of: &str) -> Option<&str> {
    of.strip_prefix("Option<")?.strip_suffix('>').filter(|it| it.starts_with(char::is_uppercase))
}

fn answer(of: &str) -> Result<Answer> {
    Ok(match of {
        "()" => Answer::Nothing,
        "bool" => Answer::Truth,
        "String" => Answer::Text,
        "i32" | "i64" | "f64" => Answer::Number,
        _ => match of.strip_prefix("Vec<").and_then(|it| it.strip_suffix('>')) {
            Some(each) => Answer::List(Box::new(answer(each)?)),
            None if of.chars().all(char::is_alphanumeric) => Answer::Noun(words(of)),
            None => bail!("C has nothing of type {of} yet: xtask/src/faces tells how others cross"),
        },
    })
}

/// As in the file, without blanks that need not be.
pub(super) fn spelled(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string().replace(' ', "").replace("<dyn", "<dyn ")
}

pub(super) fn text(attributes: &[Attribute]) -> Vec<String> {
    let lines = attributes.iter().filter_map(|it| match &it.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(line) => Some(line.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verb_of(method: &str) -> Result<Option<Verb>> {
        verb(&syn::parse_str(method).unwrap())
    }

    #[test]
    fn a_method_is_read_with_its_defaults() {
        let join = "#[doc = \" Joins.\"] #[uniffi::method(default(apply_message = \"\"))] \
                    pub async fn join_group(&self, user_id: String, apply_message: String) -> Result<Joined, TimError> {}";
        let verb = verb_of(join).unwrap().unwrap();
        assert_eq!((verb.shown().as_str(), verb.creates), ("joinGroup", false));
        assert_eq!(verb.text, ["Joins."]);
        assert_eq!(verb.result, Answer::Noun("joined".into()));
        let [user, words] = &verb.parameters[..] else { panic!("two") };
        assert_eq!((user.shown().as_str(), user.default.as_deref()), ("userID", None));
        assert_eq!((words.shown().as_str(), words.default.as_deref()), ("applyMessage", Some("\"\"")));
    }

    #[test]
    fn what_c_has_by_hand_is_no_verb() {
        assert!(verb_of("pub fn is_ready(&self) -> bool { true }").unwrap().is_none());
        assert!(verb_of("pub async fn destroy(&self) -> Result<(), TimError> {}").unwrap().is_none());
        let create = "pub fn create_it(&self, to: String) -> Result<Message, TimError> {}";
        assert!(verb_of(create).unwrap().unwrap().creates);
    }

    #[test]
    fn what_cannot_cross_is_refused() {
        for parameter in ["it: Option<u32>", "it: HashMap<String, String>", "it: ()"] {
            assert!(
                verb_of(&format!("async fn a(&self, {parameter}) -> Result<(), TimError> {{}}")).is_err()
            );
        }
        let early =
            "async fn a(&self, it: Option<Arc<dyn ProgressListener>>, b: String) -> Result<(), TimError> {}";
        assert!(verb_of(early).is_err());
    }

    #[test]
    fn names_are_as_each_language_spells_them() {
        assert_eq!(camel_case("get_attachment_url"), "getAttachmentUrl");
        assert_eq!(words("MessageList"), "message list");
        assert_eq!(with_id("userIdList"), "userIDList");
        assert_eq!(with_id("nextReqMessageId"), "nextReqMessageID");
        assert_eq!(with_id("userIdle"), "userIdle");
    }
}
