/*
 * Options, servers, folders and disks that cannot work: a number and a text each time.
 */
#include "test.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Options with this data folder. */
static void options_in(const char *folder, char *options, size_t size) {
    snprintf(options, size, "{\"SDKAppID\":8,\"server\":\"ws://127.0.0.1:1\",\"dataDir\":\"%s\",\"instance\":\"%s\"}", folder,
             folder);
}

/* A server that is not there, or a network that is not. */
static void no_server_is_told_after_its_time(int app, const char *server) {
    char options[1024];
    tim_client client = {0};
    outcome told = {0, 0, NULL};
    snprintf(options, sizeof options, "{\"SDKAppID\":%d,\"server\":\"%s\",\"dataDir\":\"%s/o\",\"loginTimeoutMs\":300}",
             app, server, test_folder);
    GIVES(TIM_OK, tim_create(TIM_ABI_VERSION, options, &client));
    GIVES(TIM_OK, tim_login(client, "alice", alices_sig, on_end, &told));
    CHECK(reaches(&told.ended, 1));
    CHECK(told.status == 2800 || told.status == 2801);
    CHECK(strstr(told.json, "\"message\":\"") && strstr(told.json, "\"code\":28"));
    free(told.json);
    destroy_and_release(client);
}

static void options_that_cannot_work_are_told(void) {
    tim_client client = {0};
    char options[1024];
    GIVES(130184, tim_create(TIM_ABI_VERSION + 1, "{}", &client));
    GIVES(130184, tim_create(0, NULL, NULL));
    GIVES(2000, tim_create(TIM_ABI_VERSION, "{\"SDKAppID\":0,\"server\":\"ws://127.0.0.1:1\",\"dataDir\":\"/tmp\"}",
                           &client));
    static const char *const nowhere[] = {"", "http://example.org", "ws://example.org", "wss://", "wss://a b", "\\u0000"};
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        snprintf(options, sizeof options, "{\"SDKAppID\":7,\"server\":\"%s\",\"dataDir\":\"%s/o\"}", nowhere[i],
                 test_folder);
        GIVES(130165, tim_create(TIM_ABI_VERSION, options, &client));
    }
    GIVES(130165, tim_create(TIM_ABI_VERSION,
                             "{\"SDKAppID\":7,\"server\":\"wss://example.org\",\"dataDir\":\"/tmp\","
                             "\"extraRootsPem\":\"/etc/ssl/certs/ca.pem\"}", &client));
    /* Unnamed, not there, no folder, and a folder that refuses even root. */
    static const char *const closed[] = {"", "/proc/nowhere", "/dev/null/file", "/sys"};
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
        options_in(closed[i], options, sizeof options);
        GIVES(6022, tim_create(TIM_ABI_VERSION, options, &client));
    }
    CHECK(client.number == 0);
    no_server_is_told_after_its_time(9, "ws://127.0.0.1:1");
    no_server_is_told_after_its_time(10, "wss://nowhere.invalid");
}

/* Runs as a user who may not write everywhere; root may. */
static void write_where_it_is_forbidden(void) {
    char options[1024];
    tim_client client = {0};
    options_in("closed", options, sizeof options);
    GIVES(6022, tim_create(TIM_ABI_VERSION, options, &client));
    char *why = tim_last_error();
    CHECK(client.number == 0 && strstr(why, "closed: Permission denied") && strstr(why, "choose a folder of the app's own"));
    tim_string_free(why);

    /* One that is closed after the instance was made. */
    options_in("open", options, sizeof options);
    GIVES(TIM_OK, tim_create(TIM_ABI_VERSION, options, &client));
    CHECK(chmod("open/8", 0555) == 0);
    ENDS(6022, tim_login, client, "alice", "sig");
    CHECK(chmod("open/8", 0755) == 0);
    destroy_and_release(client);
}

/* Called first: a process that has the engine's threads does not fork. */
static void a_folder_that_cannot_be_written_is_told(void) {
    enum { NOBODY = 65534 };
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(chdir(test_folder) == 0 && chmod(".", 0755) == 0 && mkdir("open", 0755) == 0 && mkdir("closed", 0555) == 0);
        if (geteuid() == 0) CHECK(chown("open", NOBODY, NOBODY) == 0 && setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
        write_where_it_is_forbidden();
        exit(0);
    }
    int ended = 0;
    CHECK(waitpid(child, &ended, 0) == child && WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
}

static void a_reason_is_whole(void) {
    tim_client client = {0};
    GIVES(6022, tim_create(TIM_ABI_VERSION,
                           "{\"SDKAppID\":8,\"server\":\"ws://127.0.0.1:1\",\"dataDir\":\"/no\\u0000where\"}", &client));
    char *why = tim_last_error();
    CHECK(why && strstr(why, "/nowhere: ") && strstr(why, "choose a folder of the app's own"));
    tim_string_free(why);
}

static void a_disk_that_takes_nothing_is_told_and_forgiven(void) {
    const tim_client alice = create("alice");
    log_in(alice, "alice", alices_sig);
    struct rlimit roomy, tight;
    char *message = NULL;
    outcome told = {0, 0, NULL};
    bell connected;
    CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR && getrlimit(RLIMIT_FSIZE, &roomy) == 0);
    GIVES(TIM_OK, tim_create_text_message(alice, "alice", "C2C", "a note to myself", NULL, &message));
    tight = roomy;
    tight.rlim_cur = 1;
    hang(&connected, alice, "\"connected\"");
    CHECK(setrlimit(RLIMIT_FSIZE, &tight) == 0);
    GIVES(TIM_OK, tim_send_message(alice, message, NULL, on_end, &told));
    CHECK(reaches(&told.ended, 1));
    CHECK(setrlimit(RLIMIT_FSIZE, &roomy) == 0);
    CHECK(told.status == 6005 || told.status == 130168);
    /* Nothing was promised, so nothing was kept; with room again the database is opened anew, and then it goes. */
    CHECK(reaches(&connected.heard, 1));
    take_down(&connected);
    GIVES(TIM_OK, tim_send_message(alice, message, NULL, on_end, &told));
    CHECK(reaches(&told.ended, 2));
    CHECK(told.status == TIM_OK);
    free(told.json);
    tim_string_free(message);
    destroy_and_release(alice);
}

int main(int count, char **arguments) {
    read_arguments(count, arguments);
    STORY(a_folder_that_cannot_be_written_is_told);
    STORY(options_that_cannot_work_are_told);
    STORY(a_reason_is_whole);
    STORY(a_disk_that_takes_nothing_is_told_and_forgiven);
    return 0;
}
