/*
 * A system that has no room for the engine's threads: told with a number and a text, and forgiven once it has; and no harm to an
 * instance that is there. On its own, because of what could not be made something stays in memory.
 */
#include "test.h"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Who may not have as many threads as they like, as root may. */
static void become_nobody(void) {
    enum { NOBODY = 65534 };
    CHECK(chdir(test_folder) == 0 && chmod(".", 0755) == 0 && mkdir("own", 0755) == 0);
    if (geteuid() == 0) CHECK(chown("own", NOBODY, NOBODY) == 0 && setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
}

static struct rlimit roomy;

static void refuse_threads(void) {
    CHECK(getrlimit(RLIMIT_NPROC, &roomy) == 0);
    const struct rlimit tight = {.rlim_cur = 1, .rlim_max = roomy.rlim_max};
    CHECK(setrlimit(RLIMIT_NPROC, &tight) == 0);
}

static void allow_threads(void) { CHECK(setrlimit(RLIMIT_NPROC, &roomy) == 0); }

static void threads_that_are_refused_are_told(void) {
    static const char options[] = "{\"SDKAppID\":8,\"server\":\"ws://127.0.0.1:1\",\"dataDir\":\"own\"}";
    tim_client client = {0};
    refuse_threads();
    GIVES(130169, tim_create(TIM_ABI_VERSION, options, &client));
    char *why = tim_last_error();
    CHECK(client.number == 0 && why && strstr(why, "the engine's threads could not be started"));
    tim_string_free(why);
    allow_threads();
    GIVES(TIM_OK, tim_create(TIM_ABI_VERSION, options, &client));
    destroy_and_release(client);
}

/* The engine's threads: two drive instances, the others do what may block. */
static int engine_threads(void) {
    char file[300], name[32];
    int count = 0;
    DIR *tasks = opendir("/proc/self/task");
    CHECK(tasks);
    for (const struct dirent *task; (task = readdir(tasks));) {
        snprintf(file, sizeof file, "/proc/self/task/%s/comm", task->d_name);
        FILE *comm = fopen(file, "r");
        if (!comm) continue;
        if (fgets(name, sizeof name, comm) && strncmp(name, "tim-engine", 10) == 0) count++;
        fclose(comm);
    }
    closedir(tasks);
    return count;
}

/* Twelve seconds with nothing to do are more than threads that may go at all are given; less, if all went. */
static void let_idle_threads_go(void) {
    enum { DRIVING = 2 };
    for (int tenths = 0; tenths < 120 && engine_threads() > DRIVING; tenths++)
        nanosleep(&(struct timespec){0, 100 * 1000 * 1000}, NULL);
}

static void threads_that_are_refused_later_do_no_harm(void) {
    char options[1024], *message = NULL;
    tim_client alice = {0};
    bool ready = false;
    snprintf(options, sizeof options, "{\"SDKAppID\":%s,\"server\":\"%s\",\"dataDir\":\"own\"}", test_app, test_server);
    GIVES(TIM_OK, tim_create(TIM_ABI_VERSION, options, &alice));
    log_in(alice, "alice", alices_sig);
    GIVES(TIM_OK, tim_create_text_message(alice, "alice", "C2C", "a note to myself", NULL, &message));
    let_idle_threads_go();
    refuse_threads();
    ENDS(TIM_OK, tim_get_server_time, alice);
    ENDS(TIM_OK, tim_send_message, alice, message, NULL);
    ENDS(TIM_OK, tim_get_conversation_list, alice, NULL);
    allow_threads();
    GIVES(TIM_OK, tim_is_ready(alice, &ready));
    CHECK(ready);
    tim_string_free(message);
    destroy_and_release(alice);
}

int main(int count, char **arguments) {
    read_arguments(count, arguments);
    become_nobody();
    STORY(threads_that_are_refused_are_told);
    STORY(threads_that_are_refused_later_do_no_harm);
    return 0;
}
