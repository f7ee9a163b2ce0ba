/*
 * What the stories in C share beyond test.h: alice and bob, who are logged in, what they say, and listeners that count.
 */
#ifndef TIM_PEOPLE_H
#define TIM_PEOPLE_H

#include "test.h"

static tim_client alice, bob;

static inline void people_log_in(void) {
    alice = create("alice"), bob = create("bob");
    log_in(alice, "alice", alices_sig);
    log_in(bob, "bob", bobs_sig);
}

static inline char *text_for(tim_client client, const char *to, const char *words) {
    char *message = NULL;
    GIVES(TIM_OK, tim_create_text_message(client, to, "C2C", words, NULL, &message));
    return message;
}

/* The ID of a message, in a buffer of 37 bytes. */
static inline const char *id_of(const char *message, char *id) {
    const char *const begin = strstr(message, "\"ID\":\"");
    CHECK(begin);
    memcpy(id, begin + 6, 36);
    id[36] = 0;
    return id;
}

static inline void say(tim_client client, const char *to, const char *words) {
    char *message = text_for(client, to, words);
    ENDS(TIM_OK, tim_send_message, client, message, NULL);
    tim_string_free(message);
}

/* A callback's pointer: it counts, and does something at its first call. */
typedef struct {
    int calls, destroyed, done;
    tim_client client;
    tim_listener self;
    outcome told;
} hearer;

static inline void just_count(void *user_data, const char *events) {
    CHECK(events[0] == '[');
    add(&((hearer *)user_data)->calls);
}

static inline void destroyed(void *user_data) { add(&((hearer *)user_data)->destroyed); }

static inline tim_listener listen_to(tim_client client, tim_event_callback callback, hearer *it) {
    it->client = client;
    /* Written under the lock that the callbacks take, because they read it. */
    pthread_mutex_lock(&test_lock);
    GIVES(TIM_OK, tim_add_listener(client, callback, it, destroyed, &it->self));
    const tim_listener listener = it->self;
    pthread_mutex_unlock(&test_lock);
    return listener;
}

static inline tim_listener self_of(hearer *it) {
    pthread_mutex_lock(&test_lock);
    const tim_listener listener = it->self;
    pthread_mutex_unlock(&test_lock);
    return listener;
}

/* Something for the listeners of alice, or of bob, to hear. */
static inline void cause_event(tim_client client) {
    if (client.number == alice.number) say(bob, "alice", "an event for alice");
    else say(alice, "bob", "an event for bob");
}

/* Causes events until every listener has heard one: who is told the second knows that all were told the first. */
static inline void all_have_heard(tim_client client) {
    bell last;
    hang(&last, client, "");
    for (int heard = 0; heard < 2; heard++) {
        const int before = now(&last.heard);
        cause_event(client);
        CHECK(reaches(&last.heard, before + 1));
    }
    take_down(&last);
}

#endif /* TIM_PEOPLE_H */
