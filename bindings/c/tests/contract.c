/*
 * What tim.h promises of callbacks, kept against a real server: they may block, call the library, take themselves off,
 * release, destroy and shut down; each ends once.
 */
#include "test.h"

static tim_client alice, bob;

static char *text_for(tim_client client, const char *to, const char *words) {
    char *message = NULL;
    GIVES(TIM_OK, tim_create_text_message(client, to, words, NULL, &message));
    return message;
}

static void say(tim_client client, const char *to, const char *words) {
    char *message = text_for(client, to, words);
    ENDS(TIM_OK, tim_send_message, client, message);
    tim_string_free(message);
}

/* A listener that counts, and does something at its first call. */
typedef struct {
    int calls, destroyed, done;
    tim_client client;
    tim_listener self;
    outcome told;
} hearer;

static void just_count(void *user_data, const char *events) {
    CHECK(events[0] == '[');
    add(&((hearer *)user_data)->calls);
}

static void destroyed(void *user_data) { add(&((hearer *)user_data)->destroyed); }

static tim_listener listen_to(tim_client client, tim_event_callback callback, hearer *it) {
    it->client = client;
    /* Written under the lock that the callbacks take, because they read it. */
    pthread_mutex_lock(&test_lock);
    GIVES(TIM_OK, tim_add_listener(client, callback, it, destroyed, &it->self));
    const tim_listener listener = it->self;
    pthread_mutex_unlock(&test_lock);
    return listener;
}

static tim_listener self_of(hearer *it) {
    pthread_mutex_lock(&test_lock);
    const tim_listener listener = it->self;
    pthread_mutex_unlock(&test_lock);
    return listener;
}

/* Something for a listener to hear. */
static void cause_event(tim_client client) {
    GIVES(TIM_OK, tim_network_changed(client, true));
    say(client, "C2Cbob", "an event for both");
}

static void versions_fit(void) {
    char *version = tim_version();
    CHECK(strcmp(version, TIM_VERSION) == 0);
    CHECK(tim_abi_version() == TIM_ABI_VERSION);
    tim_string_free(version);
}

static void the_same_options_give_the_same_instance(void) {
    tim_client again = create("alice");
    char *user = NULL;
    CHECK(again != alice);
    GIVES(TIM_OK, tim_get_login_user(again, &user));
    CHECK(strcmp(user, "alice") == 0);
    tim_string_free(user);
    GIVES(TIM_OK, tim_release(again));
    GIVES(130183, tim_release(again));
    GIVES(TIM_OK, tim_get_login_user(alice, &user));
    tim_string_free(user);
}

static void a_removed_listener_hears_nothing_and_is_destroyed_once(void) {
    hearer it = {0};
    const tim_listener listener = listen_to(alice, just_count, &it);
    cause_event(alice);
    CHECK(reaches(&it.calls, 1));
    GIVES(TIM_OK, tim_remove_listener(listener));
    GIVES(130183, tim_remove_listener(listener));
    CHECK(reaches(&it.destroyed, 1));
    const int calls = now(&it.calls);
    cause_event(alice);
    sleep_ms(100);
    CHECK(now(&it.calls) == calls && now(&it.destroyed) == 1);
}

static void block(void *user_data, const char *events) {
    (void)events;
    hearer *it = user_data;
    add(&it->calls);
    reaches(&it->done, 1);
}

static void a_listener_that_blocks_holds_up_its_own_instance_alone(void) {
    hearer stuck = {0}, bobs = {0};
    const tim_listener first = listen_to(alice, block, &stuck), second = listen_to(bob, just_count, &bobs);
    cause_event(alice);
    CHECK(reaches(&stuck.calls, 1));
    /* While it is stuck: calls of alice's are answered, and bob hears. */
    ENDS(TIM_OK, tim_get_server_time, alice);
    const int before = now(&bobs.calls);
    say(alice, "C2Cbob", "are you there?");
    CHECK(reaches(&bobs.calls, before + 1));
    CHECK(now(&stuck.calls) == 1);
    add(&stuck.done);
    CHECK(reaches(&stuck.calls, 2));
    GIVES(TIM_OK, tim_remove_listener(first));
    GIVES(TIM_OK, tim_remove_listener(second));
    CHECK(reaches(&stuck.destroyed, 1) && reaches(&bobs.destroyed, 1));
}

static void call_everything(void *user_data, const char *events) {
    (void)events;
    hearer *it = user_data;
    bool ready = false;
    char *user = NULL;
    if (now(&it->calls) == 0) {
        GIVES(TIM_OK, tim_is_ready(it->client, &ready));
        GIVES(TIM_OK, tim_get_login_user(it->client, &user));
        tim_string_free(user);
        /* Even waiting for the server's answer is allowed here. */
        say(it->client, "C2Cbob", "from within a listener");
        ENDS(TIM_OK, tim_get_conversation_list, it->client);
    }
    add(&it->calls);
}

static void a_listener_may_call_the_library(void) {
    hearer it = {0};
    const tim_listener listener = listen_to(alice, call_everything, &it);
    cause_event(alice);
    CHECK(reaches(&it.calls, 2));
    GIVES(TIM_OK, tim_remove_listener(listener));
    CHECK(reaches(&it.destroyed, 1));
}

static void and_again(void *user_data, tim_status status, const char *json) {
    (void)json;
    hearer *it = user_data;
    CHECK(status == TIM_OK);
    if (add(&it->done) < 5) GIVES(TIM_OK, tim_get_server_time(it->client, and_again, it));
}

static void the_end_of_a_call_may_begin_another(void) {
    hearer it = {0};
    it.client = alice;
    GIVES(TIM_OK, tim_get_server_time(alice, and_again, &it));
    CHECK(reaches(&it.done, 5));
}

static void wait_for_me(void *user_data, tim_status status, const char *json) {
    (void)json;
    hearer *it = user_data;
    CHECK(status == TIM_OK);
    add(&it->calls);
    reaches(&it->done, 1);
    add(&it->destroyed);
}

static void ends_of_calls_may_block(void) {
    enum { MANY = 20 };
    hearer it = {0};
    for (int i = 0; i < MANY; i++) GIVES(TIM_OK, tim_get_server_time(alice, wait_for_me, &it));
    CHECK(reaches(&it.calls, MANY));
    /* Twenty of them are stuck, and the engine goes on. */
    say(alice, "C2Cbob", "nobody is held up");
    add(&it.done);
    CHECK(reaches(&it.destroyed, MANY));
}

static void take_off(void *user_data, const char *events) {
    (void)events;
    hearer *it = user_data;
    GIVES(TIM_OK, tim_remove_listener(self_of(it)));
    CHECK(now(&it->destroyed) == 0);
    add(&it->calls);
}

static void a_listener_may_take_itself_off(void) {
    hearer it = {0};
    listen_to(alice, take_off, &it);
    cause_event(alice);
    CHECK(reaches(&it.destroyed, 1));
    cause_event(alice);
    sleep_ms(100);
    CHECK(now(&it.calls) == 1 && now(&it.destroyed) == 1);
}

static void release_and_destroy(void *user_data, const char *events) {
    (void)events;
    hearer *it = user_data;
    if (now(&it->calls) == 0) {
        GIVES(TIM_OK, tim_remove_listener(self_of(it)));
        GIVES(TIM_OK, tim_destroy(it->client, on_end, &it->told));
        GIVES(TIM_OK, tim_release(it->client));
    }
    add(&it->calls);
}

static void a_listener_may_destroy_its_instance_and_release_its_last_handle(void) {
    hearer it = {0};
    char *message = NULL;
    tim_client carol = create("carol");
    listen_to(carol, release_and_destroy, &it);
    GIVES(2024, tim_create_text_message(carol, "C2Cbob", "nobody is logged in", NULL, &message));
    CHECK(reaches(&it.told.ended, 1));
    CHECK(reaches(&it.destroyed, 1));
    CHECK(it.told.status == TIM_OK && it.told.ended == 1 && now(&it.destroyed) == 1);
    GIVES(130183, tim_release(carol));
    free(it.told.json);
}

static void wait_for_destroy(void *user_data, const char *events) {
    (void)events;
    hearer *it = user_data;
    if (now(&it->calls) == 0) ENDS(TIM_OK, tim_destroy, it->client);
    add(&it->calls);
}

static void a_listener_that_waits_for_its_own_end_is_not_waited_for(void) {
    hearer it = {0};
    char *message = NULL;
    tim_client carol = create("carol");
    listen_to(carol, wait_for_destroy, &it);
    GIVES(2024, tim_create_text_message(carol, "C2Cbob", "nobody is logged in", NULL, &message));
    CHECK(reaches(&it.calls, 1) && reaches(&it.destroyed, 1));
    GIVES(TIM_OK, tim_remove_listener(it.self));
    GIVES(TIM_OK, tim_release(carol));
    CHECK(now(&it.destroyed) == 1);
}

static void after_its_end_an_instance_says_so(void) {
    hearer it = {0}, late = {0};
    char *message = NULL;
    tim_client carol = create("carol");
    const tim_listener listener = listen_to(carol, just_count, &it);
    ENDS(TIM_OK, tim_destroy, carol);
    CHECK(now(&it.destroyed) == 1);
    const int calls = now(&it.calls);
    GIVES(130160, tim_create_text_message(carol, "C2Cbob", "too late", NULL, &message));
    GIVES(130160, tim_create_image_message_from_bytes(carol, "C2Cbob", PIXEL, sizeof PIXEL, NULL, NULL, &late,
                                                      destroyed, &message));
    GIVES(130160, tim_add_listener(carol, just_count, &late, destroyed, &late.self));
    GIVES(130160, tim_register_upload_plugin(carol, NULL, &late, destroyed));
    CHECK(now(&late.destroyed) == 3);
    ENDS(130160, tim_login, carol, "alice", alices_sig);
    ENDS(130160, tim_logout, carol);
    ENDS(130160, tim_get_conversation_list, carol);
    ENDS(130160, tim_get_my_profile, carol);
    ENDS(130160, tim_get_message_list, carol, "C2Cbob", 0, 10);
    ENDS(TIM_OK, tim_destroy, carol);
    GIVES(TIM_OK, tim_network_changed(carol, true));
    GIVES(TIM_OK, tim_remove_listener(listener));
    GIVES(TIM_OK, tim_release(carol));
    CHECK(now(&it.calls) == calls && now(&it.destroyed) == 1);
}

static void on_progress(void *user_data, uint32_t percent) {
    CHECK(percent <= 100);
    add(&((hearer *)user_data)->calls);
}

static void progress_is_told_and_its_destroy_called_once(void) {
    hearer sent = {0}, unsent = {0}, failed = {0}, saved = {0};
    char *message = NULL, file[1024];
    GIVES(2252, tim_create_image_message_from_bytes(alice, "C2Cbob", (const uint8_t *)"no picture", 10, NULL,
                                                    on_progress, &failed, destroyed, &message));
    CHECK(now(&failed.destroyed) == 1 && now(&failed.calls) == 0);

    GIVES(TIM_OK, tim_create_image_message_from_bytes(alice, "C2Cbob", PIXEL, sizeof PIXEL, "High", on_progress,
                                                      &unsent, destroyed, &message));
    tim_string_free(message);
    CHECK(now(&unsent.destroyed) == 0);

    GIVES(TIM_OK, tim_create_image_message_from_bytes(alice, "C2Cbob", PIXEL, sizeof PIXEL, NULL, on_progress, &sent,
                                                      destroyed, &message));
    outcome told = {0, 0, NULL};
    GIVES(TIM_OK, tim_send_message(alice, message, on_end, &told));
    CHECK(reaches(&told.ended, 1) && told.status == TIM_OK);
    CHECK(reaches(&sent.calls, 1) && reaches(&sent.destroyed, 1));
    tim_string_free(message);

    snprintf(file, sizeof file, "%s/saved.bmp", test_folder);
    ENDS(TIM_OK, tim_download_image, alice, told.json, 0, file, on_progress, &saved, destroyed);
    CHECK(reaches(&saved.destroyed, 1) && now(&saved.calls) > 0);
    free(told.json);

    /* The one that was never sent goes with the login. */
    ENDS(TIM_OK, tim_logout, alice);
    CHECK(reaches(&unsent.destroyed, 1));
    log_in(alice, "alice", alices_sig);
    CHECK(now(&sent.destroyed) == 1 && now(&unsent.destroyed) == 1 && now(&saved.destroyed) == 1);
    CHECK(now(&unsent.calls) == 0);
}

static const char *const SOMEWHERE =
    "{\"uuid\":\"0199a2a4-3f52-7c1e-9d4b-5a0f3c1e2b7d\",\"imageFormat\":4,\"imageInfoArray\":["
    "{\"type\":0,\"size\":58,\"width\":1,\"height\":1,\"url\":\"https://example.org/0\"},"
    "{\"type\":1,\"size\":58,\"width\":1,\"height\":1,\"url\":\"https://example.org/1\"},"
    "{\"type\":2,\"size\":58,\"width\":1,\"height\":1,\"url\":\"https://example.org/2\"}]}";

static tim_upload last_upload;

static void report_again(void *user_data, uint32_t percent) {
    /* 100 is told when the plugin has returned. */
    if (percent < 100) GIVES(TIM_OK, tim_upload_progress(*(tim_upload *)user_data, percent + 1));
}

static tim_status upload_elsewhere(void *user_data, const char *file, tim_upload upload) {
    CHECK(file[0] == '/');
    last_upload = upload;
    sleep_ms(50);
    GIVES(TIM_OK, tim_upload_progress(upload, 50));
    GIVES(TIM_OK, tim_upload_progress(upload, 5000));
    GIVES(130182, tim_upload_result(upload, "{}"));
    GIVES(TIM_OK, tim_upload_result(upload, SOMEWHERE));
    add(&((hearer *)user_data)->calls);
    return TIM_OK;
}

static tim_status refuse_upload(void *user_data, const char *file, tim_upload upload) {
    (void)file, (void)upload;
    add(&((hearer *)user_data)->calls);
    return 2041;
}

static tim_status forget_result(void *user_data, const char *file, tim_upload upload) {
    (void)user_data, (void)file, (void)upload;
    return TIM_OK;
}

static void a_plugin_uploads_refuses_or_forgets(void) {
    hearer elsewhere = {0}, refuses = {0}, forgets = {0};
    char *message = NULL;
    tim_client carol = create("alice");
    GIVES(130180, tim_register_upload_plugin(carol, NULL, &forgets, destroyed));
    CHECK(now(&forgets.destroyed) == 1);

    GIVES(TIM_OK, tim_register_upload_plugin(carol, upload_elsewhere, &elsewhere, destroyed));
    GIVES(TIM_OK, tim_create_image_message_from_bytes(carol, "C2Cbob", PIXEL, sizeof PIXEL, NULL, report_again,
                                                      &last_upload, NULL, &message));
    ENDS(TIM_OK, tim_send_message, carol, message);
    tim_string_free(message);
    CHECK(now(&elsewhere.calls) == 1);
    GIVES(130183, tim_upload_progress(last_upload, 1));
    GIVES(130183, tim_upload_result(last_upload, SOMEWHERE));

    GIVES(TIM_OK, tim_register_upload_plugin(carol, refuse_upload, &refuses, destroyed));
    CHECK(reaches(&elsewhere.destroyed, 1));
    GIVES(TIM_OK, tim_create_image_message_from_bytes(carol, "C2Cbob", PIXEL, sizeof PIXEL, NULL, NULL, NULL, NULL,
                                                      &message));
    ENDS(2041, tim_send_message, carol, message);

    GIVES(TIM_OK, tim_register_upload_plugin(carol, forget_result, NULL, NULL));
    CHECK(reaches(&refuses.destroyed, 1));
    CHECK(now(&refuses.calls) == 1 && now(&refuses.destroyed) == 1 && now(&elsewhere.destroyed) == 1);
    tim_string_free(message);
    GIVES(TIM_OK, tim_release(carol));
}

static void on_log(void *user_data, uint32_t level, const char *line) {
    CHECK(level <= 3 && line != NULL);
    add(&((hearer *)user_data)->calls);
}

static void destroy_and_set_again(void *user_data) {
    GIVES(TIM_OK, tim_clear_log_sink());
    GIVES(TIM_OK, tim_set_log_level(0));
    destroyed(user_data);
}

static void a_log_sink_goes_once_and_may_set_sinks_while_it_goes(void) {
    hearer first = {0}, second = {0}, refused = {0};
    GIVES(20001, tim_set_log_level(9));
    GIVES(TIM_OK, tim_set_log_level(0));
    GIVES(TIM_OK, tim_set_log_sink(on_log, &first, destroy_and_set_again));
    GIVES(TIM_OK, tim_set_log_sink(on_log, &second, destroyed));
    CHECK(now(&first.destroyed) == 1);
    GIVES(130180, tim_set_log_sink(NULL, &refused, destroyed));
    CHECK(now(&refused.destroyed) == 1);
    GIVES(TIM_OK, tim_clear_log_sink());
    CHECK(now(&second.destroyed) == 1 && now(&first.destroyed) == 1);
    GIVES(TIM_OK, tim_set_log_level(1));
}

/* What many threads did. */
static int asked, answered, listened;
static hearer crowd;

static void on_answer(void *user_data, tim_status status, const char *json) {
    (void)user_data, (void)status, (void)json;
    add(&answered);
}

static void *be_one_of_many(void *unused) {
    (void)unused;
    for (int i = 0; i < 50; i++) {
        tim_client client = i % 2 ? alice : bob, own = i % 10 ? 0 : create(i % 20 ? "alice" : "bob");
        tim_listener listener = 0;
        char *message = NULL;
        GIVES(TIM_OK, tim_add_listener(client, just_count, &crowd, destroyed, &listener));
        add(&listened);
        GIVES(TIM_OK, tim_get_server_time(client, on_answer, NULL));
        add(&asked);
        GIVES(TIM_OK, tim_create_text_message(client, "C2Cbob", "one of many", NULL, &message));
        if (i % 10 == 0) {
            GIVES(TIM_OK, tim_send_message(client, message, on_answer, NULL));
            add(&asked);
        }
        tim_string_free(message);
        GIVES(TIM_OK, tim_remove_listener(listener));
        if (own) GIVES(TIM_OK, tim_release(own));
    }
    return NULL;
}

static void many_threads_use_two_instances(void) {
    pthread_t threads[8];
    for (int i = 0; i < 8; i++) CHECK(pthread_create(&threads[i], NULL, be_one_of_many, NULL) == 0);
    for (int i = 0; i < 8; i++) pthread_join(threads[i], NULL);
    CHECK(reaches(&answered, now(&asked)));
    CHECK(reaches(&crowd.destroyed, now(&listened)));
    sleep_ms(50);
    CHECK(now(&answered) == now(&asked) && now(&crowd.destroyed) == now(&listened));
}

static void shut_down(void *user_data, tim_status status, const char *json) {
    (void)json;
    hearer *it = user_data;
    CHECK(status == TIM_OK);
    GIVES(TIM_OK, tim_shutdown(on_end, &it->told));
    add(&it->calls);
}

static void the_end_of_a_call_may_shut_everything_down(void) {
    hearer it = {0}, alices = {0}, bobs = {0};
    const tim_listener first = listen_to(alice, just_count, &alices), second = listen_to(bob, just_count, &bobs);
    GIVES(TIM_OK, tim_get_server_time(alice, shut_down, &it));
    CHECK(reaches(&it.told.ended, 1) && reaches(&it.calls, 1));
    CHECK(it.told.status == TIM_OK);
    free(it.told.json);
    CHECK(now(&alices.destroyed) == 1 && now(&bobs.destroyed) == 1);
    ENDS(130160, tim_get_server_time, alice);
    ENDS(130160, tim_get_server_time, bob);
    GIVES(TIM_OK, tim_remove_listener(first));
    GIVES(TIM_OK, tim_remove_listener(second));
    GIVES(TIM_OK, tim_release(alice));
    GIVES(TIM_OK, tim_release(bob));
    outcome told = {0, 0, NULL};
    GIVES(TIM_OK, tim_shutdown(on_end, &told));
    CHECK(reaches(&told.ended, 1));
    free(told.json);
}

int main(int count, char **arguments) {
    read_arguments(count, arguments);
    alice = create("alice"), bob = create("bob");
    log_in(alice, "alice", alices_sig);
    log_in(bob, "bob", bobs_sig);
    STORY(versions_fit);
    STORY(the_same_options_give_the_same_instance);
    STORY(a_removed_listener_hears_nothing_and_is_destroyed_once);
    STORY(a_listener_that_blocks_holds_up_its_own_instance_alone);
    STORY(a_listener_may_call_the_library);
    STORY(the_end_of_a_call_may_begin_another);
    STORY(ends_of_calls_may_block);
    STORY(a_listener_may_take_itself_off);
    STORY(a_listener_may_destroy_its_instance_and_release_its_last_handle);
    STORY(a_listener_that_waits_for_its_own_end_is_not_waited_for);
    STORY(after_its_end_an_instance_says_so);
    STORY(progress_is_told_and_its_destroy_called_once);
    STORY(a_plugin_uploads_refuses_or_forgets);
    STORY(a_log_sink_goes_once_and_may_set_sinks_while_it_goes);
    STORY(many_threads_use_two_instances);
    STORY(the_end_of_a_call_may_shut_everything_down);
    return 0;
}
