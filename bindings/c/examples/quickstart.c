/*
 * The main job, call by call: alice and bob log in, chat with texts and pictures, and see every event as it comes.
 *
 *   cc -std=c11 quickstart.c $(pkg-config --cflags --libs tim) -lpthread -o quickstart
 *   ./quickstart SERVER SDKAPPID ALICES_USERSIG BOBS_USERSIG FOLDER
 */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tim.h>

/* Somebody with a device, and what it was told last. */
typedef struct {
    const char *name;
    tim_client client;
    int is_ready;
    char *message;
} person;

/* What callbacks tell, on threads of the library's, and main waits for. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t news = PTHREAD_COND_INITIALIZER;
static struct { int is_there; tim_status status; char *json; } answer;

static void fail(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static void on_done(void *user_data, tim_status status, const char *json) {
    (void)user_data;
    pthread_mutex_lock(&lock);
    answer.is_there = 1;
    answer.status = status;
    answer.json = strdup(json);
    pthread_cond_broadcast(&news);
    pthread_mutex_unlock(&lock);
}

/* Waits for the end of a call that has begun, and gives its result. */
static char *wait_for_answer(const char *what, tim_status begun) {
    if (begun != TIM_OK) fail(what, tim_last_error());
    pthread_mutex_lock(&lock);
    while (!answer.is_there) pthread_cond_wait(&news, &lock);
    answer.is_there = 0;
    char *json = answer.json;
    if (answer.status != TIM_OK) fail(what, json);
    pthread_mutex_unlock(&lock);
    return json;
}
#define ASK(function, ...) wait_for_answer(#function, function(__VA_ARGS__, on_done, NULL))

/* The JSON object that begins at `text`. A program of yours has a library for this. */
static char *object_at(const char *text) {
    size_t depth = 0, length = 0;
    int quoted = 0;
    do {
        char c = text[length++];
        if (quoted && c == '\\') length++;
        else if (c == '"') quoted = !quoted;
        else if (!quoted && c == '{') depth++;
        else if (!quoted && c == '}') depth--;
    } while (depth > 0);
    return strndup(text, length);
}

static void on_events(void *user_data, const char *events) {
    static const char received[] = "\"onMessageReceived\",\"data\":[";
    person *me = user_data;
    printf("  %5s <- %.150s\n", me->name, events);
    const char *message = strstr(events, received);
    pthread_mutex_lock(&lock);
    if (strstr(events, "\"sdkStateReady\"")) me->is_ready = 1;
    if (message) {
        free(me->message);
        me->message = object_at(message + sizeof received - 1);
    }
    pthread_cond_broadcast(&news);
    pthread_mutex_unlock(&lock);
}

static void on_progress(void *user_data, uint32_t percent) {
    if (percent % 50 == 0) printf("  %5s    %u %%\n", (const char *)user_data, percent);
}

static void log_in(person *me, const char *server, const char *app, const char *sig, const char *folder) {
    char options[1024];
    tim_listener listener;
    /* instance: two people in one process, as only a demonstration has it. */
    snprintf(options, sizeof options,
             "{\"SDKAppID\":%s, \"server\":\"%s\", \"dataDir\":\"%s/%s\", \"instance\":\"%s\"}",
             app, server, folder, me->name, me->name);
    printf("\n%s logs in\n", me->name);
    if (tim_create(TIM_ABI_VERSION, options, &me->client) != TIM_OK) fail("tim_create", tim_last_error());
    tim_add_listener(me->client, on_events, me, NULL, &listener);
    free(ASK(tim_login, me->client, me->name, sig));
    pthread_mutex_lock(&lock);
    while (!me->is_ready) pthread_cond_wait(&news, &lock);
    pthread_mutex_unlock(&lock);
}

static char *next_message(person *me) {
    pthread_mutex_lock(&lock);
    while (!me->message) pthread_cond_wait(&news, &lock);
    char *message = me->message;
    me->message = NULL;
    pthread_mutex_unlock(&lock);
    return message;
}

static void say(person *me, const char *to, const char *words) {
    char *message;
    printf("\n%s says \"%s\"\n", me->name, words);
    if (tim_create_text_message(me->client, to, words, NULL, &message) != TIM_OK)
        fail("tim_create_text_message", tim_last_error());
    free(ASK(tim_send_message, me->client, message));
    tim_string_free(message);
}

static void show(person *me, const char *to, const char *file) {
    char *message;
    printf("\n%s sends a picture\n", me->name);
    if (tim_create_image_message(me->client, to, file, NULL, on_progress, "up", NULL, &message) != TIM_OK)
        fail("tim_create_image_message", tim_last_error());
    free(ASK(tim_send_message, me->client, message));
    tim_string_free(message);
}

static void save(person *me, const char *message, const char *file) {
    printf("\n%s saves it as %s\n", me->name, file);
    free(ASK(tim_download_image, me->client, message, 0, file, on_progress, "down", NULL));
}

/* Something to look at: a BMP file of 320 x 240 pixels. */
static void draw(const char *file) {
    enum { WIDTH = 320, HEIGHT = 240, HEAD = 54 };
    unsigned char head[HEAD] = {'B', 'M', [10] = HEAD, [14] = 40, [26] = 1, [28] = 24};
    head[18] = WIDTH & 255, head[19] = WIDTH >> 8, head[22] = HEIGHT;
    FILE *out = fopen(file, "wb");
    if (!out) fail(file, "cannot be written");
    fwrite(head, 1, HEAD, out);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) fputc(x ^ y, out), fputc(x * 255 / WIDTH, out), fputc(y, out);
    fclose(out);
}

int main(int count, char **arguments) {
    if (count != 6) fail("usage", "quickstart SERVER SDKAPPID ALICES_USERSIG BOBS_USERSIG FOLDER");
    const char *server = arguments[1], *app = arguments[2], *folder = arguments[5];
    char picture[1024], from_alice[1024], from_bob[1024];
    snprintf(picture, sizeof picture, "%s/picture.bmp", folder);
    snprintf(from_alice, sizeof from_alice, "%s/from-alice.bmp", folder);
    snprintf(from_bob, sizeof from_bob, "%s/from-bob.bmp", folder);
    draw(picture);

    person alice = {.name = "alice"}, bob = {.name = "bob"};
    log_in(&alice, server, app, arguments[3], folder);
    log_in(&bob, server, app, arguments[4], folder);

    say(&alice, "C2Cbob", "Hello world!");
    free(next_message(&bob));
    say(&bob, "C2Calice", "Hello alice! Here is where I am.");
    free(next_message(&alice));

    show(&bob, "C2Calice", picture);
    char *shown = next_message(&alice);
    save(&alice, shown, from_bob);
    free(shown);
    show(&alice, "C2Cbob", picture);
    shown = next_message(&bob);
    save(&bob, shown, from_alice);
    free(shown);

    free(ASK(tim_set_message_read, bob.client, "C2Calice"));
    free(ASK(tim_logout, alice.client));
    free(wait_for_answer("tim_shutdown", tim_shutdown(on_done, NULL)));
    tim_release(alice.client);
    tim_release(bob.client);
    free(alice.message), free(bob.message);
    printf("\nDone: texts and pictures went both ways, and every step was seen.\n");
    return 0;
}
