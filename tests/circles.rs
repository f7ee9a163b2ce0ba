//! No circles: in every folder, what lies there (files, and folders as a whole) knows each other in one direction. The sources
//! are read for it; nothing is compiled.
//!
//! A file knows another if it names something of it, by `crate::`, `super::`, `self::` or the name of a module below. A name
//! that comes through another module's `use` counts for the file that has it. `mod` and `pub use` of what lies below are a
//! table of contents, not knowledge: that is all a parent may say of its children if they name what is in the parent. `x.rs`
//! beside a folder `x` is in that folder, as `x/mod.rs` would be. Tests inside the sources are left out. Where a page has another file for a module, that is not read.
//!
//! Not seen: names in macros that are no list of expressions, and methods, which are called without their file's name.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic here is the failure report"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Item, ItemFn, ItemMod, ItemUse, Macro, Token, UseTree, Visibility};

/// Where each crate begins.
const CRATES: [&str; 7] = [
    "protocol/src/lib.rs",
    "core/src/lib.rs",
    "src/lib.rs",
    "server/src/lib.rs",
    "uniffi/src/lib.rs",
    "bench/src/main.rs",
    "xtask/src/main.rs",
];

/// From the crate's root: `["machine", "outbox"]`.
type Module = Vec<String>;

#[derive(Default)]
struct Source {
    /// From the repository's root, with `x/mod.rs` for an `x.rs` that has a folder.
    path: PathBuf,
    /// What it names, as modules and what is in them.
    names: BTreeSet<Module>,
    /// What it has by `use`: a name here, and what that is.
    has: BTreeMap<String, Module>,
}

/// One crate's files, by the modules they hold.
#[derive(Default)]
struct Sources(BTreeMap<Module, Source>);

impl Sources {
    fn of(root: &str) -> Self {
        let mut sources = Self::default();
        sources.add(Path::new(root), root.into(), Module::new());
        sources
    }

    /// Reads a file, and those of the modules it declares.
    fn add(&mut self, file: &Path, path: PathBuf, module: Module) {
        let text = std::fs::read_to_string(repository().join(file)).unwrap();
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let folder = path.parent().unwrap().to_owned();
        let mut reader = Reader {
            here: module.clone(),
            source: Source { path, ..Source::default() },
            ..Reader::default()
        };
        reader.children = declared(&parsed.items);
        reader.visit_file(&parsed);
        let children = reader.children;
        self.0.insert(module.clone(), reader.source);
        for child in children {
            let (flat, deep) = (folder.join(format!("{child}.rs")), folder.join(&child).join("mod.rs"));
            let has_folder = repository().join(folder.join(&child)).is_dir();
            let file = if repository().join(&flat).exists() { &flat } else { &deep };
            let path = if has_folder { &deep } else { &flat };
            self.add(file, path.clone(), [module.as_slice(), &[child]].concat());
        }
    }

    /// The file that has what is named, through the `use` of others.
    fn file_of(&self, name: &[String]) -> Option<&Path> {
        let mut name = name.to_vec();
        for _ in 0..8 {
            let depth = (0..=name.len()).rev().find(|depth| self.0.contains_key(&name[..*depth]))?;
            let source = &self.0[&name[..depth]];
            match name.get(depth).and_then(|item| source.has.get(item)) {
                Some(further) if further.as_slice() != name => {
                    name = [further.as_slice(), &name[depth + 1..]].concat()
                }
                _ => return Some(&source.path),
            }
        }
        None
    }

    /// Who knows whom, in each folder: what lies in it, with an example of the two files.
    fn knowledge(&self) -> BTreeMap<PathBuf, BTreeMap<(String, String), String>> {
        let mut found: BTreeMap<PathBuf, BTreeMap<(String, String), String>> = BTreeMap::new();
        for source in self.0.values() {
            for known in source.names.iter().filter_map(|name| self.file_of(name)) {
                let (from, to): (Vec<_>, Vec<_>) = (source.path.iter().collect(), known.iter().collect());
                let Some(level) = from.iter().zip(&to).position(|(from, to)| from != to) else { continue };
                let entries = [from[level], to[level]].map(|entry| entry.to_string_lossy().into_owned());
                let example = format!("{} names what is in {}", source.path.display(), known.display());
                found
                    .entry(from[..level].iter().collect())
                    .or_default()
                    .entry(entries.into())
                    .or_insert(example);
            }
        }
        found
    }
}

/// Reads what a file names.
#[derive(Default)]
struct Reader {
    source: Source,
    /// The module that is read; inline ones have no file of their own.
    here: Module,
    /// The modules that the file declares.
    children: Vec<String>,
}

impl Reader {
    /// From the crate's root; none if it is not of this crate.
    fn absolute(&self, path: &[String]) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        let base = match first.as_str() {
            "crate" => Module::new(),
            "self" => self.here.clone(),
            "super" => {
                let mut above = self.here.clone();
                above.pop();
                let ups = rest.iter().take_while(|word| *word == "super").count();
                above.truncate(above.len().saturating_sub(ups));
                return Some([above.as_slice(), &rest[ups..]].concat());
            }
            child if self.children.iter().any(|known| known == child) => {
                [self.here.as_slice(), std::slice::from_ref(first)].concat()
            }
            _ => return None,
        };
        Some([base.as_slice(), rest].concat())
    }

    fn name(&mut self, path: &[String]) {
        if let Some(name) = self.absolute(path) {
            self.source.names.insert(name);
        }
    }

    /// Takes a `use` apart.
    fn take(&mut self, tree: &UseTree, before: &[String], public: bool) {
        let with = |ident: &syn::Ident| [before, &[ident.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.take(&path.tree, &with(&path.ident), public),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.take(tree, before, public)),
            UseTree::Name(name) if name.ident == "self" => self.has(before, before.last().cloned(), public),
            UseTree::Name(name) => self.has(&with(&name.ident), Some(name.ident.to_string()), public),
            UseTree::Rename(rename) => {
                self.has(&with(&rename.ident), Some(rename.rename.to_string()), public)
            }
            UseTree::Glob(_) => self.has(before, None, public),
        }
    }

    fn has(&mut self, path: &[String], called: Option<String>, public: bool) {
        let Some(name) = self.absolute(path) else { return };
        let is_below = name.len() > self.here.len() && name.starts_with(&self.here);
        if let Some(called) = called {
            self.source.has.insert(called, name.clone());
        }
        if !(public && is_below) {
            self.source.names.insert(name);
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if is_test(&item.attrs) || item.content.is_none() {
            return;
        }
        self.here.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.here.pop();
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        if !is_test(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if !is_test(&item.attrs) {
            self.take(&item.tree, &[], !matches!(item.vis, Visibility::Inherited));
        }
    }

    /// `pub(crate)` and `pub(super)` tell who may look, and name nothing.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let words: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.name(&words);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, mac: &'ast Macro) {
        if let Ok(arguments) = mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated) {
            arguments.iter().for_each(|argument| self.visit_macro_argument(argument));
        }
        visit::visit_macro(self, mac);
    }
}

impl Reader {
    fn visit_macro_argument(&mut self, argument: &Expr) {
        let mut inner =
            Reader { here: self.here.clone(), children: self.children.clone(), ..Self::default() };
        inner.visit_expr(argument);
        self.source.names.append(&mut inner.source.names);
    }
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The modules that have files of their own.
fn declared(items: &[Item]) -> Vec<String> {
    let modules =
        items.iter().filter_map(|item| if let Item::Mod(module) = item { Some(module) } else { None });
    let own = modules.filter(|module| module.content.is_none() && !is_left_out(&module.attrs));
    own.map(|module| module.ident.to_string()).collect()
}

/// Tests are left out, and what only pages have.
fn is_left_out(attributes: &[Attribute]) -> bool {
    let is_of_pages = |attribute: &Attribute| {
        let condition =
            attribute.path().is_ident("cfg").then(|| attribute.parse_args::<syn::MetaNameValue>());
        condition.is_some_and(|it| it.is_ok_and(|it| it.path.is_ident("target_family")))
    };
    is_test(attributes) || attributes.iter().any(is_of_pages)
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|what| what.is_ident("test"))
    })
}

/// Groups in which everybody knows everybody, through others at least.
fn circles<'a>(known: impl Iterator<Item = &'a (String, String)> + Clone) -> BTreeSet<Vec<String>> {
    let reach = |from: &str| {
        let (mut reached, mut open) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(at) = open.pop() {
            let next = known.clone().filter(|(from, _)| *from == at).map(|(_, to)| to.clone());
            open.extend(next.filter(|to| reached.insert(to.clone())));
        }
        reached
    };
    let all: BTreeMap<String, BTreeSet<String>> =
        known.clone().map(|(from, _)| (from.clone(), reach(from))).collect();
    let group = |entry: &String| {
        all[entry]
            .iter()
            .filter(|other| all.get(*other).is_some_and(|back| back.contains(entry)))
            .cloned()
            .collect()
    };
    all.keys().filter(|entry| all[*entry].contains(*entry)).map(group).collect()
}

#[test]
fn files_and_folders_know_each_other_in_one_direction() {
    let mut why = Vec::new();
    for root in CRATES {
        for (folder, knowledge) in Sources::of(root).knowledge() {
            for circle in circles(knowledge.keys()) {
                let inside = |(from, to): &(String, String)| circle.contains(from) && circle.contains(to);
                let examples = knowledge.iter().filter(|(who, _)| inside(who));
                why.push(format!("{}: {}", folder.display(), circle.join(", ")));
                why.extend(examples.map(|(_, example)| format!("    {example}")));
            }
        }
    }
    assert!(why.is_empty(), "circles:\n{}", why.join("\n"));
}

#[test]
fn a_circle_is_found_through_others() {
    let knows = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    let circle = [knows("a", "b"), knows("b", "c"), knows("c", "a"), knows("c", "d"), knows("e", "a")];
    assert_eq!(
        circles(circle.iter()),
        BTreeSet::from([vec!["a".to_owned(), "b".to_owned(), "c".to_owned()]])
    );
    assert!(circles([knows("a", "b"), knows("c", "b")].iter()).is_empty());
}
