//! The nouns of both faces, read with syn out of `uniffi/src/types` and `event.rs`: records, enums of words, and unions of
//! records, with the names that they have in JSON. It writes nothing.

use std::fs;

use anyhow::{Context as _, Result, bail};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Fields, Ident, Item, ItemEnum, ItemStruct, Lit, LitStr, Meta, Path, Token};

use super::table::{camel_case, spelled, text};

/// A noun by its name in Rust.
pub(crate) struct Noun {
    pub(crate) name: String,
    pub(crate) text: Vec<String>,
    pub(crate) kind: NounKind,
}

pub(crate) enum NounKind {
    /// A value for each word of JSON.
    Words(Vec<Word>),
    Record(Vec<Field>),
    /// One of several records: its word stands under `tag`, its record under `content`.
    Union {
        tag: String,
        content: String,
        cases: Vec<Case>,
    },
}

/// A value of an enum, and the JSON that stands for it: `"Private"`, `0`.
pub(crate) struct Word {
    pub(crate) name: String,
    pub(crate) json: String,
}

pub(crate) struct Field {
    pub(crate) name: String,
    /// Under which name JSON has it; none if its own fields stand there.
    pub(crate) json: Option<String>,
    /// Its type in Rust.
    pub(crate) rust: String,
    pub(crate) text: Vec<String>,
}

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) word: String,
    pub(crate) text: Vec<String>,
    pub(crate) content: Content,
}

pub(crate) enum Content {
    Nothing,
    /// A noun, or a text.
    Of(String),
    /// Fields of the case's own.
    Fields(Vec<Field>),
    /// A single field that is the whole content.
    Bare(Field),
}

pub(crate) fn read() -> Result<Vec<Noun>> {
    let mut files: Vec<_> =
        fs::read_dir("uniffi/src/types")?.map(|it| Ok(it?.path())).collect::<Result<_>>()?;
    files.sort();
    files.push("uniffi/src/event.rs".into());
    let mut nouns = Vec::new();
    for path in files {
        let items = syn::parse_file(&fs::read_to_string(&path)?)?.items;
        for item in items {
            nouns.extend(noun(&item).with_context(|| path.display().to_string())?);
        }
    }
    Ok(nouns)
}

fn noun(item: &Item) -> Result<Option<Noun>> {
    Ok(match item {
        Item::Struct(it) if derives(&it.attrs, "uniffi::Record") => Some(record(it)?),
        Item::Enum(it) if derives(&it.attrs, "uniffi::Enum") && derives(&it.attrs, "Serialize") => {
            Some(one_of(it)?)
        }
        Item::Macro(it) if it.mac.path.is_ident("mirror") || it.mac.path.is_ident("mirror_words") => {
            let Mirror { text, name, mut words } = it.mac.parse_body()?;
            if it.mac.path.is_ident("mirror_words") {
                words.push(Word { name: "Other".to_owned(), json: quoted("other") });
            }
            Some(Noun { name, text, kind: NounKind::Words(words) })
        }
        _ => None,
    })
}

/// `/// Text. Role = engine::Role { /// Text. Member = "Member", … }`
struct Mirror {
    text: Vec<String>,
    name: String,
    words: Vec<Word>,
}

impl Parse for Mirror {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let text = text(&input.call(Attribute::parse_outer)?);
        let name = input.parse::<Ident>()?.to_string();
        input.parse::<Token![=]>()?;
        input.parse::<Path>()?;
        let inner;
        syn::braced!(inner in input);
        let words = Punctuated::<MirrorWord, Token![,]>::parse_terminated(&inner)?;
        Ok(Self { text, name, words: words.into_iter().map(|it| it.0).collect() })
    }
}

struct MirrorWord(Word);

impl Parse for MirrorWord {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.call(Attribute::parse_outer)?;
        let name = input.parse::<Ident>()?.to_string();
        input.parse::<Token![=]>()?;
        Ok(Self(Word { name, json: quoted(&input.parse::<LitStr>()?.value()) }))
    }
}

fn record(item: &ItemStruct) -> Result<Noun> {
    let is_camel = serde(&item.attrs, "rename_all")?.is_some();
    let fields = fields(&item.fields, is_camel)?;
    Ok(Noun { name: item.ident.to_string(), text: text(&item.attrs), kind: NounKind::Record(fields) })
}

fn fields(fields: &Fields, is_camel: bool) -> Result<Vec<Field>> {
    let each = fields.iter().map(|field| {
        let name = field.ident.as_ref().context("a field has a name")?.unraw().to_string();
        let own = if is_camel { camel_case(&name) } else { name.clone() };
        let json = serde(&field.attrs, "rename")?.unwrap_or(own);
        let json = serde(&field.attrs, "flatten")?.is_none().then_some(json);
        // A reader in C++ takes what is missing for a fault, unless it may be none.
        if serde(&field.attrs, "skip_serializing_if")?.is_some_and(|when| when != "Option::is_none") {
            bail!("{name} is left out of JSON when it is empty: write it, or make it an Option");
        }
        Ok(Field { name, json, rust: spelled(&field.ty), text: text(&field.attrs) })
    });
    each.collect()
}

fn one_of(item: &ItemEnum) -> Result<Noun> {
    let (tag, content) = (serde(&item.attrs, "tag")?, serde(&item.attrs, "content")?);
    let kind = match (tag, content) {
        (Some(tag), Some(content)) => {
            let cases = item.variants.iter().map(case).collect::<Result<_>>()?;
            NounKind::Union { tag, content, cases }
        }
        _ => NounKind::Words(words(item)?),
    };
    Ok(Noun { name: item.ident.to_string(), text: text(&item.attrs), kind })
}

/// By their words, or by their numbers.
fn words(item: &ItemEnum) -> Result<Vec<Word>> {
    let is_number = serde(&item.attrs, "try_from")?.is_some();
    let each = item.variants.iter().enumerate().map(|(number, variant)| {
        let name = variant.ident.to_string();
        let word = serde(&variant.attrs, "rename")?.unwrap_or_else(|| name.to_lowercase());
        Ok(Word { name, json: if is_number { number.to_string() } else { quoted(&word) } })
    });
    each.collect()
}

fn case(variant: &syn::Variant) -> Result<Case> {
    let name = variant.ident.to_string();
    let word = serde(&variant.attrs, "rename")?.context("a case has its word")?;
    let content = match &variant.fields {
        Fields::Unit => Content::Nothing,
        Fields::Unnamed(of) => Content::Of(of.unnamed.iter().map(|it| spelled(&it.ty)).collect()),
        named => {
            let mut own = fields(named, false)?;
            match (serde(&variant.attrs, "serialize_with")?, own.pop()) {
                (Some(_), Some(only)) => Content::Bare(only),
                (_, last) => Content::Fields(own.into_iter().chain(last).collect()),
            }
        }
    };
    Ok(Case { name, word, text: text(&variant.attrs), content })
}

fn quoted(word: &str) -> String {
    format!("{word:?}")
}

fn derives(attributes: &[Attribute], what: &str) -> bool {
    let derive = |it: &&Attribute| it.path().is_ident("derive");
    attributes.iter().filter(derive).any(|it| match &it.meta {
        Meta::List(list) => list.tokens.to_string().replace(' ', "").split(',').any(|own| own == what),
        _ => false,
    })
}

/// What serde is told under a name: empty for a word without a value.
fn serde(attributes: &[Attribute], name: &str) -> Result<Option<String>> {
    let mut found = None;
    for attribute in attributes.iter().filter(|it| it.path().is_ident("serde")) {
        attribute.parse_nested_meta(|meta| {
            let value = match meta.input.peek(Token![=]) {
                true => match meta.value()?.parse::<Expr>()? {
                    Expr::Lit(literal) => match literal.lit {
                        Lit::Str(text) => text.value(),
                        _ => String::new(),
                    },
                    _ => String::new(),
                },
                false => String::new(),
            };
            if meta.path.is_ident(name) {
                found = Some(value);
            }
            Ok(())
        })?;
    }
    if name == "rename_all" && found.as_deref().is_some_and(|way| !["camelCase", "lowercase"].contains(&way))
    {
        bail!("a way of naming that is not known here: {found:?}");
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noun_of(item: &str) -> Noun {
        noun(&syn::parse_str(item).unwrap()).unwrap().unwrap()
    }

    #[test]
    fn a_record_has_the_names_of_json() {
        let record = noun_of(
            "#[derive(uniffi::Record, Serialize)] #[serde(rename_all = \"camelCase\")] pub struct It {
             #[serde(rename = \"ID\")] pub id: String, pub r#type: Role, pub join_time: i64, #[serde(flatten)] pub payload: Payload }",
        );
        let NounKind::Record(fields) = record.kind else { panic!("a record") };
        let json: Vec<Option<&str>> = fields.iter().map(|it| it.json.as_deref()).collect();
        assert_eq!(json, [Some("ID"), Some("type"), Some("joinTime"), None]);
        assert_eq!((fields[1].name.as_str(), fields[1].rust.as_str()), ("type", "Role"));
    }

    #[test]
    fn words_are_read_out_of_mirrors_and_enums() {
        let mirrored = noun_of("mirror_words! { Role = engine::Role { Member = \"Member\", } }");
        let NounKind::Words(words) = mirrored.kind else { panic!("words") };
        let pairs: Vec<_> = words.iter().map(|it| (it.name.as_str(), it.json.as_str())).collect();
        assert_eq!(pairs, [("Member", "\"Member\""), ("Other", "\"other\"")]);
        let numbered =
            noun_of("#[derive(uniffi::Enum, Serialize)] #[serde(try_from = \"u32\")] pub enum It { A, B }");
        let NounKind::Words(words) = numbered.kind else { panic!("numbers") };
        assert_eq!(words[1].json, "1");
    }

    #[test]
    fn what_may_be_missing_is_an_option() {
        let item = "#[derive(uniffi::Record, Serialize)] pub struct It {
             #[serde(default, skip_serializing_if = \"Vec::is_empty\")] pub names: Vec<String> }";
        assert!(noun(&syn::parse_str(item).unwrap()).is_err());
    }

    #[test]
    fn what_is_no_noun_is_left_out() {
        for item in ["#[derive(uniffi::Enum)] pub enum LogLevel { Debug }", "pub struct Own;", "fn own() {}"]
        {
            assert!(noun(&syn::parse_str(item).unwrap()).unwrap().is_none(), "{item}");
        }
    }
}
