//! Handles: numbers that stand for what the library keeps, each kind with a type of its own. A number that stands for nothing
//! is an error, never a crash.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use once_cell::sync::Lazy;
use tim::Code;

use crate::client::Tim;
use crate::error::TimError;

/// An instance, by its number. 0 is none.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimClient {
    pub(super) number: u64,
}

/// A listener of an instance, by its number. 0 is none.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimListener {
    pub(super) number: u64,
}

/// An upload that a plugin works on, by its number. Valid until the plugin returns.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimUpload {
    pub(super) number: u64,
}

/// A number whose type tells what it stands for.
pub(super) trait Handle {
    fn of(number: u64) -> Self;
    fn number(&self) -> u64;
}

macro_rules! handles {
    ($($name:ident),*) => {$(
        impl Handle for $name {
            fn of(number: u64) -> Self {
                Self { number }
            }
            fn number(&self) -> u64 {
                self.number
            }
        }
    )*};
}
handles!(TimClient, TimListener, TimUpload);

/// What handles of one kind stand for.
pub(super) struct Table<H, T> {
    entries: Lazy<Mutex<HashMap<u64, T>>>,
    kind: PhantomData<fn(H)>,
}

/// Handles are never reused, not even for another type.
static NEXT: AtomicU64 = AtomicU64::new(1);

impl<H: Handle, T: Clone> Table<H, T> {
    pub(super) const fn new() -> Self {
        Self { entries: Lazy::new(Mutex::default), kind: PhantomData }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, T>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, value: T) -> H {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        self.lock().insert(number, value);
        H::of(number)
    }

    /// Errors: [`Code::HANDLE_INVALID`].
    pub(super) fn get(&self, handle: H) -> Result<T, TimError> {
        self.lock().get(&handle.number()).cloned().ok_or_else(|| TimError::of(Code::HANDLE_INVALID))
    }

    /// Errors: [`Code::HANDLE_INVALID`].
    pub(super) fn remove(&self, handle: H) -> Result<T, TimError> {
        self.lock().remove(&handle.number()).ok_or_else(|| TimError::of(Code::HANDLE_INVALID))
    }
}

/// Instances, as the other face has them: what hosts pass is understood in one place.
pub(super) static CLIENTS: Table<TimClient, Arc<Tim>> = Table::new();
/// Listeners with their instances.
pub(super) static LISTENERS: Table<TimListener, (Arc<Tim>, tim::ListenerId)> = Table::new();
