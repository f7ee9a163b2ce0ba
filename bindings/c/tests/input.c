/*
 * Bad input: NULL, handles that are none, texts that are not UTF-8, JSON that is cut, nested or hostile, lengths of nothing
 * and of everything. A number and a text each time, and nothing else happens.
 */
#include "test.h"

#include "every_call.h"

#include <limits.h>

static tim_client alice;
static int destroys, never;

static void on_never(void *user_data, tim_status status, const char *json) {
    (void)user_data, (void)status, (void)json;
    add(&never);
}

static void hear(void *user_data, const char *events) { (void)user_data, (void)events; }

static void on_progress(void *user_data, uint32_t percent) { (void)user_data, (void)percent; }

static tim_status upload(void *user_data, const char *file, tim_upload it) {
    (void)user_data, (void)file, (void)it;
    return TIM_OK;
}

#define UNKNOWN_ID "0199a2a4-3f52-7c1e-9d4b-5a0f3c1e2b7d"

static const char MESSAGE[] =
    "{\"ID\":\"" UNKNOWN_ID "\",\"conversationID\":\"C2Cbob\",\"conversationType\":\"C2C\",\"from\":\"alice\",\"to\":\"bob\",\"flow\":\"out\","
    "\"sequence\":0,\"time\":1,\"clientTime\":1,\"status\":\"unSend\",\"priority\":\"Normal\",\"nick\":\"\",\"avatar\":\"\","
    "\"isRevoked\":false,\"revoker\":null,\"isRead\":true,\"isPeerRead\":false,\"isExcludedFromUnreadCount\":false,"
    "\"type\":\"TIMTextElem\",\"payload\":{\"text\":\"hi\"}}";

/* Every verb that takes a text, which is the first thing that it finds wrong. */
#define EVERY_TEXT(client, text, json)                                                        \
    do {                                                                                      \
        char *made = NULL;                                                                    \
        const int before = now(&destroys);                                                    \
        EVERY_CREATION(client, text, json);                                                   \
        EVERY_CALL(client, text, json, on_never);                                             \
        CHECK(now(&destroys) == before + EVERY_CREATIONS_DESTROYS + EVERY_CALLS_DESTROYS);    \
        CHECK(made == NULL);                                                                  \
    } while (0)

/* Handles with a number that stands for nothing, or for something else. */
static void is_found_out(uint64_t number) {
    const tim_client none = {number};
    char *out = NULL;
    bool ready = false;
    int64_t total = 0;
#define EACH(call) GIVES(130183, call)
    EVERY_TEXT(none, "bob", MESSAGE);
    EVERY_CALL_WITHOUT_TEXT(none, on_never);
    EACH(tim_call(none, "logout", "{}", on_never, NULL));
    EACH(tim_destroy(none, on_never, NULL));
    EACH(tim_release(none));
    EACH(tim_is_ready(none, &ready));
    EACH(tim_get_login_user(none, &out));
    EACH(tim_get_total_unread_message_count(none, &total));
    EACH(tim_network_changed(none, true));
    EACH(tim_upload_progress((tim_upload){number}, 1));
    EACH(tim_upload_result((tim_upload){number}, MESSAGE));
    const int before = now(&destroys);
    EACH(tim_add_listener(none, hear, &destroys, count_destroy, &(tim_listener){0}));
    EACH(tim_on(none, TIM_EVENT_ERROR, hear, &destroys, count_destroy, &(tim_listener){0}));
    EACH(tim_register_plugin(none, upload, &destroys, count_destroy));
    CHECK(now(&destroys) == before + 3);
#undef EACH
}

static void a_handle_that_is_none_is_found_out(void) {
    tim_listener listener = {0};
    tim_client released = create("alice");
    GIVES(TIM_OK, tim_add_listener(alice, hear, NULL, NULL, &listener));
    GIVES(TIM_OK, tim_release(released));
    /* None, released, of another kind, never given out, one that looks like a pointer. */
    const uint64_t numbers[] = {0, released.number, listener.number, UINT64_MAX, (uint64_t)(uintptr_t)&listener};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        is_found_out(numbers[i]);
        if (numbers[i] != listener.number) GIVES(130183, tim_off((tim_listener){numbers[i]}));
    }
    GIVES(130183, tim_off((tim_listener){alice.number}));
    GIVES(TIM_OK, tim_off(listener));
}

static void null_is_told(void) {
#define EACH(call) GIVES(130180, call)
    EVERY_TEXT(alice, NULL, NULL);
    const int before = now(&destroys);
    EACH(tim_call(alice, NULL, "{}", on_never, NULL));
    EACH(tim_call(alice, "logout", NULL, on_never, NULL));
    EACH(tim_create(TIM_ABI_VERSION, NULL, &(tim_client){0}));
    EACH(tim_create(TIM_ABI_VERSION, "{}", NULL));
    EACH(tim_is_ready(alice, NULL));
    EACH(tim_get_login_user(alice, NULL));
    EACH(tim_get_total_unread_message_count(alice, NULL));
    EACH(tim_create_text_message(alice, "bob", "C2C", "hi", NULL, NULL));
    EACH(tim_create_image_message(alice, "bob", "C2C", "/none", NULL, NULL, &destroys, count_destroy, NULL));
    EACH(tim_create_image_message_from_bytes(alice, "bob", "C2C", NULL, 5, NULL, NULL, &destroys, count_destroy,
                                             &(char *){NULL}));
    EACH(tim_add_listener(alice, NULL, &destroys, count_destroy, &(tim_listener){0}));
    EACH(tim_add_listener(alice, hear, &destroys, count_destroy, NULL));
    EACH(tim_on(alice, TIM_EVENT_ERROR, NULL, &destroys, count_destroy, &(tim_listener){0}));
    EACH(tim_once(alice, TIM_EVENT_ERROR, hear, &destroys, count_destroy, NULL));
    EACH(tim_register_plugin(alice, NULL, &destroys, count_destroy));
    EACH(tim_set_log_sink(NULL, &destroys, count_destroy));
    CHECK(now(&destroys) == before + 8);
    /* A call without a callback has nobody to tell. */
    EVERY_CALL(alice, "bob", MESSAGE, NULL);
    EVERY_CALL_WITHOUT_TEXT(alice, NULL);
    CHECK(now(&destroys) == before + 8 + EVERY_CALLS_DESTROYS);
    EACH(tim_call(alice, "logout", "{}", NULL, NULL));
    EACH(tim_destroy(alice, NULL, NULL));
    EACH(tim_shutdown(NULL, NULL));
#undef EACH
    tim_string_free(NULL);
    bool ready = false;
    GIVES(TIM_OK, tim_is_ready(alice, &ready));
    CHECK(ready);
}

static void a_place_that_is_not_aligned_is_told(void) {
    uint64_t room[2] = {0, 0};
    void *const crooked = (char *)room + 1;
    const int before = now(&destroys);
    GIVES(130180, tim_create(TIM_ABI_VERSION, "{}", crooked));
    char *why = tim_last_error();
    CHECK(why && strstr(why, "not aligned"));
    tim_string_free(why);
    GIVES(130180, tim_get_login_user(alice, crooked));
    GIVES(130180, tim_create_text_message(alice, "bob", "C2C", "hi", NULL, crooked));
    GIVES(130180, tim_add_listener(alice, hear, &destroys, count_destroy, crooked));
    CHECK(now(&destroys) == before + 1 && room[0] == 0 && room[1] == 0);
}

static void texts_are_utf8(void) {
    char *out = NULL;
    static const char *const bad[] = {"\xff", "C2C\xc3\x28", "\xed\xa0\x80", "\xf8\x88\x80\x80\x80", "cut \xe4\xbd"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
#define EACH(call) GIVES(130181, call)
        EVERY_TEXT(alice, bad[i], bad[i]);
        EACH(tim_call(alice, bad[i], "{}", on_never, NULL));
        EACH(tim_call(alice, "joinGroup", bad[i], on_never, NULL));
        EACH(tim_create(TIM_ABI_VERSION, bad[i], &(tim_client){0}));
        EACH(tim_create_text_message(alice, "bob", "C2C", bad[i], NULL, &out));
        EACH(tim_create_text_message(alice, "bob", "C2C", "hi", bad[i], &out));
        GIVES(130181, tim_create_text_message(alice, "bob", bad[i], "hi", NULL, &out));
#undef EACH
    }
    GIVES(130182, tim_create_text_message(alice, "bob", "C2C", "hi", "Urgent", &out));
    GIVES(130182, tim_create_text_message(alice, "bob", "C2C", "hi", "{\"priority\":\"Urgent\"}", &out));
    GIVES(130182, tim_create_text_message(alice, "bob", "C2C", "hi", "{\"urgent\":true}", &out));
    GIVES(2106, tim_create_text_message(alice, "bob", "C2C", "hi", "{\"atUserList\":[\"bob\"]}", &out));
    GIVES(2002, tim_create_text_message(alice, "tea", "GROUP", "hi", "{\"atUserList\":[\"\"]}", &out));
    GIVES(130182, tim_create_text_message(alice, "bob", "C2C", "hi", "{\"elements\":[7]}", &out));
    GIVES(130115, tim_create_text_message(alice, "bob", "C2C", "hi", "{\"elements\":[{\"type\":\"gone\"}]}", &out));
    GIVES(2002, tim_create_text_message(alice, "", "C2C", "hi", NULL, &out));
    GIVES(2602, tim_create_text_message(alice, "", "GROUP", "hi", NULL, &out));
    GIVES(2106, tim_create_text_message(alice, "bob", "TOPIC", "hi", NULL, &out));
    GIVES(2106, tim_create_text_message(alice, "bob", "@TIM#SYSTEM", "hi", NULL, &out));
    GIVES(130110, tim_create_text_message(alice, "bob", "C2C", "", NULL, &out));
    CHECK(out == NULL);
}

static void every_json_call(const char *json, tim_status expected) {
    tim_client client = {0};
    GIVES(expected, tim_send_message(alice, json, NULL, on_never, NULL));
    GIVES(expected, tim_revoke_message(alice, json, NULL, on_never, NULL));
    GIVES(expected, tim_create_group(alice, json, on_never, NULL));
    GIVES(expected, tim_get_user_profile(alice, json, on_never, NULL));
    GIVES(expected, tim_add_to_blacklist(alice, json, on_never, NULL));
    GIVES(expected, tim_call(alice, "sendMessage", json, on_never, NULL));
    GIVES(expected, tim_create(TIM_ABI_VERSION, json, &client));
    CHECK(client.number == 0);
}

static void json_that_cannot_be_read_is_refused(void) {
    static const char *const bad[] = {
        "",        " ",       "{",        "nul",   "\"",          "\"\\ud800\"", "1e999", "-", "{}", "{\"ID\":1}",
        "[[]]",    "[null]",  "{\"a\":}", "\t\n",  "{}{}",        "true",        "[1,2]", "0",
        "{\"SDKAppID\":99999999999999999999,\"server\":\"ws://127.0.0.1:1\",\"dataDir\":\"/tmp\"}",
        "{\"SDKAppID\":1,\"server\":\"ws://127.0.0.1:1\",\"dataDir\":\"/tmp\",\"surprise\":1}",
        "{\"SDKAppID\":1,\"SDKAppID\":1,\"server\":\"ws://127.0.0.1:1\",\"dataDir\":\"/tmp\"}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) every_json_call(bad[i], 130182);
    char *why = tim_last_error();
    CHECK(why && strstr(why, "JSON"));
    tim_string_free(why);
    static const char *const none[] = {"-1", "0", "4294967296"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        char options[128];
        snprintf(options, sizeof options, "{\"SDKAppID\":%s,\"server\":\"ws://127.0.0.1:1\",\"dataDir\":\"/tmp\"}", none[i]);
        GIVES(2000, tim_create(TIM_ABI_VERSION, options, &(tim_client){0}));
    }
    GIVES(20001, tim_create(TIM_ABI_VERSION,
                            "{\"SDKAppID\":1,\"server\":\"ws://127.0.0.1:1\",\"dataDir\":\"/tmp\",\"heartbeatMs\":-1}",
                            &(tim_client){0}));
    GIVES(20001, tim_create(TIM_ABI_VERSION,
                            "{\"SDKAppID\":1,\"server\":\"ws://127.0.0.1:1\",\"dataDir\":\"/tmp\",\"databaseKey\":\"secret\"}",
                            &(tim_client){0}));
    GIVES(20001, tim_update_my_profile(alice, "{\"birthday\":-1}", on_never, NULL));
    GIVES(130182, tim_update_my_profile(alice, "{\"gender\":\"dragon\"}", on_never, NULL));
    GIVES(130182, tim_update_my_profile(alice, "{\"nick\":\"Alice\",\"Location\":\"Lhasa\"}", on_never, NULL));
    GIVES(20001, tim_set_all_receive_message_opt(alice, "{\"messageRemindType\":\"AcceptAndNotify\",\"duration\":-1}", on_never, NULL));
    GIVES(130182, tim_create_group(alice, "{\"name\":\"Tea\",\"type\":\"Public\",\"groupId\":\"tea\"}", on_never, NULL));
    GIVES(130182, tim_update_my_profile(alice, "[", on_never, NULL));
}

static void a_message_may_be_cut_anywhere(void) {
    char cut[sizeof MESSAGE];
    for (size_t length = 0; length + 1 < sizeof MESSAGE; length++) {
        memcpy(cut, MESSAGE, length);
        cut[length] = '\0';
        GIVES(130182, tim_send_message(alice, cut, NULL, on_never, NULL));
    }
}

static void json_may_nest_and_be_large(void) {
    enum { DEEP = 1000000 };
    char *deep = malloc(DEEP + 1);
    CHECK(deep);
    memset(deep, '[', DEEP);
    deep[DEEP] = '\0';
    every_json_call(deep, 130182);
    for (int i = 0; i + 5 <= DEEP; i += 5) memcpy(deep + i, "{\"a\":", 5);
    every_json_call(deep, 130182);
    memset(deep, ' ', DEEP);
    every_json_call(deep, 130182);
    memset(deep, '"', 1);
    memset(deep + 1, 'a', DEEP - 2);
    deep[DEEP - 1] = '"';
    every_json_call(deep, 130182);
    memset(deep, 'a', DEEP);
    GIVES(8001, tim_create_text_message(alice, "bob", "C2C", deep, NULL, &(char *){NULL}));
    GIVES(2002, tim_create_text_message(alice, deep, "C2C", "hi", NULL, &(char *){NULL}));
    GIVES(2602, tim_get_group_profile(alice, deep, on_never, NULL));
    ENDS(2002, tim_login, alice, deep, "sig");
    free(deep);
}

static void lengths_of_nothing_and_of_everything(void) {
    char *out = NULL;
    const int before = now(&destroys);
#define PICTURE(status, bytes, length) \
    GIVES(status, tim_create_image_message_from_bytes(alice, "bob", "C2C", bytes, length, NULL, NULL, &destroys, \
                                                      count_destroy, &out))
    PICTURE(7006, PIXEL, 0);
    PICTURE(7006, NULL, 0);
    /* Never read: no picture is that long. */
    PICTURE(2253, PIXEL, SIZE_MAX);
    PICTURE(2253, PIXEL, (size_t)1 << 40);
    PICTURE(2253, PIXEL, (size_t)INT_MAX);
    PICTURE(2252, (const uint8_t *)"GIF", 3);
    CHECK(now(&destroys) == before + 6);
    GIVES(2401, tim_create_image_message(alice, "bob", "C2C", "/no/such/file", NULL, NULL, NULL, NULL, &out));
    GIVES(2251, tim_create_image_message(alice, "bob", "C2C", "", NULL, NULL, NULL, NULL, &out));
    GIVES(2401, tim_create_image_message(alice, "bob", "C2C", "/", NULL, NULL, NULL, NULL, &out));
    CHECK(out == NULL);
    GIVES(20001, tim_download_attachment(alice, MESSAGE, 4, "/tmp/x", NULL, NULL, NULL, on_never, NULL));
    GIVES(20001, tim_download_attachment(alice, MESSAGE, UINT_MAX, "/tmp/x", NULL, NULL, NULL, on_never, NULL));
    GIVES(20001, tim_get_attachment_url(alice, MESSAGE, 4, on_never, NULL));
    ENDS(TIM_OK, tim_get_message_list, alice, "C2Cbob", NULL, 0);
    ENDS(TIM_OK, tim_get_message_list, alice, "C2Cbob", "", INT_MAX);
    ENDS(TIM_OK, tim_get_message_list, alice, "C2Cbob", "1", INT_MIN);
    ENDS(20001, tim_get_message_list, alice, "C2Cbob", "the one before", 1);
}

static void messages_that_are_none_of_ours_are_refused(void) {
    char *forged = strdup(MESSAGE);
    CHECK(forged);
    memcpy(strstr(forged, "alice"), "carol", 5);
    ENDS(2105, tim_send_message, alice, forged, NULL);
    ENDS(2105, tim_resend_message, alice, UNKNOWN_ID);
    ENDS(130171, tim_cancel_message, alice, UNKNOWN_ID);
    GIVES(2105, tim_resend_message(alice, MESSAGE, on_never, NULL));
    GIVES(2105, tim_cancel_message(alice, "", on_never, NULL));
    ENDS(2105, tim_revoke_message, alice, MESSAGE, NULL);
    ENDS(2105, tim_download_attachment, alice, MESSAGE, 0, "/tmp/none", NULL, NULL, NULL);
    ENDS(2105, tim_get_attachment_url, alice, MESSAGE, 0);
    ENDS(130171, tim_cancel_download, alice, "/tmp/none");
    memcpy(strstr(forged, "carol"), "alice", 5);
    *strstr(forged, "0199a2a4") = 'x';
    GIVES(2105, tim_send_message(alice, forged, NULL, on_never, NULL));
    *strstr(forged, "x199a2a4") = '0';
    /* Who would get it is not for the message to say twice. */
    memcpy(strstr(forged, "\"bob\""), "\"eve\"", 5);
    GIVES(2105, tim_send_message(alice, forged, NULL, on_never, NULL));
    memcpy(strstr(forged, "C2Cbob"), "XXXbob", 6);
    GIVES(2503, tim_send_message(alice, forged, NULL, on_never, NULL));
    free(forged);
}

static void every_status_has_a_text(void) {
    static const tim_status some[] = {0, 1, -1, 2024, 130185, INT_MAX, INT_MIN};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        char *text = tim_status_text(some[i]);
        CHECK(text && text[0]);
        tim_string_free(text);
    }
}

static void *has_no_error(void *unused) {
    (void)unused;
    CHECK(tim_last_error() == NULL);
    return NULL;
}

static void errors_are_a_threads_own(void) {
    pthread_t thread;
    GIVES(130183, tim_release((tim_client){0}));
    CHECK(pthread_create(&thread, NULL, has_no_error, NULL) == 0);
    pthread_join(thread, NULL);
    char *why = tim_last_error();
    CHECK(why && strstr(why, "handle"));
    tim_string_free(why);
}

int main(int count, char **arguments) {
    read_arguments(count, arguments);
    alice = create("alice");
    log_in(alice, "alice", alices_sig);
    STORY(a_handle_that_is_none_is_found_out);
    STORY(null_is_told);
    STORY(a_place_that_is_not_aligned_is_told);
    STORY(texts_are_utf8);
    STORY(json_that_cannot_be_read_is_refused);
    STORY(a_message_may_be_cut_anywhere);
    STORY(json_may_nest_and_be_large);
    STORY(lengths_of_nothing_and_of_everything);
    STORY(messages_that_are_none_of_ours_are_refused);
    STORY(every_status_has_a_text);
    STORY(errors_are_a_threads_own);
    destroy_and_release(alice);
    CHECK(now(&never) == 0);
    return 0;
}
