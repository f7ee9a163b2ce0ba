//! Requests for files: by the page's function for uploads, which tells of its progress, else by `fetch`, which does not.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use js_sys::{Function, Object, Promise, Reflect, Uint8Array};
use tim_protocol::{Code, Fault, json};
use tokio::sync::Notify;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::clock::sleep;
use super::progress::Progress;

/// How long a request may take in all.
const LONGEST: Duration = Duration::from_secs(3_600);
/// How long a request may be silent: the server examines a picture before it answers.
const SILENT: Duration = Duration::from_secs(300);

thread_local! {
    /// `(url, body, progress) => Promise<{status, body: ArrayBuffer}>`; `progress` takes 0 to 1.
    static PUT: RefCell<Option<Function>> = RefCell::default();
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, init: &Object) -> Result<Promise, JsValue>;

    type Response;
    #[wasm_bindgen(method, getter)]
    fn status(this: &Response) -> u16;
    #[wasm_bindgen(method, catch, js_name = arrayBuffer)]
    fn array_buffer(this: &Response) -> Result<Promise, JsValue>;

    /// What the page's function for uploads gives.
    type Answer;
    #[wasm_bindgen(method, getter)]
    fn status(this: &Answer) -> u16;
    #[wasm_bindgen(method, getter)]
    fn body(this: &Answer) -> JsValue;
}

/// From now on files go up by this function: `(url, body, progress) => Promise<{status, body: ArrayBuffer}>`, where `progress` takes 0
/// to 1. If the promise has a function `abort`, that is called when the upload is given up.
pub fn set_put(put: Function) {
    PUT.set(Some(put));
}

/// The body of a file.
///
/// # Errors
/// What the server says, or [`Code::NETWORK_ERROR`].
pub(super) async fn get(url: &str) -> Result<Vec<u8>, Fault> {
    answered(fetched("GET", url, &JsValue::UNDEFINED), Code::MEDIA_NOT_FOUND).await
}

/// Uploads a file; returns the server's answer.
///
/// # Errors
/// As [`get`].
pub(super) async fn put(url: &str, body: &JsValue, progress: Progress) -> Result<Vec<u8>, Fault> {
    match PUT.with_borrow(Clone::clone) {
        Some(put) => answered(by_page(&put, url, body, progress), Code::UPLOAD_FAILED).await,
        None => answered(fetched("PUT", url, body), Code::UPLOAD_FAILED).await,
    }
}

async fn by_page(
    put: &Function,
    url: &str,
    body: &JsValue,
    progress: Progress,
) -> Result<(u16, Vec<u8>), JsValue> {
    let alive = Rc::<Notify>::default();
    let sign = Rc::clone(&alive);
    let note = Closure::<dyn Fn(f64)>::new(move |part: f64| {
        progress.note(percent(part).min(99));
        sign.notify_one();
    });
    let request = Request(put.call3(&JsValue::NULL, &url.into(), body, note.as_ref())?.unchecked_into());
    let mut answer = JsFuture::from(request.0.clone());
    loop {
        tokio::select! {
            answer = &mut answer => {
                let answer: Answer = answer?.unchecked_into();
                return Ok((answer.status(), Uint8Array::new(&answer.body()).to_vec()));
            }
            () = alive.notified() => {}
            () = sleep(SILENT) => return Err("the server takes nothing".into()),
        }
    }
}

/// A request of the page's, which is aborted when nobody waits for it any more.
struct Request(Promise);

impl Drop for Request {
    fn drop(&mut self) {
        let abort = Reflect::get(&self.0, &"abort".into()).ok().and_then(|it| it.dyn_into::<Function>().ok());
        // One that has ended is not aborted by it.
        let _ = abort.map(|abort| abort.call0(&JsValue::NULL));
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a conversion that saturates")]
fn percent(part: f64) -> u8 {
    (part * 100.0) as u8
}

async fn fetched(method: &str, url: &str, body: &JsValue) -> Result<(u16, Vec<u8>), JsValue> {
    let init = Object::new();
    Reflect::set(&init, &"method".into(), &method.into())?;
    Reflect::set(&init, &"body".into(), body)?;
    Reflect::set(&init, &"credentials".into(), &"omit".into())?;
    let response: Response = JsFuture::from(fetch(url, &init)?).await?.unchecked_into();
    let bytes = JsFuture::from(response.array_buffer()?).await?;
    Ok((response.status(), Uint8Array::new(&bytes).to_vec()))
}

async fn answered(
    request: impl Future<Output = Result<(u16, Vec<u8>), JsValue>>,
    otherwise: Code,
) -> Result<Vec<u8>, Fault> {
    let answer = tokio::select! {
        answer = request => answer,
        () = sleep(LONGEST) => Err("the server does not answer".into()),
    };
    match answer {
        Ok((200, bytes)) => Ok(bytes),
        Ok((_, bytes)) => Err(json::read_bytes(&bytes).unwrap_or_else(|_| Fault::new(otherwise))),
        // A page is not told why.
        Err(why) => Err(Fault::with_text(Code::NETWORK_ERROR, format!("the transfer broke off: {why:?}"))),
    }
}
