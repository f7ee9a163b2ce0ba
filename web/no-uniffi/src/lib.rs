//! UniFFI's attributes for a build without UniFFI: they leave everything as it is. A page calls the same verbs with the same nouns,
//! but as JSON, so that nothing of UniFFI is needed there.

use proc_macro::TokenStream;

/// What is exported elsewhere is a plain item here.
#[proc_macro_attribute]
pub fn export(_: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// As [`macro@export`].
#[proc_macro_attribute]
pub fn method(_: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// As [`macro@export`].
#[proc_macro_attribute]
pub fn constructor(_: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// A record is a plain structure here.
#[proc_macro_derive(Record, attributes(uniffi))]
pub fn record(_: TokenStream) -> TokenStream {
    TokenStream::new()
}

/// An enumeration is a plain one here.
#[proc_macro_derive(Enum, attributes(uniffi))]
pub fn enumeration(_: TokenStream) -> TokenStream {
    TokenStream::new()
}

/// An object is a plain structure here.
#[proc_macro_derive(Object, attributes(uniffi))]
pub fn object(_: TokenStream) -> TokenStream {
    TokenStream::new()
}

/// An error is a plain enumeration here.
#[proc_macro_derive(Error, attributes(uniffi))]
pub fn error(_: TokenStream) -> TokenStream {
    TokenStream::new()
}
