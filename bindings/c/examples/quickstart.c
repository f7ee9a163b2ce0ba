/*
 * The main job, call by call: alice and bob log in, chat with texts and pictures, and see every event as it comes.
 * helpers.h has the callbacks on_done, on_events and on_progress, and waits for what they tell.
 *
 *   cc -std=c11 quickstart.c $(pkg-config --cflags --libs tim) -lpthread -o quickstart
 *   ./quickstart SERVER SDKAPPID ALICES_USERSIG BOBS_USERSIG FOLDER
 */
#include "helpers.h"

static tim_client create(const char *name, const char *server, const char *app, const char *folder) {
    char options[1024];
    tim_client client;
    /* instance: two of them in one process, as only a demonstration has it. */
    snprintf(options, sizeof options,
             "{\"SDKAppID\":%s, \"server\":\"%s\", \"dataDir\":\"%s/%s\", \"instance\":\"%s\"}",
             app, server, folder, name, name);
    must(tim_create(TIM_ABI_VERSION, options, &client));
    return client;
}

int main(int count, char **arguments) {
    if (count != 6) fail("usage: quickstart SERVER SDKAPPID ALICES_USERSIG BOBS_USERSIG FOLDER");
    const char *server = arguments[1], *app = arguments[2], *folder = arguments[5];
    char drawing[1024], from_alice[1024], from_bob[1024], *message, *received;
    snprintf(drawing, sizeof drawing, "%s/drawing.bmp", folder);
    snprintf(from_alice, sizeof from_alice, "%s/from-alice.bmp", folder);
    snprintf(from_bob, sizeof from_bob, "%s/from-bob.bmp", folder);
    draw(drawing);

    /* Initialise. Pictures go to the server; tim_register_plugin would take them elsewhere. */
    must(tim_set_log_level(1));
    const tim_client alice = create("alice", server, app, folder), bob = create("bob", server, app, folder);

    step("Events, then login");
    inbox alices = {.name = "alice"}, bobs = {.name = "bob"};
    tim_listener alices_ears, bobs_ears;
    ending end = {0};
    must(tim_add_listener(alice, on_events, &alices, NULL, &alices_ears));
    must(tim_add_listener(bob, on_events, &bobs, NULL, &bobs_ears));
    finish(tim_login(alice, "alice", arguments[3], on_done, &end), &end);
    finish(tim_login(bob, "bob", arguments[4], on_done, &end), &end);
    wait_for(&alices, "sdkStateReady");
    wait_for(&bobs, "sdkStateReady");

    step("A text, there and back");
    must(tim_create_text_message(alice, "bob", "C2C", "Hello world!", NULL, &message));
    finish(tim_send_message(alice, message, NULL, on_done, &end), &end);
    tim_string_free(message);
    received = wait_for(&bobs, "onMessageReceived");
    show("bob", received);
    free(received);
    must(tim_create_text_message(bob, "alice", "C2C", "Hello alice!", NULL, &message));
    finish(tim_send_message(bob, message, NULL, on_done, &end), &end);
    tim_string_free(message);
    received = wait_for(&alices, "onMessageReceived");
    show("alice", received);
    free(received);

    step("A picture, there and back, and onto their disks");
    must(tim_create_image_message(alice, "bob", "C2C", drawing, NULL, on_progress, "up", NULL, &message));
    finish(tim_send_message(alice, message, NULL, on_done, &end), &end);
    tim_string_free(message);
    received = wait_for(&bobs, "onMessageReceived");
    finish(tim_download_attachment(bob, received, 0, from_alice, on_progress, "down", NULL, on_done, &end), &end);
    free(received);
    must(tim_create_image_message(bob, "alice", "C2C", from_alice, NULL, on_progress, "up", NULL, &message));
    finish(tim_send_message(bob, message, NULL, on_done, &end), &end);
    tim_string_free(message);
    received = wait_for(&alices, "onMessageReceived");
    finish(tim_download_attachment(alice, received, 0, from_bob, on_progress, "down", NULL, on_done, &end), &end);
    free(received);

    step("Read, and the end");
    finish(tim_set_message_read(bob, "C2Calice", on_done, &end), &end);
    free(wait_for(&alices, "onMessageReadByPeer"));
    finish(tim_logout(alice, on_done, &end), &end);
    finish(tim_shutdown(on_done, &end), &end);
    tim_release(alice), tim_release(bob);
    free(alices.heard), free(bobs.heard);
    puts("\nDone: texts and pictures went both ways, and every step was seen.");
    return 0;
}
