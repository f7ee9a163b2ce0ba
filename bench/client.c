/*
 * The engine for the rows of the table that are about the client: logs in, says how many microseconds after tim_create it was
 * ready, and listens until its input ends; then says how many messages it was told. It uses only what tim.h had in
 * early builds too, so that two builds can be compared.
 */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <tim.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
static int is_ready;
static unsigned long heard;

static double now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* Counts the messages of one event. */
static void count(const char *event, const char *end) {
    static const char mark[] = "\"flow\":\"in\"";
    while ((event = strstr(event, mark)) && event < end) heard++, event += sizeof mark - 1;
}

static void on_events(void *user_data, const char *events) {
    static const char name[] = "\"name\":\"", received[] = "\"name\":\"onMessageReceived\"";
    const char *event = strstr(events, name);
    (void)user_data;
    pthread_mutex_lock(&lock);
    while (event) {
        const char *next = strstr(event + 1, name), *end = next ? next : event + strlen(event);
        if (!strncmp(event, received, sizeof received - 1)) count(event, end);
        event = next;
    }
    if (strstr(events, "\"sdkStateReady\"")) is_ready = 1, pthread_cond_signal(&ready);
    pthread_mutex_unlock(&lock);
}

static void on_login(void *user_data, tim_status status, const char *json) {
    (void)user_data;
    if (status != TIM_OK) fprintf(stderr, "client: login failed: %s\n", json ? json : "");
}

int main(int arguments, char **argument) {
    char options[1024];
    tim_client client;
    tim_listener listener;
    double began = now_us();
    if (arguments != 6) return fprintf(stderr, "usage: client ADDRESS SDKAPPID USER USERSIG FOLDER\n"), 2;
    snprintf(options, sizeof options, "{\"SDKAppID\":%s, \"server\":\"%s\", \"dataDir\":\"%s\"}", argument[2], argument[1],
             argument[5]);
    if (tim_create(TIM_ABI_VERSION, options, &client) != TIM_OK ||
        tim_add_listener(client, on_events, NULL, NULL, &listener) != TIM_OK ||
        tim_login(client, argument[3], argument[4], on_login, NULL) != TIM_OK)
        return fprintf(stderr, "client: %s\n", tim_last_error()), 1;
    pthread_mutex_lock(&lock);
    while (!is_ready) pthread_cond_wait(&ready, &lock);
    pthread_mutex_unlock(&lock);
    printf("ready %.0f\n", now_us() - began);
    fflush(stdout);
    while (getchar() != EOF) {}
    pthread_mutex_lock(&lock);
    printf("heard %lu\n", heard);
    pthread_mutex_unlock(&lock);
    return 0;
}
