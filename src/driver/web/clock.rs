//! The clocks of the page, in milliseconds, and its alarm.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use js_sys::{Date, Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(call: &Function, ms: f64) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
}

/// Whole milliseconds.
#[expect(clippy::cast_possible_truncation, reason = "a conversion that saturates")]
fn whole(ms: f64) -> i64 {
    ms as i64
}

/// A clock that never jumps.
pub(crate) struct Clock(i64);

impl Clock {
    pub(crate) fn start() -> Self {
        Self(whole(performance_now()))
    }

    /// Since it was started.
    pub(crate) fn elapsed(&self) -> i64 {
        whole(performance_now()) - self.0
    }
}

/// Since 1970, by the device's clock.
pub(crate) fn wall() -> i64 {
    whole(Date::now())
}

/// Longest alarm that a page can set.
const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);

/// Waits so long.
pub(crate) fn sleep(duration: Duration) -> Sleep {
    let mut timer = JsValue::UNDEFINED;
    let ended = Promise::new(&mut |resolve, _| {
        timer = set_timeout(&resolve, duration.min(LONGEST).as_secs_f64() * 1_000.0);
    });
    Sleep { timer, ended: JsFuture::from(ended) }
}

/// An alarm, which is unset when this is dropped: it would keep a program of Node's alive.
pub(crate) struct Sleep {
    timer: JsValue,
    ended: JsFuture,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.ended).poll(context).map(drop)
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        clear_timeout(&self.timer);
    }
}
