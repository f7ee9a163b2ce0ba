/*
 * What the C and C++ tests share: checks that end the program with a line, and waiting for what other threads do.
 * Every program here takes SERVER SDKAPPID ALICES_USERSIG BOBS_USERSIG FOLDER; script/test-c starts them.
 */
#ifndef TIM_TEST_H
#define TIM_TEST_H

#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <tim.h>

/* Generous: valgrind runs these too, on busy machines. */
enum { WITHIN_SECONDS = 120 };

#define CHECK(holds) \
    ((holds) ? (void)0 : (fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #holds), exit(1)))

/* That a call gives a status. */
#define GIVES(expected, call)                                                                         \
    do {                                                                                              \
        const tim_status gave = (call);                                                               \
        if (gave != (expected)) {                                                                     \
            char *reason = tim_last_error();                                                          \
            fprintf(stderr, "%s:%d: %s gave %d, not %d (%s)\n", __FILE__, __LINE__, #call, (int)gave, \
                    (int)(expected), reason ? reason : "");                                           \
            tim_string_free(reason);                                                                  \
            exit(1);                                                                                  \
        }                                                                                             \
    } while (0)

#define STORY(name) (name(), printf("  %s\n", #name), (void)fflush(stdout))

/* One lock and one bell for everything a test counts; tests are not in a hurry. */
static pthread_mutex_t test_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t test_bell = PTHREAD_COND_INITIALIZER;

/* Counts so many more, and gives how many there are now. A waiter for that many may be gone right after. */
static inline int add_some(int *counter, int more) {
    pthread_mutex_lock(&test_lock);
    const int value = *counter += more;
    pthread_cond_broadcast(&test_bell);
    pthread_mutex_unlock(&test_lock);
    return value;
}

static inline int add(int *counter) { return add_some(counter, 1); }

static inline int now(const int *counter) {
    pthread_mutex_lock(&test_lock);
    const int value = *counter;
    pthread_mutex_unlock(&test_lock);
    return value;
}

static inline int reaches(const int *counter, int value) {
    struct timespec until;
    int late = 0;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WITHIN_SECONDS;
    pthread_mutex_lock(&test_lock);
    while (*counter < value && !late) late = pthread_cond_timedwait(&test_bell, &test_lock, &until) != 0;
    const int reached = *counter >= value;
    pthread_mutex_unlock(&test_lock);
    return reached;
}

/* For `destroy`: counts in the int that user_data points to. */
static inline void count_destroy(void *user_data) { add((int *)user_data); }

/* The end of one call. */
typedef struct {
    int ended;
    tim_status status;
    char *json;
} outcome;

static inline void on_end(void *user_data, tim_status status, const char *json) {
    outcome *it = (outcome *)user_data;
    CHECK(json != NULL);
    pthread_mutex_lock(&test_lock);
    ++it->ended;
    it->status = status;
    free(it->json);
    it->json = strdup(json);
    pthread_cond_broadcast(&test_bell);
    pthread_mutex_unlock(&test_lock);
}

/* Makes a call, waits for its end, checks its status, and has what it told in `answer`, to be freed. */
#define TOLD(answer, expected, function, ...)                                                            \
    do {                                                                                                 \
        outcome of_call = {0, 0, NULL};                                                                  \
        GIVES(TIM_OK, function(__VA_ARGS__, on_end, &of_call));                                          \
        CHECK(reaches(&of_call.ended, 1));                                                               \
        if (of_call.status != (expected)) {                                                              \
            fprintf(stderr, "%s:%d: %s ended with %s\n", __FILE__, __LINE__, #function, of_call.json);   \
            exit(1);                                                                                     \
        }                                                                                                \
        (answer) = of_call.json;                                                                         \
    } while (0)

/* That a call ends with a status. */
#define ENDS(expected, function, ...)                       \
    do {                                                    \
        char *told_at_end;                                  \
        TOLD(told_at_end, expected, function, __VA_ARGS__); \
        free(told_at_end);                                  \
    } while (0)

/* The command line. */
static const char *test_server, *test_app, *alices_sig, *bobs_sig, *test_folder;

static inline void read_arguments(int count, char **arguments) {
    if (count < 6) {
        fprintf(stderr, "usage: %s SERVER SDKAPPID ALICES_USERSIG BOBS_USERSIG FOLDER\n", arguments[0]);
        exit(2);
    }
    test_server = arguments[1], test_app = arguments[2];
    alices_sig = arguments[3], bobs_sig = arguments[4], test_folder = arguments[5];
}

/* An instance of its own for `name`, with a server of its own. */
static inline tim_client create_at(const char *server, const char *name) {
    char options[1024];
    tim_client client = {0};
    snprintf(options, sizeof options,
             "{\"SDKAppID\":%s, \"server\":\"%s\", \"dataDir\":\"%s/%s\", \"instance\":\"%s\"}", test_app, server,
             test_folder, name, name);
    GIVES(TIM_OK, tim_create(TIM_ABI_VERSION, options, &client));
    CHECK(client.number != 0);
    return client;
}

static inline tim_client create(const char *name) { return create_at(test_server, name); }

/* How often a word was heard, and whether its listener is gone. */
typedef struct {
    const char *word;
    int heard, gone;
    tim_listener listener;
} bell;

static inline void ring(void *user_data, const char *events) {
    bell *it = (bell *)user_data;
    if (strstr(events, it->word)) add(&it->heard);
}

static inline void bell_goes(void *user_data) { add(&((bell *)user_data)->gone); }

/* Rings at every event that has this word in it, from now on until it is taken down. */
static inline void hang(bell *it, tim_client client, const char *word) {
    it->word = word, it->heard = 0, it->gone = 0;
    GIVES(TIM_OK, tim_add_listener(client, ring, it, bell_goes, &it->listener));
}

static inline void take_down(bell *it) {
    GIVES(TIM_OK, tim_off(it->listener));
    CHECK(reaches(&it->gone, 1));
}

static inline void log_in(tim_client client, const char *name, const char *sig) {
    bell ready;
    hang(&ready, client, "\"sdkStateReady\"");
    ENDS(TIM_OK, tim_login, client, name, sig);
    CHECK(reaches(&ready.heard, 1));
    take_down(&ready);
}

static inline void destroy_and_release(tim_client client) {
    outcome told = {0, 0, NULL};
    GIVES(TIM_OK, tim_destroy(client, on_end, &told));
    CHECK(reaches(&told.ended, 1));
    CHECK(told.status == TIM_OK);
    free(told.json);
    GIVES(TIM_OK, tim_release(client));
}

/* A picture of one pixel. */
static const unsigned char PIXEL[] = {
    'B', 'M', 58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24,
    0,   0,   0,  0, 0, 4, 0, 0, 0, 0, 0, 0,  0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9, 0,
};

/* Whether a file has these bytes and no more. */
static inline int has_bytes(FILE *file, const void *bytes, size_t length) {
    char *read = (char *)malloc(length + 1);
    CHECK(read != NULL);
    const size_t count = fread(read, 1, length + 1, file);
    const int equal = count == length && memcmp(read, bytes, length) == 0;
    free(read);
    return equal;
}

/* Whether the file that a message's localPath names has these bytes. */
static inline int shows(const char *message, const void *bytes, size_t length) {
    char path[1024];
    const char *const begin = strstr(message, "\"localPath\":\"");
    CHECK(begin && sscanf(begin, "\"localPath\":\"%1023[^\"]", path) == 1);
    FILE *const file = fopen(path, "rb");
    const int equal = file && has_bytes(file, bytes, length);
    if (file) fclose(file);
    return equal;
}

/* Whether a plain GET of an address, a JSON string, gives these bytes: what any image view does. */
static inline int loads(const char *address, const void *bytes, size_t length) {
    char host[64], port[8], path[1024], line[1024];
    CHECK(sscanf(address, "\"http://%63[^:]:%7[0-9]%1023[^\"]\"", host, port, path) == 3);
    struct addrinfo hints, *found = NULL;
    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    CHECK(getaddrinfo(host, port, &hints, &found) == 0);
    const int number = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
    CHECK(number >= 0 && connect(number, found->ai_addr, found->ai_addrlen) == 0);
    freeaddrinfo(found);
    FILE *const stream = fdopen(number, "r+b");
    CHECK(stream != NULL);
    fprintf(stream, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", path, host);
    CHECK(fflush(stream) == 0 && fgets(line, sizeof line, stream));
    const int is_there = strncmp(line, "HTTP/1.1 200 ", 13) == 0;
    while (fgets(line, sizeof line, stream) && strcmp(line, "\r\n") != 0) continue;
    const int equal = is_there && has_bytes(stream, bytes, length);
    fclose(stream);
    return equal;
}

/* What an uploader tells of it: as many sizes as it names. */
#define UPLOADED(sizes) "{\"uuid\":\"0199a2a4-3f52-7c1e-9d4b-5a0f3c1e2b7d\",\"renditions\":[" sizes "]}"
#define SIZE(type, bytes, url) "{\"type\":" type ",\"size\":" bytes ",\"width\":1,\"height\":1,\"url\":\"" url "\"}"

#endif /* TIM_TEST_H */
