//! The clocks of the page, in milliseconds, and its alarm.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use js_sys::{Date, Function};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast as _, JsValue};

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
    let alarm = Rc::<Alarm>::default();
    let rung = Rc::clone(&alarm);
    let call = Closure::<dyn FnMut()>::new(move || rung.ring());
    let ms = duration.min(LONGEST).as_secs_f64() * 1_000.0;
    Sleep { timer: set_timeout(call.as_ref().unchecked_ref(), ms), alarm, _call: call }
}

/// Whether the time is over, and who waits for it.
#[derive(Default)]
struct Alarm {
    has_rung: Cell<bool>,
    waiting: RefCell<Option<Waker>>,
}

impl Alarm {
    fn ring(&self) {
        self.has_rung.set(true);
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
    }
}

/// An alarm, which is unset when this is dropped: it would keep a program of Node's alive. It is no promise: one that is never kept is
/// never freed.
pub(crate) struct Sleep {
    timer: JsValue,
    alarm: Rc<Alarm>,
    _call: Closure<dyn FnMut()>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.alarm.has_rung.get() {
            return Poll::Ready(());
        }
        self.alarm.waiting.replace(Some(context.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        clear_timeout(&self.timer);
    }
}
