/*
 * What it costs to cross into C: one event in batches of 1, 10 and 100, and the round trip of a call.
 *
 * script/bench faces runs it; the other languages have the same program. An event is what a call raises that is refused
 * because nobody is logged in. A batch is made by holding the listener while it queues up; what is timed is from letting
 * go to the end of the callback that got it. Prints medians, asserts nothing.
 */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tim.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t news = PTHREAD_COND_INITIALIZER;
static int is_holding, is_held, is_done;
static double ended;
static size_t bytes;

static double now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void on_events(void *user_data, const char *events) {
    (void)user_data;
    bytes += strlen(events);
    pthread_mutex_lock(&lock);
    if (is_holding) {
        is_held = 1;
        pthread_cond_broadcast(&news);
        while (is_holding) pthread_cond_wait(&news, &lock);
    } else {
        ended = now_us();
        is_done = 1;
        pthread_cond_broadcast(&news);
    }
    pthread_mutex_unlock(&lock);
}

static void on_done(void *user_data, tim_status status, const char *json) {
    (void)user_data, (void)status, (void)json;
    pthread_mutex_lock(&lock);
    is_done = 1;
    pthread_cond_broadcast(&news);
    pthread_mutex_unlock(&lock);
}

static void raise_event(tim_client client) {
    char *message;
    tim_create_text_message(client, "bob", "C2C", "hello", NULL, &message);
}

/* Of as many rounds as there may be, how long each took. */
static double took[5000];

static int by_value(const void *one, const void *other) {
    const double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

/* The median of so many rounds: where others use the machine too, some take a hundred times as long. */
static double median(int rounds) {
    qsort(took, (size_t)rounds, sizeof *took, by_value);
    return took[rounds / 2];
}

/* Microseconds per event of a batch. */
static double batch(tim_client client, int size) {
    const int rounds = 3000 / size + 300;
    for (int round = 0; round < rounds; round++) {
        pthread_mutex_lock(&lock);
        is_holding = 1, is_held = 0, is_done = 0;
        pthread_mutex_unlock(&lock);
        raise_event(client);
        pthread_mutex_lock(&lock);
        while (!is_held) pthread_cond_wait(&news, &lock);
        pthread_mutex_unlock(&lock);
        for (int event = 0; event < size; event++) raise_event(client);
        pthread_mutex_lock(&lock);
        double began = now_us();
        is_holding = 0;
        pthread_cond_broadcast(&news);
        while (!is_done) pthread_cond_wait(&news, &lock);
        pthread_mutex_unlock(&lock);
        took[round] = ended - began;
    }
    return median(rounds) / size;
}

/* Microseconds of a call that asks no server: logging out when nobody is logged in. */
static double round_trip(tim_client client) {
    enum { ROUNDS = 5000 };
    for (int round = 0; round < ROUNDS; round++) {
        pthread_mutex_lock(&lock);
        is_done = 0;
        pthread_mutex_unlock(&lock);
        double began = now_us();
        tim_logout(client, on_done, NULL);
        pthread_mutex_lock(&lock);
        while (!is_done) pthread_cond_wait(&news, &lock);
        pthread_mutex_unlock(&lock);
        took[round] = now_us() - began;
    }
    return median(ROUNDS);
}

int main(int count, char **arguments) {
    char options[1024];
    tim_client client;
    tim_listener listener;
    if (count != 2) return fprintf(stderr, "usage: faces FOLDER\n"), 2;
    snprintf(options, sizeof options, "{\"SDKAppID\":1, \"server\":\"ws://127.0.0.1:9\", \"dataDir\":\"%s\"}", arguments[1]);
    if (tim_create(TIM_ABI_VERSION, options, &client) != TIM_OK) return fprintf(stderr, "%s\n", tim_last_error()), 1;
    tim_add_listener(client, on_events, NULL, NULL, &listener);
    /* First without telling: caches and the engine's threads warm up. */
    for (int size = 1; size <= 100; size *= 10) batch(client, size);
    round_trip(client);
    for (int size = 1; size <= 100; size *= 10)
        printf("  event into C, batch of %-25d %9.2f us\n", size, batch(client, size));
    printf("  round trip of a call from C %28.2f us\n", round_trip(client));
    return 0;
}
