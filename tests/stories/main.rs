//! Stories: named people and their devices, with the engine as an app links it, against the real server program
//! over real sockets. The map of the stories; `world` and `proxy` are the stage.
//!
//! Nothing here sleeps: a story waits for the event it is about, and a watchdog ends one that never comes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::cast_possible_truncation,
    unreachable_pub
)]

mod attributes;
mod background;
mod bad_disk;
mod bad_input;
mod breaks;
mod bucket;
mod bucket_server;
mod bursts;
mod cached_files;
mod cancel;
mod certificates;
mod changes;
mod cloud_search;
mod conversations;
mod crash;
mod crowd;
mod deletions;
mod elements;
mod faults;
mod friends;
mod gate;
mod group_attributes;
mod group_search;
mod groups;
mod guests;
mod handlers;
mod interrupted_transfers;
mod jumps;
mod kicks;
mod killed;
mod kinds;
mod lan;
mod live_rooms;
mod local_only;
mod log;
mod members;
mod mergers;
mod mutes;
mod names;
mod online_only;
mod other_life;
mod outbox;
mod own_pictures;
mod picture_addresses;
mod pictures;
mod pins;
mod profiles;
mod proxy;
mod quick_start;
mod reactions;
mod receipts;
mod receive;
mod recordings;
mod redirects;
mod relations;
mod removals;
mod resumed_downloads;
mod resumed_uploads;
mod search;
mod settings;
mod signaling;
mod statuses;
mod targeted;
mod unread_by_filter;
mod uploads;
mod world;
