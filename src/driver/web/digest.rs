//! The digest of a file, by which an upload is announced: a `Blob` is read piece by piece.

use js_sys::{Promise, Uint8Array};
use sha2::{Digest as _, Sha256};
use tim_protocol::{Code, Fault};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::files::{PageFile, hex};

/// Most bytes that are read at once.
const PIECE: u32 = 1024 * 1024;

#[wasm_bindgen]
extern "C" {
    type Blob;
    #[wasm_bindgen(method, catch)]
    fn slice(this: &Blob, start: f64, end: f64) -> Result<Blob, JsValue>;
    #[wasm_bindgen(method, catch, js_name = arrayBuffer)]
    fn array_buffer(this: &Blob) -> Result<Promise, JsValue>;
}

/// The SHA-256 of a file, in hexadecimal.
///
/// # Errors
/// [`Code::FILE_UNREADABLE`] for one that changed or is gone.
pub(super) async fn sha256(file: &PageFile) -> Result<String, Fault> {
    let mut digest = Sha256::new();
    match file {
        PageFile::Bytes(bytes) => digest.update(bytes),
        PageFile::Blob { blob, size, .. } => {
            let (blob, size): (&Blob, f64) = (blob.unchecked_ref(), length(*size));
            let mut start = 0.0;
            while start < size {
                let end = size.min(start + f64::from(PIECE));
                let piece = read(blob, start, end).await.map_err(|_| Code::FILE_UNREADABLE)?;
                digest.update(piece);
                start = end;
            }
        }
    }
    Ok(hex(&digest.finalize()))
}

/// As JavaScript counts; files are far smaller than what it counts exactly.
#[expect(clippy::cast_precision_loss, reason = "files are smaller than 2^53 bytes")]
fn length(size: u64) -> f64 {
    size as f64
}

async fn read(blob: &Blob, start: f64, end: f64) -> Result<Vec<u8>, JsValue> {
    let bytes = JsFuture::from(blob.slice(start, end)?.array_buffer()?).await?;
    Ok(Uint8Array::new(&bytes).to_vec())
}
