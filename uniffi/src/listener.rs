//! Who hears events in other languages: listeners of everything, and handlers of one kind of events.

use std::sync::Arc;

use tim::event as engine;

use crate::error::TimError;
use crate::event::TimEvent;

/// Hears all events. Called on the instance's own listener thread, one call at a time, never after `destroy` has returned. It
/// may call the engine; it should not block for long. What it throws is told to the others as an `Error` event with 130163.
#[uniffi::export(foreign)]
pub trait EventListener: Send + Sync {
    /// Receives events, in order.
    ///
    /// # Errors
    /// Whatever the host throws.
    fn on_events(&self, events: Vec<TimEvent>) -> Result<(), TimError>;
}

/// Hears the events of one kind, one at a time, as an `EventListener` hears all.
#[uniffi::export(foreign)]
pub trait EventHandler: Send + Sync {
    /// Receives an event.
    ///
    /// # Errors
    /// Whatever the host throws. The events that follow are heard nevertheless.
    fn on_event(&self, event: TimEvent) -> Result<(), TimError>;
}

/// Identifies a listener or a handler, for `off`. Dropping it does not remove the listener.
#[derive(uniffi::Object)]
pub struct Listener(pub(crate) tim::ListenerId);

/// Passes events on to a host's listener.
pub(crate) struct HostListener(pub(crate) Arc<dyn EventListener>);

impl engine::EventListener for HostListener {
    fn on_events(&self, events: &[engine::Event]) {
        reported(self.0.on_events(events.iter().map(Into::into).collect()));
    }
}

/// Passes events on to a host's handler.
pub(crate) fn handle(handler: Arc<dyn EventHandler>) -> impl Fn(&engine::Event) + Send + Sync + 'static {
    move |event| reported(handler.on_event(event.into()))
}

/// The engine reports a listener that fails by what it knows of failing listeners: a panic it catches.
fn reported(result: Result<(), TimError>) {
    if let Err(error) = result {
        std::panic::resume_unwind(Box::new(error.to_string()));
    }
}
