/*
 * A process that ends without a shutdown, while two are logged in, listen, and wait for answers: it just ends, with 0. The sixth
 * argument tells where.
 */
#include "people.h"

static int inside, answered, never;

static void count_answer(void *user_data, tim_status status, const char *json) {
    (void)user_data, (void)status, (void)json;
    add(&answered);
}

static void stay(void *user_data, const char *events) {
    (void)user_data, (void)events;
    add(&inside);
    reaches(&never, 1);
}

static void exit_in_listener(void *user_data, const char *events) {
    (void)user_data, (void)events;
    exit(0);
}

static void exit_in_end(void *user_data, tim_status status, const char *json) {
    (void)user_data, (void)status, (void)json;
    exit(0);
}

int main(int count, char **arguments) {
    static hearer hears, ends;
    read_arguments(count, arguments);
    CHECK(count == 7);
    const char *where = arguments[6];
    people_log_in();
    listen_to(alice, just_count, &hears);
    if (strcmp(where, "while-a-listener-runs") == 0) listen_to(alice, stay, &ends);
    if (strcmp(where, "in-a-listener") == 0) listen_to(alice, exit_in_listener, &ends);
    for (int i = 0; i < 50; i++) {
        char *message = text_for(bob, "alice", "are you still there?");
        GIVES(TIM_OK, tim_send_message(bob, message, NULL, count_answer, NULL));
        tim_string_free(message);
    }
    if (strcmp(where, "in-main") == 0) return 0;
    if (strcmp(where, "while-a-listener-runs") == 0) return reaches(&inside, 1) ? 0 : 1;
    if (strcmp(where, "in-the-end-of-a-call") == 0) GIVES(TIM_OK, tim_get_server_time(alice, exit_in_end, NULL));
    reaches(&never, 1);
    return 1;
}
