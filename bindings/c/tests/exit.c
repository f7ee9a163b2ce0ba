/*
 * A process that ends without a shutdown, while it is logged in, listens, and waits for answers: it just ends.
 * With a sixth argument it ends in a callback.
 */
#include "test.h"

static int ended;

static void end_here(void *user_data, tim_status status, const char *json) {
    (void)user_data, (void)status, (void)json;
    exit(0);
}

static void hear(void *user_data, const char *events) {
    (void)user_data, (void)events;
    sleep_ms(5);
}

static void count_end(void *user_data, tim_status status, const char *json) {
    (void)user_data, (void)status, (void)json;
    add(&ended);
}

int main(int count, char **arguments) {
    tim_listener listener;
    read_arguments(count, arguments);
    const tim_client alice = create("alice");
    GIVES(TIM_OK, tim_add_listener(alice, hear, NULL, NULL, &listener));
    log_in(alice, "alice", alices_sig);
    for (int i = 0; i < 50; i++) {
        char *message = NULL;
        GIVES(TIM_OK, tim_create_text_message(alice, "C2Calice", "to myself", NULL, &message));
        GIVES(TIM_OK, tim_send_message(alice, message, count_end, NULL));
        tim_string_free(message);
    }
    if (count > 6) {
        GIVES(TIM_OK, tim_get_server_time(alice, end_here, NULL));
        sleep_ms(WITHIN_SECONDS * 1000L);
        return 1;
    }
    return 0;
}
