/*
 * The generic door, kept against a real server: what tim_call does by a verb's name is what the verb's own function does, and
 * names and parameters that are none are told with a number and a reason.
 */
#include "people.h"

static void on_never(void *user_data, tim_status status, const char *json) {
    (void)user_data, (void)status, (void)json;
    CHECK(0);
}

/* That a call is refused at once, for a reason. */
static void refuses(tim_status status, const char *verb, const char *parameters, const char *words) {
    GIVES(status, tim_call(alice, verb, parameters, on_never, NULL));
    char *why = tim_last_error();
    CHECK(why && strstr(why, words));
    tim_string_free(why);
}

static void groups_are_made_joined_and_listed(void) {
    char *made, *joined, *by_name, *by_function;
    TOLD(made, TIM_OK, tim_call, alice, "createGroup",
         "{\"group\":{\"name\":\"Tea\",\"type\":\"Public\",\"groupID\":\"tea\",\"joinOption\":\"FreeAccess\"}}");
    CHECK(strstr(made, "\"groupID\":\"tea\"") && strstr(made, "\"selfInfo\":{\"role\":\"Owner\""));
    TOLD(joined, TIM_OK, tim_call, bob, "joinGroup", "{\"groupID\":\"tea\"}");
    CHECK(strstr(joined, "{\"status\":\"JoinedSuccess\",\"group\":{\"groupID\":\"tea\"") == joined);
    TOLD(by_name, TIM_OK, tim_call, bob, "getGroupList", "{}");
    TOLD(by_function, TIM_OK, tim_get_group_list, bob);
    CHECK(strstr(by_name, "\"memberCount\":2") && strcmp(by_name, by_function) == 0);
    free(made), free(joined), free(by_name), free(by_function);
}

/* {"message":MESSAGE}, to be freed. */
static char *with_message(const char *message) {
    const size_t size = strlen(message) + 32;
    char *parameters = malloc(size);
    CHECK(parameters);
    snprintf(parameters, size, "{\"message\":%s}", message);
    return parameters;
}

static void a_message_is_created_sent_and_listed(void) {
    char *message, *sent, *page, id[37];
    TOLD(message, TIM_OK, tim_call, alice, "createTextMessage", "{\"to\":\"tea\",\"conversationType\":\"GROUP\",\"text\":\"two sugars\"}");
    CHECK(strstr(message, "\"status\":\"unSend\"") && strstr(message, "\"priority\":\"Normal\""));
    char *parameters = with_message(message);
    bell sugars;
    hang(&sugars, bob, "two sugars");
    TOLD(sent, TIM_OK, tim_call, alice, "sendMessage", parameters);
    CHECK(strstr(sent, id_of(message, id)) && strstr(sent, "\"status\":\"success\""));
    /* Alice is answered before bob hears of it. */
    CHECK(reaches(&sugars.heard, 1));
    take_down(&sugars);
    TOLD(page, TIM_OK, tim_call, bob, "getMessageList", "{\"conversationID\":\"GROUPtea\",\"count\":1}");
    CHECK(strstr(page, id) && strstr(page, "\"two sugars\""));
    free(message), free(parameters), free(sent), free(page);
}

static void numbers_are_parameters_too(void) {
    char *place;
    TOLD(place, TIM_OK, tim_call, alice, "createLocationMessage",
         "{\"to\":\"bob\",\"conversationType\":\"C2C\",\"description\":\"the tea house\",\"longitude\":91.1177,\"latitude\":29.6579,"
         "\"options\":{\"elements\":[{\"type\":\"TIMTextElem\",\"payload\":{\"text\":\"come by\"}}]}}");
    CHECK(strstr(place, "\"TIMLocationElem\"") && strstr(place, "91.1177"));
    CHECK(strstr(place, "\"elements\":[{\"type\":\"TIMTextElem\",\"payload\":{\"text\":\"come by\"}}]"));
    char *gift, *face, *list = malloc(8192);
    TOLD(gift, TIM_OK, tim_call, alice, "createCustomMessage",
         "{\"to\":\"bob\",\"conversationType\":\"C2C\",\"data\":\"gift 7\",\"description\":\"\",\"extension\":\"\"}");
    snprintf(list, 8192, "{\"to\":\"bob\",\"conversationType\":\"C2C\",\"messageList\":[%s],\"title\":\"\","
             "\"abstractList\":[],\"compatibleText\":\"merged\"}", gift);
    refuses(2450, "createMergerMessage", list, "sent");
    TOLD(face, TIM_OK, tim_call, alice, "createFaceMessage",
         "{\"to\":\"bob\",\"conversationType\":\"C2C\",\"index\":3,\"data\":\"tea\"}");
    CHECK(strstr(gift, "\"TIMCustomElem\"") && strstr(face, "\"TIMFaceElem\""));
    free(gift), free(face), free(list);
    char *parameters = with_message(place);
    ENDS(TIM_OK, tim_call, alice, "sendMessage", parameters);
    free(place), free(parameters);
}

static void what_is_unread_is_counted_by_a_filter(void) {
    static const char *const mentions = "{\"filter\":{\"hasGroupAtInfo\":true}}";
    static const char *const verbs[] = {"getUnreadMessageCountByFilter", "subscribeUnreadMessageCountByFilter"};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        char *count;
        TOLD(count, TIM_OK, tim_call, alice, verbs[i], mentions);
        CHECK(strcmp(count, "0") == 0);
        free(count);
    }
    ENDS(TIM_OK, tim_call, alice, "unsubscribeUnreadMessageCountByFilter", mentions);
    refuses(2503, "getUnreadMessageCountByFilter", "{\"filter\":{\"conversationIDList\":[\"bob\"]}}", "conversationID");
}

static void a_message_is_found_by_its_words(void) {
    char *found;
    TOLD(found, TIM_OK, tim_call, alice, "searchLocalMessages", "{\"param\":{\"keywordList\":[\"TEA h\"],\"conversationID\":\"C2Cbob\"}}");
    CHECK(strstr(found, "\"totalCount\":1") && strstr(found, "\"TIMLocationElem\""));
    CHECK(strstr(found, "\"highlightList\":[[{\"text\":\"the \",\"isMatch\":false},{\"text\":\"tea h\",\"isMatch\":true}"));
    free(found);
    TOLD(found, TIM_OK, tim_search_local_messages, alice, "{\"keywordList\":[\"nothing\",\"of\",\"that\"]}");
    CHECK(strstr(found, "\"totalCount\":0") && strstr(found, "\"searchResultList\":[]"));
    free(found);
    ENDS(20001, tim_search_local_messages, alice, "{}");
    ENDS(20001, tim_search_cloud_messages, alice, "{}");
    ENDS(130155, tim_search_cloud_messages, alice, "{\"keywordList\":[\"tea\"]}");
    ENDS(130155, tim_call, alice, "searchCloudMessages", "{\"param\":{\"keywordList\":[\"tea\"]}}");
    TOLD(found, TIM_OK, tim_get_message_list_hopping, alice, "{\"conversationID\":\"C2Cbob\",\"sequence\":1,\"direction\":1}");
    CHECK(strstr(found, "\"isCompleted\":true,\"nextMessageSeq\":null") && strstr(found, "\"TIMLocationElem\""));
    free(found);
    refuses(20001, "getMessageListHopping", "{\"param\":{\"conversationID\":\"C2Cbob\",\"sequence\":1,\"time\":1}}", "either at a sequence");
    TOLD(found, TIM_OK, tim_find_messages, alice, "[\"0199a2a4-3f52-7c1e-9d4b-5a0f3c1e2b7d\"]");
    CHECK(strcmp(found, "[]") == 0);
    free(found);
    refuses(130182, "searchLocalMessages", "{\"param\":{\"words\":[]}}", "unknown field `words`");
}

static void a_picture_is_created_of_a_file_alone(void) {
    char file[1024], parameters[1200], *message;
    snprintf(file, sizeof file, "%s/pixel.bmp", test_folder);
    FILE *picture = fopen(file, "wb");
    CHECK(picture && fwrite(PIXEL, 1, sizeof PIXEL, picture) == sizeof PIXEL && fclose(picture) == 0);
    snprintf(parameters, sizeof parameters, "{\"to\":\"bob\",\"conversationType\":\"C2C\",\"file\":\"%s\",\"options\":{\"priority\":\"High\"}}", file);
    TOLD(message, TIM_OK, tim_call, alice, "createImageMessage", parameters);
    CHECK(shows(message, PIXEL, sizeof PIXEL) && strstr(message, "\"priority\":\"High\""));
    free(message);
    refuses(130103, "createImageMessageFromBytes", "{}", "no verb of this name");
}

static void names_that_are_none_are_told(void) {
    static const char *const none[] = {"", "join_group", "JoinGroup", "joinGroup ", "shutdown", "isReady", "drop table"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) refuses(130103, none[i], "{}", "no verb of this name");
}

static void parameters_that_do_not_fit_are_told_with_those_that_do(void) {
    static const char takes[] = "joinGroup takes groupID, applyMessage: ";
    refuses(130182, "joinGroup", "{}", takes);
    refuses(130182, "joinGroup", "{}", "\"groupID\" is missing");
    refuses(130182, "joinGroup", "{\"groupID\":\"tea\",\"words\":\"hi\"}", "\"words\" is none of them");
    refuses(130182, "joinGroup", "{\"groupID\":7}", "\"groupID\": invalid type: integer `7`");
    refuses(130182, "joinGroup", "{\"groupID\":null}", takes);
    refuses(130182, "logout", "{\"now\":true}", "logout takes nothing: ");
    refuses(130182, "createTextMessage", "{\"to\":\"bob\",\"conversationType\":\"C2C\",\"text\":\"hi\",\"options\":{\"priority\":\"Urgent\"}}", "\"options\": ");
    refuses(130182, "getMessageList", "{\"conversationID\":\"C2Cbob\",\"count\":\"all\"}", "\"count\": ");
    refuses(130182, "createGroup", "{\"group\":{\"name\":\"Tea\",\"kind\":\"Public\"}}", "\"group\": unknown field `kind`");
    refuses(130182, "logout", "[]", "JSON");
}

static void what_the_function_gives_it_gives_and_what_its_end_is_told_it_tells(void) {
    refuses(2602, "joinGroup", "{\"groupID\":\"\"}", "");
    refuses(2002, "createTextMessage", "{\"to\":\"\",\"conversationType\":\"C2C\",\"text\":\"hi\"}", "");
    refuses(2602, "createTextMessage", "{\"to\":\"\",\"conversationType\":\"GROUP\",\"text\":\"hi\"}", "");
    refuses(2106, "createTextMessage", "{\"to\":\"bob\",\"conversationType\":\"@TIM#SYSTEM\",\"text\":\"hi\"}", "");
    refuses(2503, "setMessageRead", "{\"conversationID\":\"bob\"}", "");
    refuses(130110, "createTextMessage", "{\"to\":\"bob\",\"conversationType\":\"C2C\",\"text\":\"\"}", "");
    ENDS(20001, tim_call, alice, "getMessageList", "{\"conversationID\":\"C2Cbob\",\"nextReqMessageID\":\"-1\"}");
    ENDS(10010, tim_call, alice, "getGroupProfile", "{\"groupID\":\"nowhere\"}");
    ENDS(2105, tim_call, alice, "resendMessage", "{\"messageID\":\"0199a2a4-3f52-7c1e-9d4b-5a0f3c1e2b7d\"}");
}

int main(int count, char **arguments) {
    read_arguments(count, arguments);
    people_log_in();
    STORY(groups_are_made_joined_and_listed);
    STORY(a_message_is_created_sent_and_listed);
    STORY(numbers_are_parameters_too);
    STORY(what_is_unread_is_counted_by_a_filter);
    STORY(a_message_is_found_by_its_words);
    STORY(a_picture_is_created_of_a_file_alone);
    STORY(names_that_are_none_are_told);
    STORY(parameters_that_do_not_fit_are_told_with_those_that_do);
    STORY(what_the_function_gives_it_gives_and_what_its_end_is_told_it_tells);
    destroy_and_release(alice);
    destroy_and_release(bob);
    return 0;
}
