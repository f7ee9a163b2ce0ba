/*
 * A system that has no room for the engine's threads: told with a number and a text, and forgiven once it has. On its own, because
 * of what could not be made something stays in memory.
 */
#include "test.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Who may not have as many threads as they like, as root may. */
static void become_nobody(void) {
    enum { NOBODY = 65534 };
    CHECK(chdir(test_folder) == 0 && chmod(".", 0755) == 0 && mkdir("own", 0755) == 0);
    if (geteuid() == 0) CHECK(chown("own", NOBODY, NOBODY) == 0 && setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
}

static void threads_that_are_refused_are_told(void) {
    static const char options[] = "{\"SDKAppID\":8,\"server\":\"ws://127.0.0.1:1\",\"dataDir\":\"own\"}";
    struct rlimit roomy, tight;
    tim_client client = 0;
    CHECK(getrlimit(RLIMIT_NPROC, &roomy) == 0);
    tight = roomy, tight.rlim_cur = 1;
    CHECK(setrlimit(RLIMIT_NPROC, &tight) == 0);
    GIVES(130169, tim_create(TIM_ABI_VERSION, options, &client));
    char *why = tim_last_error();
    CHECK(client == 0 && why && strstr(why, "the engine's threads could not be started"));
    tim_string_free(why);
    CHECK(setrlimit(RLIMIT_NPROC, &roomy) == 0);
    GIVES(TIM_OK, tim_create(TIM_ABI_VERSION, options, &client));
    destroy_and_release(client);
}

int main(int count, char **arguments) {
    read_arguments(count, arguments);
    become_nobody();
    STORY(threads_that_are_refused_are_told);
    return 0;
}
