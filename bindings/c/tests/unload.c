/*
 * A program that loads libtim while it runs, unloads it, and loads it again, with and without a shutdown: what the engine's
 * threads have begun ends well. The sixth argument is the library; this program is not linked with it.
 */
#include "test.h"

#include <dlfcn.h>

static struct {
    void *handle;
    tim_status (*create)(uint32_t, const char *, tim_client *);
    tim_status (*add_listener)(tim_client, tim_event_callback, void *, tim_destroy_callback, tim_listener *);
    tim_status (*login)(tim_client, const char *, const char *, tim_done_callback, void *);
    tim_status (*get_login_user)(tim_client, char **);
    tim_status (*create_text_message)(tim_client, const char *, const char *, const char *, const char *, char **);
    tim_status (*send_message)(tim_client, const char *, const char *, tim_done_callback, void *);
    tim_status (*shutdown)(tim_done_callback, void *);
    tim_status (*release)(tim_client);
    void (*string_free)(char *);
} library;

static const char *library_file;

static void load(void) {
    library.handle = dlopen(library_file, RTLD_NOW | RTLD_LOCAL);
    CHECK(library.handle);
/* POSIX has functions and objects alike; C has no conversion between them. */
#define FIND(name) CHECK((*(void **)&library.name = dlsym(library.handle, "tim_" #name)))
    FIND(create);
    FIND(add_listener);
    FIND(login);
    FIND(get_login_user);
    FIND(create_text_message);
    FIND(send_message);
    FIND(shutdown);
    FIND(release);
    FIND(string_free);
#undef FIND
}

/* It stays in memory: its threads may stand anywhere in it. */
static void unload(void) {
    CHECK(dlclose(library.handle) == 0);
    memset(&library, 0, sizeof library);
    void *still_there = dlopen(library_file, RTLD_NOW | RTLD_NOLOAD);
    CHECK(still_there && dlclose(still_there) == 0);
}

static tim_client create_here(void) {
    char options[1024];
    tim_client client = {0};
    snprintf(options, sizeof options, "{\"SDKAppID\":%s, \"server\":\"%s\", \"dataDir\":\"%s\"}", test_app, test_server,
             test_folder);
    CHECK(library.create(TIM_ABI_VERSION, options, &client) == TIM_OK);
    return client;
}

static void ends_well(tim_status begun, outcome *told) {
    CHECK(begun == TIM_OK && reaches(&told->ended, 1) && told->status == TIM_OK);
    free(told->json);
}

/* The bell hangs as long as the instance lives. */
static void log_in_here(tim_client client, bell *ready) {
    outcome told = {0, 0, NULL};
    CHECK(library.add_listener(client, ring, ready, bell_goes, &ready->listener) == TIM_OK);
    ends_well(library.login(client, "alice", alices_sig, on_end, &told), &told);
    CHECK(reaches(&ready->heard, 1));
}

static void count_end(void *user_data, tim_status status, const char *json) {
    (void)json;
    CHECK(status == TIM_OK);
    add((int *)user_data);
}

static void it_may_be_unloaded_unused(void) {
    load();
    unload();
}

static void it_may_be_unloaded_after_a_shutdown(void) {
    outcome told = {0, 0, NULL};
    bell ready = {.word = "\"sdkStateReady\""};
    load();
    const tim_client alice = create_here();
    log_in_here(alice, &ready);
    ends_well(library.shutdown(on_end, &told), &told);
    CHECK(library.release(alice) == TIM_OK);
    unload();
    CHECK(now(&ready.gone) == 1);
}

static void it_may_be_unloaded_while_calls_are_under_way(void) {
    enum { MANY = 50 };
    static bell ready = {.word = "\"sdkStateReady\""};
    int ended = 0;
    load();
    const tim_client alice = create_here();
    log_in_here(alice, &ready);
    for (int i = 0; i < MANY; i++) {
        char *message = NULL;
        CHECK(library.create_text_message(alice, "alice", "C2C", "a note to myself", NULL, &message) == TIM_OK);
        CHECK(library.send_message(alice, message, NULL, count_end, &ended) == TIM_OK);
        library.string_free(message);
    }
    unload();
    CHECK(now(&ended) < MANY && reaches(&ended, MANY));
}

static void loaded_again_it_goes_on_where_it_was(void) {
    char *user = NULL;
    load();
    CHECK(library.get_login_user(create_here(), &user) == TIM_OK && strcmp(user, "alice") == 0);
    library.string_free(user);
    unload();
}

int main(int count, char **arguments) {
    read_arguments(count, arguments);
    CHECK(count == 7);
    library_file = arguments[6];
    STORY(it_may_be_unloaded_unused);
    STORY(it_may_be_unloaded_after_a_shutdown);
    STORY(it_may_be_unloaded_while_calls_are_under_way);
    STORY(loaded_again_it_goes_on_where_it_was);
    return 0;
}
