/*
 * What tim.h promises of the end, kept against a real server: every kind of callback may destroy its instance or shut
 * everything down. Those that may block wait for it there.
 */
#include "people.h"

static void shut_down_and_wait(void) {
    outcome told = {0, 0, NULL};
    GIVES(TIM_OK, tim_shutdown(on_end, &told));
    CHECK(reaches(&told.ended, 1) && told.status == TIM_OK);
    free(told.json);
}

/* After a shutdown: both say so, and their handles go. */
static void people_are_gone(void) {
    ENDS(130160, tim_get_server_time, alice);
    ENDS(130160, tim_get_server_time, bob);
    GIVES(TIM_OK, tim_release(alice));
    GIVES(TIM_OK, tim_release(bob));
}

static void destroy_and_wait(void *user_data, const char *events) {
    (void)events;
    hearer *it = user_data;
    if (add(&it->calls) > 1) return;
    ENDS(TIM_OK, tim_destroy, it->client);
    add(&it->done);
}

static void a_listener_may_destroy_its_instance_and_wait(void) {
    hearer it = {0};
    bell other;
    people_log_in();
    listen_to(alice, destroy_and_wait, &it);
    hang(&other, alice, "\"sdkStateNotReady\"");
    cause_event(alice);
    CHECK(reaches(&it.done, 1));
    /* Nobody took it for one that hangs: what was on its way is told, to others too, and then they go. */
    CHECK(reaches(&it.destroyed, 1) && reaches(&other.gone, 1));
    CHECK(now(&other.heard) == 1);
    say(bob, "alice", "for when you come back");
    shut_down_and_wait();
    people_are_gone();
    CHECK(now(&it.destroyed) == 1 && now(&other.gone) == 1);
}

static void listen_and_shut_down(void *user_data, const char *events) {
    (void)events;
    hearer *it = user_data;
    if (add(&it->calls) > 1) return;
    shut_down_and_wait();
    add(&it->done);
}

static void a_listener_may_shut_everything_down_and_wait(void) {
    hearer it = {0};
    bell alices, bobs;
    people_log_in();
    listen_to(alice, listen_and_shut_down, &it);
    hang(&alices, alice, "\"sdkStateNotReady\"");
    hang(&bobs, bob, "\"sdkStateNotReady\"");
    cause_event(alice);
    CHECK(reaches(&it.done, 1));
    CHECK(reaches(&it.destroyed, 1) && reaches(&alices.gone, 1) && reaches(&bobs.gone, 1));
    CHECK(now(&alices.heard) == 1 && now(&bobs.heard) == 1);
    people_are_gone();
}

static void end_and_shut_down(void *user_data, tim_status status, const char *json) {
    (void)json;
    CHECK(status == TIM_OK);
    shut_down_and_wait();
    add(&((hearer *)user_data)->done);
}

static void the_end_of_a_call_may_shut_everything_down_and_wait(void) {
    hearer it = {0}, alices = {0}, bobs = {0};
    people_log_in();
    const tim_listener first = listen_to(alice, just_count, &alices), second = listen_to(bob, just_count, &bobs);
    GIVES(TIM_OK, tim_get_server_time(alice, end_and_shut_down, &it));
    CHECK(reaches(&it.done, 1));
    CHECK(now(&alices.destroyed) == 1 && now(&bobs.destroyed) == 1);
    GIVES(130183, tim_off(first));
    GIVES(130183, tim_off(second));
    people_are_gone();
    shut_down_and_wait();
}

/* Sends a picture, in whose course `it` shuts everything down. */
static void send_last_picture(hearer *it, tim_progress_callback on_progress) {
    char *message = NULL;
    GIVES(TIM_OK, tim_create_image_message_from_bytes(alice, "bob", "C2C", PIXEL, sizeof PIXEL, NULL, on_progress, it,
                                                      destroyed, &message));
    GIVES(TIM_OK, tim_send_message(alice, message, NULL, on_end, &it->told));
    tim_string_free(message);
    CHECK(reaches(&it->done, 1) && reaches(&it->told.ended, 1) && reaches(&it->destroyed, 1));
    /* The next login sends it. */
    CHECK(it->told.status == 130161 && now(&it->destroyed) == 1);
    free(it->told.json);
    people_are_gone();
}

static void report_and_shut_down(void *user_data, uint32_t percent) {
    (void)percent;
    hearer *it = user_data;
    if (add(&it->calls) > 1) return;
    shut_down_and_wait();
    add(&it->done);
}

static void progress_may_shut_everything_down_and_wait(void) {
    hearer it = {0};
    people_log_in();
    send_last_picture(&it, report_and_shut_down);
}

static tim_status upload_and_shut_down(void *user_data, const char *file, tim_upload upload) {
    (void)file, (void)upload;
    shut_down_and_wait();
    add(&((hearer *)user_data)->done);
    return 2041;
}

static void a_plugin_may_shut_everything_down_and_wait(void) {
    hearer it = {0};
    people_log_in();
    GIVES(TIM_OK, tim_register_plugin(alice, upload_and_shut_down, &it, NULL));
    send_last_picture(&it, NULL);
}

static void log_and_shut_down(void *user_data, uint32_t level, const char *line) {
    (void)level, (void)line;
    hearer *it = user_data;
    if (add(&it->calls) == 1) GIVES(TIM_OK, tim_shutdown(on_end, &it->told));
}

static void a_log_sink_may_shut_everything_down(void) {
    hearer it = {0};
    outcome told = {0, 0, NULL};
    people_log_in();
    GIVES(TIM_OK, tim_set_log_sink(log_and_shut_down, &it, destroyed));
    tim_client carol = create_at("ws://127.0.0.1:1", "carol");
    GIVES(TIM_OK, tim_login(carol, "carol", "to a server that is not there", on_end, &told));
    CHECK(reaches(&it.told.ended, 1) && it.told.status == TIM_OK);
    CHECK(reaches(&told.ended, 1) && told.status == 130161);
    GIVES(TIM_OK, tim_clear_log_sink());
    CHECK(now(&it.destroyed) == 1);
    GIVES(TIM_OK, tim_release(carol));
    free(it.told.json), free(told.json);
    people_are_gone();
}

int main(int count, char **arguments) {
    read_arguments(count, arguments);
    STORY(a_listener_may_destroy_its_instance_and_wait);
    STORY(a_listener_may_shut_everything_down_and_wait);
    STORY(the_end_of_a_call_may_shut_everything_down_and_wait);
    STORY(progress_may_shut_everything_down_and_wait);
    STORY(a_plugin_may_shut_everything_down_and_wait);
    STORY(a_log_sink_may_shut_everything_down);
    return 0;
}
