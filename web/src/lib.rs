//! The engine for pages: what JavaScript calls. Verbs and events cross the border as JSON, by the names of the one table of verbs;
//! the packages in JavaScript give them the faces of TIM's.
//!
//! On other targets this crate is empty.

#![cfg(target_family = "wasm")]

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};

use js_sys::{Error, Function, Reflect};
use tim::event::{Event, EventListener};
use tim_ffi::client::{ProgressListener, Tim};
use tim_ffi::error::TimError;
use tim_ffi::json::{self, EventJson};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    /// What is called with the events of each instance: functions of JavaScript stay on their thread.
    static HEARERS: RefCell<HashMap<u32, Function>> = RefCell::default();
}

/// Unique within the page.
static NEXT: AtomicU32 = AtomicU32::new(1);

thread_local! {
    /// What is called with the progress of transfers.
    static WATCHERS: RefCell<HashMap<u32, Function>> = RefCell::default();
}

/// Passes progress on to JavaScript.
struct Watcher(u32);

impl Watcher {
    fn new(watch: Function) -> Arc<dyn ProgressListener> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        WATCHERS.with_borrow_mut(|watchers| watchers.insert(number, watch));
        Arc::new(Self(number))
    }
}

impl ProgressListener for Watcher {
    fn on_progress(&self, percent: i32) -> Result<(), TimError> {
        let watch = WATCHERS.with_borrow(|watchers| watchers.get(&self.0).cloned());
        if let Some(watch) = watch {
            // What it throws is JavaScript's to tell.
            let _ = watch.call1(&JsValue::NULL, &percent.into());
        }
        Ok(())
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        WATCHERS.with_borrow_mut(|watchers| watchers.remove(&self.0));
    }
}

/// Passes events on to JavaScript.
struct Hearer(u32);

impl EventListener for Hearer {
    fn on_events(&self, events: &[Event]) {
        let hear = HEARERS.with_borrow(|hearers| hearers.get(&self.0).cloned());
        let told = json::write(&events.iter().map(EventJson).collect::<Vec<_>>()).unwrap_or_default();
        if let Some(hear) = hear {
            // What it throws is JavaScript's to tell.
            let _ = hear.call1(&JsValue::NULL, &told.into());
        }
    }
}

impl Drop for Hearer {
    fn drop(&mut self) {
        HEARERS.with_borrow_mut(|hearers| hearers.remove(&self.0));
    }
}

/// An instance of the engine.
#[wasm_bindgen]
pub struct Engine {
    tim: Arc<Tim>,
}

#[wasm_bindgen]
impl Engine {
    /// Makes an instance. `options` is JSON as `TimOptions` has it, `hear` is called with the JSON of events.
    ///
    /// # Errors
    /// An `Error` with a `code`, as of every method here.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str, hear: Function) -> Result<Engine, JsValue> {
        let options: tim_ffi::types::TimOptions = json::noun(options).map_err(thrown)?;
        let tim = Tim::create(options).map_err(thrown)?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        HEARERS.with_borrow_mut(|hearers| hearers.insert(number, hear));
        tim.engine().add_listener(Arc::new(Hearer(number)));
        Ok(Self { tim: Arc::new(tim) })
    }

    /// Calls a verb by its name with its parameters as JSON; the promise has the JSON of its result.
    ///
    /// # Errors
    /// The promise is rejected.
    pub async fn call(&self, verb: String, parameters: String) -> Result<String, JsValue> {
        let given = json::noun(&parameters).map_err(thrown)?;
        let call = json::call_by_name(Arc::clone(&self.tim), &verb, given, None).map_err(thrown)?;
        call.await.map_err(thrown)
    }

    /// Calls a verb that creates a message; gives the JSON of that. `progress` is told 0 to 100 while its file goes up.
    ///
    /// # Errors
    /// Those of the verb.
    pub fn create(
        &self,
        verb: &str,
        parameters: &str,
        progress: Option<Function>,
    ) -> Result<String, JsValue> {
        let given = json::noun(parameters).map_err(thrown)?;
        let (tim, progress) = (Arc::clone(&self.tim), progress.map(Watcher::new));
        let mut call = json::call_by_name(tim, verb, given, progress).map_err(thrown)?;
        match call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(created) => created.map_err(thrown),
            Poll::Pending => Err(Error::new("this verb takes time: call it").into()),
        }
    }

    /// Whether everything works.
    #[wasm_bindgen(js_name = isReady)]
    pub fn is_ready(&self) -> bool {
        self.tim.is_ready()
    }

    /// Who is logged in.
    #[wasm_bindgen(js_name = getLoginUser)]
    pub fn get_login_user(&self) -> Option<String> {
        self.tim.get_login_user()
    }

    /// From now on messages can be created here in the name of a user who is logged in elsewhere; nobody: no more.
    ///
    /// # Errors
    /// For what is no user.
    #[wasm_bindgen(js_name = actAs)]
    pub fn act_as(&self, user: Option<String>) -> Result<(), JsValue> {
        self.tim.engine().act_as(user.as_deref()).map_err(|why| thrown(why.into()))
    }

    /// Gives the files of a message that was created here to one with another ID.
    #[wasm_bindgen(js_name = giveFiles)]
    pub fn give_files(&self, from: &str, to: &str) {
        if let (Ok(from), Ok(to)) = (from.parse(), to.parse()) {
            self.tim.engine().give_files(from, to);
        }
    }

    /// Tells that the network came or went.
    #[wasm_bindgen(js_name = networkChanged)]
    pub fn network_changed(&self, up: bool) {
        self.tim.network_changed(up);
    }

    /// Ends the instance.
    ///
    /// # Errors
    /// None so far.
    pub async fn destroy(&self) -> Result<(), JsValue> {
        self.tim.destroy().await.map_err(thrown)
    }
}

/// Adds a file: a `Blob` or what is like one, with its name, its size and its first bytes (a quarter of a megabyte is enough for the
/// headers of pictures). Gives the path by which messages are created of it.
#[wasm_bindgen(js_name = addFile)]
pub fn add_file(name: &str, blob: JsValue, size: f64, head: &[u8]) -> String {
    tim::add_file(name, blob, bytes(size), head).to_string_lossy().into_owned()
}

/// A size as JavaScript has it.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a conversion that saturates")]
fn bytes(size: f64) -> u64 {
    size as u64
}

/// From now on files go up by this function: `(url, body, progress) => Promise<{status, body: ArrayBuffer}>`, where `progress` takes 0
/// to 1; if the promise has a function `abort`, that is called when the upload is given up. Without one they go up by `fetch`, which tells no
/// progress.
#[wasm_bindgen(js_name = setPut)]
pub fn set_put(put: Function) {
    tim::set_put(put);
}

/// From now on this object keeps the databases of instances whose option `dataDir` is not empty: `load(name)` gives a promise of the
/// keys and the texts of all rows, one after the other, or of `null` if nothing can be kept; `write(name, rows, anew, durable)` keeps rows,
/// given in the same way with `null` for a row that is no more, all or none; `close(name)`. A rejection has a `code`.
#[wasm_bindgen(js_name = setStorage)]
pub fn set_storage(storage: JsValue) {
    tim::set_storage(storage);
}

/// The version of the engine.
#[wasm_bindgen]
pub fn version() -> String {
    tim_ffi::client::version()
}

/// How much is logged: 0 everything, 1 what production needs, 2 warnings and errors, 3 errors, 4 nothing.
///
/// # Errors
/// For any other number.
#[wasm_bindgen(js_name = setLogLevel)]
pub fn set_log_level(level: i32) -> Result<(), JsValue> {
    tim_ffi::client::set_log_level(level).map_err(thrown)
}

/// An `Error` with a code.
fn thrown(why: TimError) -> JsValue {
    let (code, message) = why.parts();
    let error = Error::new(message);
    // A fresh object takes a property.
    let _ = Reflect::set(&error, &"code".into(), &code.into());
    error.into()
}
