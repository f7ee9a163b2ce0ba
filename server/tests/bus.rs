//! The in-process bus, put through what every bus has to do.

use tim_server::bus::conformance;
use tim_server::bus::local::LocalBus;

#[tokio::test]
async fn whoever_is_meant_hears_it_in_order() {
    conformance::whoever_is_meant_hears_it_in_order(&LocalBus::default()).await;
}

#[tokio::test]
async fn a_push_is_encoded_once() {
    conformance::a_push_is_encoded_once(&LocalBus::default()).await;
}

#[tokio::test]
async fn whoever_left_hears_nothing() {
    conformance::whoever_left_hears_nothing(&LocalBus::default()).await;
}

#[tokio::test]
async fn a_full_inbox_is_noticed_and_holds_up_nobody() {
    conformance::a_full_inbox_is_noticed_and_holds_up_nobody(&LocalBus::default()).await;
}

#[tokio::test]
async fn a_topic_is_heard_by_those_who_follow_it() {
    conformance::a_topic_is_heard_by_those_who_follow_it(&LocalBus::default()).await;
}

#[tokio::test]
async fn a_subscription_begins_and_ends_in_its_place() {
    conformance::a_subscription_begins_and_ends_in_its_place(&LocalBus::default()).await;
}

#[tokio::test]
async fn what_changed_meanwhile_overrides_what_was_read() {
    conformance::what_changed_meanwhile_overrides_what_was_read(&LocalBus::default()).await;
}

#[tokio::test]
async fn what_matters_only_now_takes_nobodys_room() {
    conformance::what_matters_only_now_takes_nobodys_room(&LocalBus::default()).await;
}
