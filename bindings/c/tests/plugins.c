/*
 * What tim.h promises of progress callbacks, uploaders and log sinks, kept against a real server: each goes once, and they may
 * call the library, and block where tim.h says so.
 */
#include "people.h"

static void on_progress(void *user_data, uint32_t percent) {
    CHECK(percent <= 100);
    add(&((hearer *)user_data)->calls);
}

static void progress_is_told_and_its_destroy_called_once(void) {
    hearer sent = {0}, unsent = {0}, failed = {0}, saved = {0};
    char *message = NULL, file[1024];
    GIVES(2252, tim_create_image_message_from_bytes(alice, "bob", "C2C", (const uint8_t *)"no picture", 10, NULL,
                                                    on_progress, &failed, destroyed, &message));
    CHECK(now(&failed.destroyed) == 1 && now(&failed.calls) == 0);

    GIVES(TIM_OK, tim_create_image_message_from_bytes(alice, "bob", "C2C", PIXEL, sizeof PIXEL, "{}", on_progress,
                                                      &unsent, destroyed, &message));
    tim_string_free(message);
    CHECK(now(&unsent.destroyed) == 0);

    GIVES(TIM_OK, tim_create_image_message_from_bytes(alice, "bob", "C2C", PIXEL, sizeof PIXEL, NULL, on_progress, &sent,
                                                      destroyed, &message));
    outcome told = {0, 0, NULL};
    GIVES(TIM_OK, tim_send_message(alice, message, NULL, on_end, &told));
    CHECK(reaches(&told.ended, 1) && told.status == TIM_OK);
    CHECK(reaches(&sent.calls, 1) && reaches(&sent.destroyed, 1));
    tim_string_free(message);

    snprintf(file, sizeof file, "%s/saved.bmp", test_folder);
    ENDS(TIM_OK, tim_download_attachment, alice, told.json, 0, file, on_progress, &saved, destroyed);
    CHECK(reaches(&saved.destroyed, 1) && now(&saved.calls) > 0);
    free(told.json);

    /* The one that was never sent goes with the login. */
    ENDS(TIM_OK, tim_logout, alice);
    CHECK(reaches(&unsent.destroyed, 1));
    log_in(alice, "alice", alices_sig);
    CHECK(now(&sent.destroyed) == 1 && now(&unsent.destroyed) == 1 && now(&saved.destroyed) == 1);
    CHECK(now(&unsent.calls) == 0);
}

static void a_picture_is_shown_before_it_is_sent_and_by_its_address_afterwards(void) {
    char *message = NULL, *sent, *address;
    GIVES(TIM_OK, tim_create_image_message_from_bytes(alice, "bob", "C2C", PIXEL, sizeof PIXEL, NULL, NULL, NULL, NULL,
                                                      &message));
    CHECK(strstr(message, "\"width\":1,\"height\":1") && shows(message, PIXEL, sizeof PIXEL));
    ENDS(2105, tim_get_attachment_url, alice, message, 0);
    TOLD(sent, TIM_OK, tim_send_message, alice, message, NULL);
    CHECK(shows(sent, PIXEL, sizeof PIXEL));
    TOLD(address, TIM_OK, tim_get_attachment_url, bob, sent, 0);
    CHECK(loads(address, PIXEL, sizeof PIXEL));
    tim_string_free(message);
    free(sent);
    free(address);
}

static void put(const char *path, const void *bytes, size_t length) {
    FILE *file = fopen(path, "wb");
    CHECK(file && fwrite(bytes, 1, length, file) == length && !fclose(file));
}

static void a_video_is_played_from_its_address_and_shown_by_its_snapshot(void) {
    char *message = NULL, *sent, *address, film[1024], snapshot[1024];
    snprintf(film, sizeof film, "%s/film.mp4", test_folder);
    snprintf(snapshot, sizeof snapshot, "%s/film.bmp", test_folder);
    put(film, "a film", 6);
    put(snapshot, PIXEL, sizeof PIXEL);
    GIVES(20001, tim_create_video_message(alice, "bob", "C2C", film, "", -1, snapshot, NULL, NULL, NULL, NULL, &message));
    GIVES(TIM_OK, tim_create_video_message(alice, "bob", "C2C", film, "", 12, snapshot, NULL, NULL, NULL, NULL, &message));
    CHECK(strstr(message, "\"videoFormat\":\"mp4\"") && shows(message, "a film", 6));
    TOLD(sent, TIM_OK, tim_send_message, alice, message, NULL);
    TOLD(address, TIM_OK, tim_get_attachment_url, bob, sent, 3);
    CHECK(loads(address, PIXEL, sizeof PIXEL));
    free(address);
    TOLD(address, TIM_OK, tim_get_attachment_url, bob, sent, 0);
    CHECK(loads(address, "a film", 6));
    tim_string_free(message);
    free(sent);
    free(address);
}

#define ORIGINAL SIZE("0", "58", "https://example.org/0")
#define THUMBNAIL SIZE("1", "58", "https://example.org/1")
#define LARGE SIZE("2", "58", "https://example.org/2")

static const char *const SOMEWHERE = UPLOADED(ORIGINAL "," THUMBNAIL "," LARGE);

/* What cannot be sent: an identity that is none, a size below nothing, sizes that lack, are twice there or stand elsewhere, and
 * addresses that nobody can fetch, or everybody on the way can read. */
static const char *const NOWHERE[][2] = {
    {"{}", "missing field"},
    {"{\"uuid\":\"none\",\"renditions\":[]}", "uuid"},
    {UPLOADED(SIZE("0", "-1", "https://example.org/0")), "negative"},
    {UPLOADED(ORIGINAL "," LARGE), "three sizes"},
    {UPLOADED(ORIGINAL "," ORIGINAL "," THUMBNAIL "," LARGE), "three sizes"},
    {UPLOADED(THUMBNAIL "," ORIGINAL "," LARGE), "three sizes"},
    {UPLOADED(ORIGINAL "," SIZE("1", "58", "") "," LARGE), "https"},
    {UPLOADED(ORIGINAL "," THUMBNAIL "," SIZE("2", "58", "http://example.org/2")), "https"},
};

static tim_upload last_upload;

static int reported;

static void report_again(void *user_data, uint32_t percent) {
    /* The plugin waits for the first of these. Others are told when it has returned, too. */
    if (now(&reported) > 0) return;
    GIVES(TIM_OK, tim_upload_progress(*(tim_upload *)user_data, percent + 1));
    add(&reported);
}

static tim_status upload_elsewhere(void *user_data, const char *file, tim_upload upload) {
    CHECK(strstr(file, "{\"path\":\"/") == file && strstr(file, "\"fileType\":1,\"fileName\":\"\",\"size\":58}"));
    last_upload = upload;
    GIVES(TIM_OK, tim_upload_progress(upload, 50));
    CHECK(reaches(&reported, 1));
    GIVES(TIM_OK, tim_upload_progress(upload, 5000));
    for (size_t i = 0; i < sizeof NOWHERE / sizeof *NOWHERE; i++) {
        GIVES(130182, tim_upload_result(upload, NOWHERE[i][0]));
        char *why = tim_last_error();
        CHECK(why && strstr(why, NOWHERE[i][1]));
        tim_string_free(why);
    }
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
    GIVES(130180, tim_register_plugin(carol, NULL, &forgets, destroyed));
    CHECK(now(&forgets.destroyed) == 1);

    GIVES(TIM_OK, tim_register_plugin(carol, upload_elsewhere, &elsewhere, destroyed));
    GIVES(TIM_OK, tim_create_image_message_from_bytes(carol, "bob", "C2C", PIXEL, sizeof PIXEL, NULL, report_again,
                                                      &last_upload, NULL, &message));
    ENDS(TIM_OK, tim_send_message, carol, message, NULL);
    tim_string_free(message);
    CHECK(now(&elsewhere.calls) == 1);
    GIVES(130183, tim_upload_progress(last_upload, 1));
    GIVES(130183, tim_upload_result(last_upload, SOMEWHERE));

    GIVES(TIM_OK, tim_register_plugin(carol, refuse_upload, &refuses, destroyed));
    CHECK(reaches(&elsewhere.destroyed, 1));
    GIVES(TIM_OK, tim_create_image_message_from_bytes(carol, "bob", "C2C", PIXEL, sizeof PIXEL, NULL, NULL, NULL, NULL,
                                                      &message));
    ENDS(2041, tim_send_message, carol, message, NULL);

    GIVES(TIM_OK, tim_register_plugin(carol, forget_result, NULL, NULL));
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

static void progress_that_is_busy(void *user_data, uint32_t percent) {
    (void)percent;
    hearer *it = user_data;
    if (add(&it->calls) > 1) return;
    CHECK(reaches(&it->done, 1));
    ENDS(TIM_OK, tim_get_server_time, it->client);
    say(it->client, "bob", "from within progress");
    add(&it->done);
}

static void progress_may_block_and_call_the_library(void) {
    hearer it = {.client = alice};
    char *message = NULL;
    GIVES(TIM_OK, tim_create_image_message_from_bytes(alice, "bob", "C2C", PIXEL, sizeof PIXEL, NULL, progress_that_is_busy,
                                                      &it, destroyed, &message));
    GIVES(TIM_OK, tim_send_message(alice, message, NULL, on_end, &it.told));
    CHECK(reaches(&it.calls, 1));
    /* While it is stuck the engine goes on, and the picture waits. */
    say(alice, "bob", "nobody is held up");
    CHECK(now(&it.told.ended) == 0);
    add(&it.done);
    CHECK(reaches(&it.told.ended, 1) && it.told.status == TIM_OK && now(&it.done) == 2);
    CHECK(reaches(&it.destroyed, 1));
    free(it.told.json);
    tim_string_free(message);
}

static tim_status upload_and_make_way(void *user_data, const char *file, tim_upload upload) {
    (void)file;
    hearer *it = user_data;
    add(&it->calls);
    CHECK(reaches(&it->done, 1));
    ENDS(TIM_OK, tim_get_server_time, it->client);
    GIVES(TIM_OK, tim_register_plugin(it->client, forget_result, NULL, NULL));
    GIVES(TIM_OK, tim_release(it->client));
    CHECK(now(&it->destroyed) == 0);
    GIVES(TIM_OK, tim_upload_result(upload, SOMEWHERE));
    return TIM_OK;
}

static void a_plugin_may_block_call_the_library_and_be_replaced_meanwhile(void) {
    hearer it = {.client = create("alice")};
    char *message = NULL;
    GIVES(TIM_OK, tim_register_plugin(alice, upload_and_make_way, &it, destroyed));
    GIVES(TIM_OK, tim_create_image_message_from_bytes(alice, "bob", "C2C", PIXEL, sizeof PIXEL, NULL, NULL, NULL, NULL,
                                                      &message));
    GIVES(TIM_OK, tim_send_message(alice, message, NULL, on_end, &it.told));
    CHECK(reaches(&it.calls, 1));
    say(alice, "bob", "nobody is held up");
    CHECK(now(&it.told.ended) == 0);
    add(&it.done);
    CHECK(reaches(&it.told.ended, 1) && it.told.status == TIM_OK && strstr(it.told.json, "https://example.org/2"));
    CHECK(reaches(&it.destroyed, 1));
    CHECK(now(&it.calls) == 1 && now(&it.destroyed) == 1);
    free(it.told.json);
    tim_string_free(message);
}

/* A server that is not there, which the engine has something to log about. */
static void cause_log_line(void) {
    tim_client carol = create_at("ws://127.0.0.1:1", "carol");
    bell disconnected;
    outcome told = {0, 0, NULL};
    hang(&disconnected, carol, "\"disconnected\"");
    GIVES(TIM_OK, tim_login(carol, "carol", "no token", on_end, &told));
    CHECK(reaches(&disconnected.heard, 1));
    take_down(&disconnected);
    destroy_and_release(carol);
    CHECK(reaches(&told.ended, 1));
    free(told.json);
}

static void log_and_go(void *user_data, uint32_t level, const char *line) {
    (void)level, (void)line;
    hearer *it = user_data;
    bool ready = false;
    GIVES(TIM_OK, tim_is_ready(it->client, &ready));
    GIVES(TIM_OK, tim_get_server_time(it->client, on_end, &it->told));
    GIVES(TIM_OK, tim_clear_log_sink());
    CHECK(ready && now(&it->destroyed) == 0);
    add(&it->calls);
}

static void a_log_sink_may_call_the_library_and_take_itself_off(void) {
    hearer it = {.client = alice};
    GIVES(TIM_OK, tim_set_log_level(0));
    GIVES(TIM_OK, tim_set_log_sink(log_and_go, &it, destroyed));
    cause_log_line();
    CHECK(reaches(&it.calls, 1) && reaches(&it.destroyed, 1) && reaches(&it.told.ended, 1));
    CHECK(it.told.status == TIM_OK);
    cause_log_line();
    CHECK(now(&it.calls) == 1 && now(&it.destroyed) == 1 && now(&it.told.ended) == 1);
    GIVES(TIM_OK, tim_set_log_level(1));
    free(it.told.json);
}

static void log_and_stay(void *user_data, uint32_t level, const char *line) {
    (void)level, (void)line;
    hearer *it = user_data;
    if (add(&it->calls) > 1) return;
    CHECK(reaches(&it->done, 1));
    CHECK(now(&it->destroyed) == 0);
}

static void a_log_sink_that_is_taken_off_goes_when_its_call_has_returned(void) {
    hearer it = {0};
    GIVES(TIM_OK, tim_set_log_level(0));
    GIVES(TIM_OK, tim_set_log_sink(log_and_stay, &it, destroyed));
    tim_client carol = create_at("ws://127.0.0.1:1", "carol");
    outcome told = {0, 0, NULL};
    GIVES(TIM_OK, tim_login(carol, "carol", "no token", on_end, &told));
    CHECK(reaches(&it.calls, 1));
    GIVES(TIM_OK, tim_clear_log_sink());
    CHECK(now(&it.destroyed) == 0);
    add(&it.done);
    CHECK(reaches(&it.destroyed, 1));
    GIVES(TIM_OK, tim_set_log_level(1));
    destroy_and_release(carol);
    CHECK(reaches(&told.ended, 1));
    free(told.json);
}

int main(int count, char **arguments) {
    read_arguments(count, arguments);
    people_log_in();
    STORY(progress_is_told_and_its_destroy_called_once);
    STORY(a_picture_is_shown_before_it_is_sent_and_by_its_address_afterwards);
    STORY(a_video_is_played_from_its_address_and_shown_by_its_snapshot);
    STORY(progress_may_block_and_call_the_library);
    STORY(a_plugin_uploads_refuses_or_forgets);
    STORY(a_plugin_may_block_call_the_library_and_be_replaced_meanwhile);
    STORY(a_log_sink_goes_once_and_may_set_sinks_while_it_goes);
    STORY(a_log_sink_may_call_the_library_and_take_itself_off);
    STORY(a_log_sink_that_is_taken_off_goes_when_its_call_has_returned);
    destroy_and_release(alice);
    destroy_and_release(bob);
    return 0;
}
