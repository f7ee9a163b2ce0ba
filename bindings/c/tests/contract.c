/*
 * What tim.h promises of listeners and of the ends of calls, kept against a real server: order, and that they may block, call
 * the library, take themselves off, release, and destroy; each ends once.
 */
#include "people.h"

static void versions_fit(void) {
    char *version = tim_version();
    CHECK(strcmp(version, TIM_VERSION) == 0);
    CHECK(tim_abi_version() == TIM_ABI_VERSION);
    tim_string_free(version);
}

static void the_same_options_give_the_same_instance(void) {
    tim_client again = create("alice");
    char *user = NULL;
    CHECK(again.number != alice.number);
    GIVES(TIM_OK, tim_get_login_user(again, &user));
    CHECK(strcmp(user, "alice") == 0);
    tim_string_free(user);
    GIVES(TIM_OK, tim_release(again));
    GIVES(130183, tim_release(again));
    GIVES(TIM_OK, tim_get_login_user(alice, &user));
    tim_string_free(user);
}

/* Bob's ears for texts that are numbers, which count up from 0. */
typedef struct {
    int heard, out_of_order, gone;
} counting;

static void count_up(void *user_data, const char *events) {
    static const char text[] = "\"text\":\"number ";
    counting *it = user_data;
    for (const char *some = events; (some = strstr(some, "\"onMessageReceived\"")); some++) {
        /* Lists of conversations have their last texts too: it ends where the next event begins. */
        const char *end = strstr(some, "{\"name\":");
        for (const char *one = some; (one = strstr(one, text)) && (!end || one < end); one++) {
            if (atoi(one + sizeof text - 1) != now(&it->heard)) add(&it->out_of_order);
            add(&it->heard);
        }
    }
}

static void counting_goes(void *user_data) { add(&((counting *)user_data)->gone); }

static void count_sent(void *user_data, tim_status status, const char *json) {
    (void)json;
    CHECK(status == TIM_OK);
    add((int *)user_data);
}

static void texts_arrive_in_the_order_of_the_calls(void) {
    /* More than a listener is told in one call. */
    enum { MANY = 600 };
    counting bobs = {0};
    int sent = 0;
    tim_listener listener;
    GIVES(TIM_OK, tim_add_listener(bob, count_up, &bobs, counting_goes, &listener));
    for (int i = 0; i < MANY; i++) {
        char words[32];
        snprintf(words, sizeof words, "number %d", i);
        char *message = text_for(alice, "bob", words);
        GIVES(TIM_OK, tim_send_message(alice, message, NULL, count_sent, &sent));
        tim_string_free(message);
    }
    CHECK(reaches(&sent, MANY) && reaches(&bobs.heard, MANY));
    all_have_heard(bob);
    GIVES(TIM_OK, tim_off(listener));
    CHECK(reaches(&bobs.gone, 1));
    CHECK(now(&bobs.out_of_order) == 0 && now(&bobs.heard) == MANY && now(&sent) == MANY);
}

static void a_removed_listener_hears_nothing_and_is_destroyed_once(void) {
    hearer it = {0};
    const tim_listener listener = listen_to(alice, just_count, &it);
    cause_event(alice);
    CHECK(reaches(&it.calls, 1));
    GIVES(TIM_OK, tim_off(listener));
    GIVES(130183, tim_off(listener));
    CHECK(reaches(&it.destroyed, 1));
    const int calls = now(&it.calls);
    all_have_heard(alice);
    CHECK(now(&it.calls) == calls && now(&it.destroyed) == 1);
}

static void hear_one(void *user_data, const char *event) {
    static const char head[] = "{\"name\":\"onMessageReceived\",\"data\":[{";
    CHECK(strncmp(event, head, sizeof head - 1) == 0);
    add(&((hearer *)user_data)->calls);
}

static void a_handler_hears_its_kind_and_one_that_is_on_once_a_single_event(void) {
    hearer each = {0}, once = {0}, off = {0};
    tim_listener of_each, of_once, of_off;
    GIVES(TIM_OK, tim_on(alice, TIM_EVENT_MESSAGE_RECEIVED, hear_one, &each, destroyed, &of_each));
    GIVES(TIM_OK, tim_once(alice, TIM_EVENT_MESSAGE_RECEIVED, hear_one, &once, destroyed, &of_once));
    GIVES(TIM_OK, tim_on(alice, TIM_EVENT_MESSAGE_RECEIVED, hear_one, &off, destroyed, &of_off));
    GIVES(TIM_OK, tim_off(of_off));
    CHECK(reaches(&off.destroyed, 1));
    for (int i = 1; i <= 3; i++) {
        say(bob, "alice", "an event for handlers");
        CHECK(reaches(&each.calls, i));
    }
    all_have_heard(alice);
    CHECK(now(&once.calls) == 1 && now(&once.destroyed) == 1 && now(&off.calls) == 0);
    GIVES(130183, tim_off(of_once));
    GIVES(TIM_OK, tim_off(of_each));
    CHECK(reaches(&each.destroyed, 1));
    GIVES(20001, tim_on(alice, 1000, hear_one, &off, destroyed, &of_off));
    GIVES(20001, tim_once(alice, (uint32_t)-1, hear_one, &off, destroyed, &of_off));
    CHECK(now(&off.destroyed) == 3);
}

static void block(void *user_data, const char *events) {
    (void)events;
    hearer *it = user_data;
    add(&it->calls);
    reaches(&it->done, 1);
}

static void a_listener_that_blocks_holds_up_its_own_instance_alone(void) {
    hearer stuck = {0}, bobs = {0};
    const tim_listener first = listen_to(alice, block, &stuck), second = listen_to(bob, just_count, &bobs);
    cause_event(alice);
    CHECK(reaches(&stuck.calls, 1));
    /* While it is stuck: calls of alice's are answered, and bob hears. */
    ENDS(TIM_OK, tim_get_server_time, alice);
    const int before = now(&bobs.calls);
    say(alice, "bob", "are you there?");
    CHECK(reaches(&bobs.calls, before + 1));
    CHECK(now(&stuck.calls) == 1);
    add(&stuck.done);
    CHECK(reaches(&stuck.calls, 2));
    GIVES(TIM_OK, tim_off(first));
    GIVES(TIM_OK, tim_off(second));
    CHECK(reaches(&stuck.destroyed, 1) && reaches(&bobs.destroyed, 1));
}

static void call_everything(void *user_data, const char *events) {
    (void)events;
    hearer *it = user_data;
    bool ready = false;
    char *user = NULL;
    if (now(&it->calls) == 0) {
        GIVES(TIM_OK, tim_is_ready(it->client, &ready));
        GIVES(TIM_OK, tim_get_login_user(it->client, &user));
        GIVES(TIM_OK, tim_network_changed(it->client, true));
        tim_string_free(user);
        /* Even waiting for the server's answer is allowed here. */
        say(it->client, "bob", "from within a listener");
        ENDS(TIM_OK, tim_get_conversation_list, it->client, NULL);
    }
    add(&it->calls);
}

static void a_listener_may_call_the_library(void) {
    hearer it = {0};
    const tim_listener listener = listen_to(alice, call_everything, &it);
    cause_event(alice);
    CHECK(reaches(&it.calls, 2));
    GIVES(TIM_OK, tim_off(listener));
    CHECK(reaches(&it.destroyed, 1));
}

static void and_again(void *user_data, tim_status status, const char *json) {
    (void)json;
    hearer *it = user_data;
    CHECK(status == TIM_OK);
    if (add(&it->done) < 5) GIVES(TIM_OK, tim_get_server_time(it->client, and_again, it));
}

static void the_end_of_a_call_may_begin_another(void) {
    hearer it = {0};
    it.client = alice;
    GIVES(TIM_OK, tim_get_server_time(alice, and_again, &it));
    CHECK(reaches(&it.done, 5));
}

static void ask_why(void *user_data, tim_status status, const char *json) {
    char *why = tim_last_error(), *text = tim_status_text(status);
    CHECK(status == 10010 && strstr(json, text) && why && strcmp(why, text) == 0);
    tim_string_free(why);
    tim_string_free(text);
    add((int *)user_data);
}

static void the_end_of_a_call_may_ask_why_it_failed(void) {
    int told = 0;
    GIVES(TIM_OK, tim_get_group_profile(alice, "nowhere", ask_why, &told));
    CHECK(reaches(&told, 1));
}

static void wait_for_me(void *user_data, tim_status status, const char *json) {
    (void)json;
    hearer *it = user_data;
    CHECK(status == TIM_OK);
    add(&it->calls);
    reaches(&it->done, 1);
    add(&it->destroyed);
}

static void ends_of_calls_may_block(void) {
    /* More than there are threads for it anywhere by default. */
    enum { MANY = 1500 };
    hearer it = {0};
    for (int i = 0; i < MANY; i++) GIVES(TIM_OK, tim_get_server_time(alice, wait_for_me, &it));
    CHECK(reaches(&it.calls, MANY));
    /* All of them are stuck, and the engine goes on. */
    ENDS(TIM_OK, tim_get_server_time, alice);
    say(alice, "bob", "nobody is held up");
    add(&it.done);
    CHECK(reaches(&it.destroyed, MANY));
}

static void take_off(void *user_data, const char *events) {
    (void)events;
    hearer *it = user_data;
    GIVES(TIM_OK, tim_off(self_of(it)));
    CHECK(now(&it->destroyed) == 0);
    add(&it->calls);
}

static void a_listener_may_take_itself_off(void) {
    hearer it = {0};
    listen_to(alice, take_off, &it);
    cause_event(alice);
    CHECK(reaches(&it.destroyed, 1));
    all_have_heard(alice);
    CHECK(now(&it.calls) == 1 && now(&it.destroyed) == 1);
}

static void release_and_destroy(void *user_data, const char *events) {
    (void)events;
    hearer *it = user_data;
    if (now(&it->calls) == 0) {
        GIVES(TIM_OK, tim_off(self_of(it)));
        GIVES(TIM_OK, tim_destroy(it->client, on_end, &it->told));
        GIVES(TIM_OK, tim_release(it->client));
    }
    add(&it->calls);
}

static void a_listener_may_destroy_its_instance_and_release_its_last_handle(void) {
    hearer it = {0};
    char *message = NULL;
    tim_client carol = create("carol");
    listen_to(carol, release_and_destroy, &it);
    GIVES(2024, tim_create_text_message(carol, "bob", "C2C", "nobody is logged in", NULL, &message));
    CHECK(reaches(&it.told.ended, 1));
    CHECK(reaches(&it.destroyed, 1));
    CHECK(it.told.status == TIM_OK && it.told.ended == 1 && now(&it.destroyed) == 1);
    GIVES(130183, tim_release(carol));
    free(it.told.json);
}

static void release_last(void *user_data, tim_status status, const char *json) {
    (void)json;
    hearer *it = user_data;
    CHECK(status == 2024);
    GIVES(TIM_OK, tim_release(it->client));
    GIVES(130183, tim_release(it->client));
    add(&it->calls);
}

static void the_end_of_a_call_may_release_the_last_handle(void) {
    hearer it = {0};
    it.client = create("carol");
    GIVES(TIM_OK, tim_get_server_time(it.client, release_last, &it));
    CHECK(reaches(&it.calls, 1));
    /* The instance lives on; this is another handle of it. */
    destroy_and_release(create("carol"));
}

static void after_its_end_an_instance_says_so(void) {
    hearer it = {0}, late = {0};
    char *message = NULL;
    tim_client carol = create("carol");
    const tim_listener listener = listen_to(carol, just_count, &it);
    ENDS(TIM_OK, tim_destroy, carol);
    CHECK(now(&it.destroyed) == 1);
    const int calls = now(&it.calls);
    GIVES(130160, tim_create_text_message(carol, "bob", "C2C", "too late", NULL, &message));
    GIVES(130160, tim_create_image_message_from_bytes(carol, "bob", "C2C", PIXEL, sizeof PIXEL, NULL, NULL, &late,
                                                      destroyed, &message));
    GIVES(130160, tim_add_listener(carol, just_count, &late, destroyed, &late.self));
    GIVES(130160, tim_register_plugin(carol, NULL, &late, destroyed));
    CHECK(now(&late.destroyed) == 3);
    ENDS(130160, tim_login, carol, "alice", alices_sig);
    ENDS(130160, tim_logout, carol);
    ENDS(130160, tim_get_conversation_list, carol, NULL);
    ENDS(130160, tim_get_my_profile, carol);
    ENDS(130160, tim_get_message_list, carol, "C2Cbob", NULL, 10);
    ENDS(TIM_OK, tim_destroy, carol);
    GIVES(TIM_OK, tim_network_changed(carol, true));
    /* It went with the instance. */
    GIVES(130183, tim_off(listener));
    GIVES(TIM_OK, tim_release(carol));
    CHECK(now(&it.calls) == calls && now(&it.destroyed) == 1);
}

/* What many threads did. */
static int asked, answered, listened;
static hearer crowd;

static void on_answer(void *user_data, tim_status status, const char *json) {
    (void)user_data, (void)status, (void)json;
    add(&answered);
}

static void *be_one_of_many(void *unused) {
    (void)unused;
    for (int i = 0; i < 50; i++) {
        const tim_client client = i % 2 ? alice : bob, own = i % 10 ? (tim_client){0} : create(i % 20 ? "alice" : "bob");
        tim_listener listener = {0};
        char *message = NULL;
        GIVES(TIM_OK, tim_add_listener(client, just_count, &crowd, destroyed, &listener));
        add(&listened);
        GIVES(TIM_OK, tim_get_server_time(client, on_answer, NULL));
        add(&asked);
        GIVES(TIM_OK, tim_create_text_message(client, "bob", "C2C", "one of many", NULL, &message));
        if (i % 10 == 0) {
            GIVES(TIM_OK, tim_send_message(client, message, NULL, on_answer, NULL));
            add(&asked);
        }
        tim_string_free(message);
        GIVES(TIM_OK, tim_off(listener));
        if (own.number) GIVES(TIM_OK, tim_release(own));
    }
    return NULL;
}

static void many_threads_use_two_instances(void) {
    pthread_t threads[8];
    for (int i = 0; i < 8; i++) CHECK(pthread_create(&threads[i], NULL, be_one_of_many, NULL) == 0);
    for (int i = 0; i < 8; i++) pthread_join(threads[i], NULL);
    CHECK(reaches(&answered, now(&asked)));
    CHECK(reaches(&crowd.destroyed, now(&listened)));
    all_have_heard(alice);
    all_have_heard(bob);
    CHECK(now(&answered) == now(&asked) && now(&crowd.destroyed) == now(&listened));
}

static pthread_key_t last_words;

static void speak(void *user_data) {
    GIVES(130183, tim_release((tim_client){0}));
    tim_string_free(tim_last_error());
    say(alice, "bob", "last words");
    add((int *)user_data);
}

static void *end_with_last_words(void *spoken) {
    /* What the library keeps for this thread goes before the thread's own things do. */
    GIVES(130183, tim_release((tim_client){0}));
    say(alice, "bob", "first words");
    CHECK(pthread_setspecific(last_words, spoken) == 0);
    return NULL;
}

static void a_thread_may_call_the_library_as_it_ends(void) {
    int spoken = 0;
    pthread_t thread;
    CHECK(pthread_key_create(&last_words, speak) == 0);
    CHECK(pthread_create(&thread, NULL, end_with_last_words, &spoken) == 0);
    pthread_join(thread, NULL);
    CHECK(spoken == 1);
    pthread_key_delete(last_words);
}

int main(int count, char **arguments) {
    read_arguments(count, arguments);
    people_log_in();
    STORY(versions_fit);
    STORY(the_same_options_give_the_same_instance);
    STORY(texts_arrive_in_the_order_of_the_calls);
    STORY(a_removed_listener_hears_nothing_and_is_destroyed_once);
    STORY(a_handler_hears_its_kind_and_one_that_is_on_once_a_single_event);
    STORY(a_listener_that_blocks_holds_up_its_own_instance_alone);
    STORY(a_listener_may_call_the_library);
    STORY(the_end_of_a_call_may_begin_another);
    STORY(the_end_of_a_call_may_ask_why_it_failed);
    STORY(ends_of_calls_may_block);
    STORY(a_listener_may_take_itself_off);
    STORY(a_listener_may_destroy_its_instance_and_release_its_last_handle);
    STORY(the_end_of_a_call_may_release_the_last_handle);
    STORY(after_its_end_an_instance_says_so);
    STORY(many_threads_use_two_instances);
    STORY(a_thread_may_call_the_library_as_it_ends);
    return 0;
}
