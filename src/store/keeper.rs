//! Keeps the rows of a page by an object of JavaScript's, which knows databases of browsers.

use std::cell::RefCell;

use js_sys::{Array, Promise, Reflect};
use tim_core::store::kept::{Keeper, Row};
use tim_protocol::{Code, Fault};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

thread_local! {
    /// Objects of JavaScript stay on their thread.
    static STORAGE: RefCell<Option<Storage>> = RefCell::default();
}

#[wasm_bindgen]
extern "C" {
    /// What keeps rows: the promises of its functions are rejected with errors that have a `code`.
    #[derive(Clone)]
    type Storage;
    /// The keys and the texts of all rows, one after the other, or `null` if nothing can be kept.
    #[wasm_bindgen(method, catch)]
    fn load(this: &Storage, name: &str) -> Result<Promise, JsValue>;
    /// Keeps rows, given one after the other as key and text, or `null` for one that is no more.
    #[wasm_bindgen(method, catch)]
    fn write(this: &Storage, name: &str, rows: &Array, anew: bool, durable: bool)
    -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn close(this: &Storage, name: &str) -> Result<(), JsValue>;
}

/// From now on this object keeps rows, with functions `load(name)`, `write(name, rows, anew, durable)` and `close(name)`.
pub fn set_storage(storage: JsValue) {
    STORAGE.set(Some(storage.unchecked_into()));
}

/// Keeps the rows of the database with a name.
#[derive(Debug, Clone)]
pub struct PageKeeper(String);

impl PageKeeper {
    /// The keeper of a user's rows, below the folder of an application; `None` without one.
    pub(crate) fn new(folder: &str, user: &str) -> Option<Self> {
        (!folder.is_empty()).then(|| Self(format!("{folder}/{user}")))
    }
}

impl Keeper for PageKeeper {
    async fn load(&self) -> Result<Option<Vec<(String, String)>>, Fault> {
        let Some(storage) = storage() else { return Ok(None) };
        let kept = settled(storage.load(&self.0)).await?;
        if kept.is_null() {
            return Ok(None);
        }
        let mut texts = Array::from(&kept).into_iter().map(|text| text.as_string().unwrap_or_default());
        let mut rows = Vec::new();
        while let (Some(key), Some(text)) = (texts.next(), texts.next()) {
            rows.push((key, text));
        }
        Ok(Some(rows))
    }

    async fn write(&self, rows: &[Row], anew: bool, durable: bool) -> Result<(), Fault> {
        let storage = storage().ok_or(Code::DATABASE_FAILED)?;
        let texts = Array::new();
        for (key, text) in rows {
            texts.push(&key.into());
            texts.push(&text.as_ref().map_or(JsValue::NULL, |text| text.into()));
        }
        settled(storage.write(&self.0, &texts, anew, durable)).await.map(drop)
    }

    fn close(&self) {
        if let Some(storage) = storage() {
            // What is not open is not closed.
            let _ = storage.close(&self.0);
        }
    }

    fn name(&self) -> String {
        self.0.clone()
    }
}

fn storage() -> Option<Storage> {
    STORAGE.with_borrow(Clone::clone)
}

async fn settled(promise: Result<Promise, JsValue>) -> Result<JsValue, Fault> {
    let settled = match promise {
        Ok(promise) => JsFuture::from(promise).await,
        Err(why) => Err(why),
    };
    settled.map_err(|why| {
        let code = Reflect::get(&why, &"code".into()).ok().and_then(|code| code.as_f64());
        code.map_or(Code::DATABASE_FAILED, number).into()
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a conversion that saturates")]
fn number(code: f64) -> Code {
    Code::from(code as u32)
}
