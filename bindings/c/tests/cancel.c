/*
 * Taking back what is not done yet through tim.h, kept against a real server: messages that have not left, and downloads.
 */
#include "people.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

static void a_message_that_was_refused_is_taken_back_once(void) {
    char *message = text_for(alice, "nobody", "hello?"), id[37];
    ENDS(20003, tim_send_message, alice, message, NULL);
    ENDS(20003, tim_resend_message, alice, id_of(message, id));
    ENDS(TIM_OK, tim_cancel_message, alice, id);
    ENDS(130171, tim_cancel_message, alice, id);
    ENDS(2105, tim_resend_message, alice, id);
    tim_string_free(message);
}

static void a_message_that_has_arrived_is_not(void) {
    char *message = text_for(alice, "bob", "hello bob"), *sent, id[37];
    ENDS(130171, tim_cancel_message, alice, id_of(message, id));
    TOLD(sent, TIM_OK, tim_send_message, alice, message, NULL);
    ENDS(130171, tim_cancel_message, alice, id);
    ENDS(TIM_OK, tim_revoke_message, alice, sent, NULL);
    free(sent);
    tim_string_free(message);
}

static char *picture_for_bob(void) {
    char *message = NULL;
    GIVES(TIM_OK, tim_create_image_message_from_bytes(alice, "bob", "C2C", PIXEL, sizeof PIXEL, NULL, NULL, NULL, NULL,
                                                      &message));
    return message;
}

static tim_status upload_slowly(void *user_data, const char *file, tim_upload upload) {
    (void)file, (void)upload;
    hearer *it = user_data;
    add(&it->calls);
    CHECK(reaches(&it->done, 1));
    return 2800;
}

static void a_picture_is_taken_back_while_it_is_uploaded(void) {
    hearer it = {0};
    bell bobs;
    char *message = picture_for_bob(), id[37];
    hang(&bobs, bob, "TIMImageElem");
    GIVES(TIM_OK, tim_register_plugin(alice, upload_slowly, &it, NULL));
    GIVES(TIM_OK, tim_send_message(alice, message, NULL, on_end, &it.told));
    CHECK(reaches(&it.calls, 1));
    ENDS(TIM_OK, tim_cancel_message, alice, id_of(message, id));
    CHECK(reaches(&it.told.ended, 1) && it.told.status == 130161);
    add(&it.done);
    ENDS(2105, tim_send_message, alice, message, NULL);
    /* What leaves later arrives, and this has not. */
    all_have_heard(bob);
    take_down(&bobs);
    CHECK(now(&bobs.heard) == 0 && now(&it.told.ended) == 1);
    free(it.told.json);
    tim_string_free(message);
}

/* A server that takes connections and never says a word. */
static int silent_server(unsigned *port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    const int server = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(server >= 0 && bind(server, (struct sockaddr *)&address, size) == 0 && listen(server, 5) == 0);
    CHECK(getsockname(server, (struct sockaddr *)&address, &size) == 0);
    *port = ntohs(address.sin_port);
    return server;
}

static tim_status upload_to_the_silent_server(void *user_data, const char *file, tim_upload upload) {
    (void)file;
    char image[1024];
    const unsigned port = *(unsigned *)user_data;
    snprintf(image, sizeof image,
             UPLOADED(SIZE("0", "58", "https://127.0.0.1:%u/0") "," SIZE("1", "58", "https://127.0.0.1:%u/1") "," SIZE(
                 "2", "58", "https://127.0.0.1:%u/2")),
             port, port, port);
    return tim_upload_result(upload, image);
}

static void a_download_is_cancelled_and_leaves_nothing(void) {
    unsigned port = 0;
    char *message = picture_for_bob(), *sent, file[1024];
    const int server = silent_server(&port);
    hearer first = {0}, second = {0};
    GIVES(TIM_OK, tim_register_plugin(alice, upload_to_the_silent_server, &port, NULL));
    TOLD(sent, TIM_OK, tim_send_message, alice, message, NULL);
    snprintf(file, sizeof file, "%s/picture.bmp", test_folder);
    ENDS(130171, tim_cancel_download, bob, file);
    GIVES(TIM_OK, tim_download_attachment(bob, sent, 0, file, NULL, &first, destroyed, on_end, &first.told));
    GIVES(TIM_OK, tim_download_attachment(bob, sent, 2, file, NULL, &second, destroyed, on_end, &second.told));
    ENDS(TIM_OK, tim_cancel_download, bob, file);
    CHECK(reaches(&first.told.ended, 1) && first.told.status == 130161 && reaches(&first.destroyed, 1));
    CHECK(reaches(&second.told.ended, 1) && second.told.status == 130161 && reaches(&second.destroyed, 1));
    ENDS(130171, tim_cancel_download, bob, file);
    CHECK(access(file, F_OK) != 0);
    close(server);
    free(first.told.json), free(second.told.json), free(sent);
    tim_string_free(message);
}

int main(int count, char **arguments) {
    read_arguments(count, arguments);
    people_log_in();
    STORY(a_message_that_was_refused_is_taken_back_once);
    STORY(a_message_that_has_arrived_is_not);
    STORY(a_picture_is_taken_back_while_it_is_uploaded);
    STORY(a_download_is_cancelled_and_leaves_nothing);
    destroy_and_release(alice);
    destroy_and_release(bob);
    return 0;
}
