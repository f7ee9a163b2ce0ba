//! Requests for files by the page's `fetch`.

use std::time::Duration;

use js_sys::{Object, Promise, Reflect, Uint8Array};
use tim_protocol::{Code, Fault};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::driver::clock::sleep;

/// How long a request may take.
const WITHIN: Duration = Duration::from_secs(360);

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, init: &Object) -> Result<Promise, JsValue>;

    type Response;
    #[wasm_bindgen(method, getter)]
    fn status(this: &Response) -> u16;
    #[wasm_bindgen(method, catch, js_name = arrayBuffer)]
    fn array_buffer(this: &Response) -> Result<Promise, JsValue>;
}

/// The body of a file.
///
/// # Errors
/// What the server says, or [`Code::NETWORK_ERROR`].
pub(super) async fn get(url: &str) -> Result<Vec<u8>, Fault> {
    request("GET", url, None, Code::MEDIA_NOT_FOUND).await
}

/// Uploads a file; returns the server's answer.
///
/// # Errors
/// As [`get`].
pub(super) async fn put(url: &str, bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    request("PUT", url, Some(bytes), Code::UPLOAD_FAILED).await
}

async fn request(method: &str, url: &str, body: Option<&[u8]>, otherwise: Code) -> Result<Vec<u8>, Fault> {
    let answer = async {
        let init = Object::new();
        Reflect::set(&init, &"method".into(), &method.into())?;
        if let Some(body) = body {
            Reflect::set(&init, &"body".into(), &Uint8Array::from(body))?;
        }
        let response: Response = JsFuture::from(fetch(url, &init)?).await?.unchecked_into();
        let bytes = JsFuture::from(response.array_buffer()?).await?;
        Ok((response.status(), Uint8Array::new(&bytes).to_vec()))
    };
    let answer: Result<(u16, Vec<u8>), JsValue> = tokio::select! {
        answer = answer => answer,
        () = sleep(WITHIN) => Err("the server does not answer".into()),
    };
    match answer {
        Ok((200, bytes)) => Ok(bytes),
        Ok((_, bytes)) => Err(serde_json::from_slice(&bytes).unwrap_or_else(|_| Fault::new(otherwise))),
        // A page is not told why.
        Err(why) => Err(Fault::with_text(Code::NETWORK_ERROR, format!("the transfer broke off: {why:?}"))),
    }
}
