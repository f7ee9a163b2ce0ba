/*
 * What the quick start in C needs beside the engine: waiting for callbacks, printing, cutting JSON, a picture. The
 * engine is called here for the text of an error only. A program of yours has a library for JSON and an event loop to wake.
 */
#ifndef HELPERS_H
#define HELPERS_H

#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tim.h>

/* Guards what callbacks tell, on threads of the library's; rung when there is something new. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t news = PTHREAD_COND_INITIALIZER;

static inline void step(const char *what) { printf("\n%s\n", what); }

static inline void fail(const char *why) {
    fprintf(stderr, "%s\n", why);
    exit(1);
}

/* That a call was taken. */
static inline void must(tim_status status) {
    if (status != TIM_OK) fail(tim_last_error());
}

/* The end of a call. */
typedef struct {
    int is_there;
    tim_status status;
    char *json;
} ending;

static inline void on_done(void *user_data, tim_status status, const char *json) {
    pthread_mutex_lock(&lock);
    *(ending *)user_data = (ending){1, status, strdup(json)};
    pthread_cond_broadcast(&news);
    pthread_mutex_unlock(&lock);
}

/* Waits for the end of a call that was just begun with on_done and `end`. */
static inline void finish(tim_status begun, ending *end) {
    must(begun);
    pthread_mutex_lock(&lock);
    while (!end->is_there) pthread_cond_wait(&news, &lock);
    pthread_mutex_unlock(&lock);
    if (end->status != TIM_OK) fail(end->json);
    free(end->json);
    *end = (ending){0};
}

/* The length of the JSON object that begins at `text`. */
static inline size_t object_length(const char *text) {
    size_t depth = 0, length = 0;
    int quoted = 0;
    do {
        const char c = text[length++];
        if (quoted && c == '\\') length++;
        else if (c == '"') quoted = !quoted;
        else if (!quoted && c == '{') depth++;
        else if (!quoted && c == '}') depth--;
    } while (depth > 0);
    return length;
}

/* Everything that somebody was told, and how much of it was waited for. */
typedef struct {
    const char *name;
    char *heard;
    size_t waited_for;
} inbox;

static inline void on_events(void *user_data, const char *events_json) {
    inbox *mine = user_data;
    /* [{"name":"sdkStateReady"},{"name":"onMessageReceived","data":[{...}]}] */
    for (const char *event = events_json; *event != ']'; event += object_length(event)) {
        event++;
        const size_t length = object_length(event);
        printf("  %5s <- %.*s\n", mine->name, length < 110 ? (int)length : 110, event);
    }
    pthread_mutex_lock(&lock);
    const size_t before = mine->heard ? strlen(mine->heard) : 0;
    mine->heard = realloc(mine->heard, before + strlen(events_json) + 1);
    if (!mine->heard) fail("no memory");
    strcpy(mine->heard + before, events_json);
    pthread_cond_broadcast(&news);
    pthread_mutex_unlock(&lock);
}

/* Waits for the next event of this name, and gives the first object of its data (a message), or NULL; to be freed. */
static inline char *wait_for(inbox *mine, const char *event) {
    char named[64], *found;
    snprintf(named, sizeof named, "{\"name\":\"%s\"", event);
    pthread_mutex_lock(&lock);
    while (!mine->heard || !(found = strstr(mine->heard + mine->waited_for, named))) pthread_cond_wait(&news, &lock);
    const size_t length = object_length(found);
    const char *data = strstr(found, "\"data\":[{");
    char *first = data && data < found + length ? strndup(data + 8, object_length(data + 8)) : NULL;
    mine->waited_for = (size_t)(found - mine->heard) + length;
    pthread_mutex_unlock(&lock);
    return first;
}

/* Prints what a message says. */
static inline void show(const char *name, const char *message) {
    const char *payload = strstr(message, "\"payload\":") + 10;
    printf("%s got %.*s\n", name, (int)object_length(payload), payload);
}

static inline void on_progress(void *user_data, uint32_t percent) {
    if (percent % 50 == 0) printf("  %5s    %u %%\n", (const char *)user_data, percent);
}

/* Something to look at: a BMP file of 320 x 240 pixels. */
static inline void draw(const char *file) {
    enum { WIDTH = 320, HEIGHT = 240, HEAD = 54 };
    unsigned char head[HEAD] = {'B', 'M', [10] = HEAD, [14] = 40, [26] = 1, [28] = 24};
    head[18] = WIDTH & 255, head[19] = WIDTH >> 8, head[22] = HEIGHT;
    FILE *out = fopen(file, "wb");
    if (!out) fail("the picture cannot be written");
    fwrite(head, 1, HEAD, out);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) fputc(x ^ y, out), fputc(x * 255 / WIDTH, out), fputc(y, out);
    fclose(out);
}

#endif /* HELPERS_H */
