/*
 * Groups, profiles and the blacklist through tim.h, kept against a real server: what alice and bob do, and the JSON that tells
 * of it, from the ends of calls and from listeners, field by field.
 */
#include "people.h"

/* The JSON that begins here, behind what is shown: there ' is a quotation mark, % any number, and * the rest of a text. NULL if
 * it does not begin so. */
static const char *behind(const char *json, const char *shown) {
    for (; *shown; shown++) {
        if (*shown == '*') {
            json += strcspn(json, "\"");
        } else if (*shown == '%') {
            const size_t digits = strspn(json, "0123456789");
            if (digits == 0) return NULL;
            json += digits;
        } else if (*json++ != (*shown == '\'' ? '"' : *shown)) {
            return NULL;
        }
    }
    return json;
}

static int is(const char *json, const char *shown) {
    const char *end = behind(json, shown);
    return end && *end == '\0';
}

/* Whether something like this is in the JSON before `end`; NULL is its own end. */
static int has(const char *json, const char *end, const char *shown) {
    for (; *json && json != end; json++)
        if (behind(json, shown)) return 1;
    return 0;
}

/* Makes a call that succeeds and tells what is shown. */
#define TELLS(shown, function, ...)                                                                      \
    do {                                                                                                 \
        char *json;                                                                                      \
        TOLD(json, TIM_OK, function, __VA_ARGS__);                                                           \
        if (!is(json, shown)) {                                                                          \
            fprintf(stderr, "%s:%d: %s told %s, not %s\n", __FILE__, __LINE__, #function, json, shown);  \
            exit(1);                                                                                     \
        }                                                                                                \
        free(json);                                                                                      \
    } while (0)

/* An event that somebody waits for: its name, and what is to be in its data. */
typedef struct {
    const char *name, *shown;
    int came, gone;
    tim_listener listener;
} awaited;

static void hear(void *user_data, const char *events) {
    static const char head[] = "{\"name\":\"";
    awaited *it = user_data;
    for (const char *event = events + 1, *next; event; event = next) {
        next = strstr(event + 1, head);
        if (behind(event, it->name) && has(event, next, it->shown)) add(&it->came);
    }
}

static void awaited_goes(void *user_data) { add(&((awaited *)user_data)->gone); }

/* From now on until it comes. */
static void await(awaited *it, tim_client client, const char *name, const char *shown) {
    it->name = name, it->shown = shown, it->came = 0, it->gone = 0;
    GIVES(TIM_OK, tim_add_listener(client, hear, it, awaited_goes, &it->listener));
}

static void comes(awaited *it) {
    if (!reaches(&it->came, 1)) {
        fprintf(stderr, "nobody heard %s with %s\n", it->name, it->shown);
        exit(1);
    }
    GIVES(TIM_OK, tim_off(it->listener));
    CHECK(reaches(&it->gone, 1));
}

#define EVENT(name) EVENT_OF(name) "["
#define EVENT_OF(name) "{'name':'" name "','data':"

#define ALICE                                                                                                     \
    "{'userID':'alice','nick':'Alice','avatar':'https://example.org/alice','gender':'Gender_Type_Female',"        \
    "'selfSignature':'up there','birthday':20000419,'location':'Lhasa','allowType':'AllowType_Type_NeedConfirm','language':0," \
    "'level':7,'role':0,'profileCustomField':[{'key':'Tag_Profile_Custom_Team','value':'red'}],'lastUpdatedTime':%}"

#define CLIMBERS(members, self)                                                                                   \
    "{'groupID':'climbers','type':'Public','name':'Climbers','introduction':'up there','notification':'bring a "  \
    "rope','avatar':'https://example.org/rope','ownerID':'alice','createTime':%,'memberCount':" members           \
    ",'maxMemberCount':2000,'joinOption':'NeedPermission'," self ",'inviteOption':'DisableInvite'," PROFILE("[]", "0")
#define TEA_CALLED(name, members, fields, changes)                                                                \
    "{'groupID':'tea','type':'Private','name':'" name "','introduction':'','notification':'','avatar':''," \
    "'ownerID':'alice','createTime':%,'memberCount':" members ",'maxMemberCount':200,'joinOption':'DisableApply'," OWNER \
    ",'inviteOption':'FreeAccess'," PROFILE(fields, changes)
#define TEA(members) TEA_CALLED("Tea", members, "[]", "0")
#define PROFILE(fields, changes) "'muteAllMembers':false,'groupCustomField':" fields ",'infoSequence':" changes "}"
#define OWNER "'selfInfo':{'role':'Owner','joinTime':%,'nameCard':'','muteUntil':0,'memberCustomField':[]}"
#define MEMBER "'selfInfo':{'role':'Member','joinTime':%,'nameCard':'','muteUntil':0,'memberCustomField':[]}"
#define NO_MEMBER "'selfInfo':null"

#define MESSAGE(conversation, type, from, to, flow, priority, by, revoked, read, payload)                                   \
    "{'ID':'*','conversationID':'" conversation "','conversationType':'" type "','from':'" from "','to':'" to     \
    "','flow':'" flow "','sequence':%,'time':%,"                                                                 \
    "'clientTime':%,'status':'success','errorCode':null,'priority':'" priority "'," by "," revoked ",'isRead':" read               \
    ",'isPeerRead':false,'isExcludedFromUnreadCount':" payload ",'elements':[],'nameCard':''}"
#define PLAIN "'isExcludedFromLastMessage':false,'isOnlineOnly':false,'cloudCustomData':'','atUserList':[],'receiverList':[],'localPath':null,'localSnapshotPath':null,'localCustomData':'','localCustomInt':0,"
#define COUNTS "false," PLAIN
#define DOES_NOT_COUNT "true," PLAIN
#define NOBODY "'nick':'','avatar':''"
#define BY_ALICE "'nick':'Alice','avatar':'https://example.org/alice'"
#define NO_RECEIPTS "'needReadReceipt':false,'readReceiptInfo':null"
#define STANDS "'isRevoked':false,'revoker':null,'revokeReason':'','isModified':false,'version':0,'isPinned':false,'pinOperator':null,'reactionList':[]," NO_RECEIPTS
#define MODIFIED "'isRevoked':false,'revoker':null,'revokeReason':'','isModified':true,'version':1,'isPinned':true,'pinOperator':'alice','reactionList':[]," NO_RECEIPTS
#define REVOKED "'isRevoked':true,'revoker':'alice','revokeReason':'wrong','isModified':true,'version':1,'isPinned':false,'pinOperator':null,'reactionList':[]," NO_RECEIPTS
#define UP(mine) "{'reactionID':'up','totalUserCount':1,'reactedByMyself':" mine ",'partialUserList':[]}"
#define GONE COUNTS "'type':'gone'"
#define HELLO COUNTS "'type':'TIMTextElem','payload':{'text':'hello climbers'}"

#define NOTICE(operator, operation, group, name, type, words)                                                     \
    MESSAGE("@TIM#SYSTEM", "@TIM#SYSTEM", "@TIM#SYSTEM", "*", "in", "High", NOBODY, STANDS, "false",                                  \
            COUNTS "'type':'TIMGroupSystemNoticeElem','payload':{'operatorID':'" operator "','operationType':"    \
            operation ",'groupProfile':{'groupID':'" group "','name':'" name "','type':'" type "'},'handleMessage':'" words "','userIDList':[]}")
#define OF_CLIMBERS(operator, operation, words) NOTICE(operator, operation, "climbers", "Climbers", "Public", words)
#define OF_TEA(operator, operation) NOTICE(operator, operation, "tea", "Tea", "Private", "")

#define TIP(group, operator, operation, members)                                                                  \
    MESSAGE("GROUP" group, "GROUP", "@TIM#SYSTEM", group, "in", "Lowest", NOBODY, STANDS, "false",                                \
            DOES_NOT_COUNT "'type':'TIMGroupTipElem','payload':{'operatorID':'" operator "','operationType':"     \
            operation ",'userIDList':['bob'],'memberCount':" members ",'reason':'','memberList':[]}")

static void alice_says_who_she_is(void) {
    awaited changed;
    await(&changed, alice, EVENT("onProfileUpdated"), "'data':[" ALICE "]");
    TELLS(ALICE, tim_update_my_profile, alice,
          "{\"nick\":\"Alice\",\"avatar\":\"https://example.org/alice\",\"gender\":\"Gender_Type_Female\","
          "\"selfSignature\":\"up there\",\"birthday\":20000419,\"location\":\"Lhasa\",\"level\":7,"
          "\"allowType\":\"AllowType_Type_NeedConfirm\","
          "\"profileCustomField\":[{\"key\":\"Tag_Profile_Custom_Team\",\"value\":\"red\"}]}");
    ENDS(2721, tim_update_my_profile, alice, "{\"profileCustomField\":[{\"key\":\"Team\",\"value\":\"red\"}]}");
    comes(&changed);
    TELLS(ALICE, tim_get_my_profile, alice);
    TELLS("[" ALICE "]", tim_get_user_profile, bob, "[\"alice\",\"nobody\"]");
    TELLS("[{'userID':'bob','nick':'','avatar':'','gender':'Gender_Type_Unknown','selfSignature':'',"
          "'birthday':0,'location':'','allowType':'AllowType_Type_AllowAny','language':0,'level':0,'role':0,"
          "'profileCustomField':[],'lastUpdatedTime':0}]", tim_get_user_profile, alice, "[\"bob\"]");
}

static void alice_makes_a_group(void) {
    awaited listed, noticed;
    await(&listed, alice, EVENT("onGroupListUpdated"), "'data':[" CLIMBERS("1", OWNER) "]");
    await(&noticed, alice, EVENT("onMessageReceived"), OF_CLIMBERS("alice", "6", ""));
    TELLS(CLIMBERS("1", OWNER), tim_create_group, alice,
          "{\"groupID\":\"climbers\",\"type\":\"Public\",\"name\":\"Climbers\",\"introduction\":\"up there\","
          "\"notification\":\"bring a rope\",\"avatar\":\"https://example.org/rope\",\"joinOption\":\"NeedPermission\"}");
    comes(&listed), comes(&noticed);
    TELLS("[" CLIMBERS("1", OWNER) "]", tim_get_group_list, alice);
    TELLS(CLIMBERS("1", NO_MEMBER), tim_get_group_profile, bob, "climbers");
    TELLS("[]", tim_get_group_list, bob);
}

static void bob_applies(const char *words, const char *notice) {
    awaited asked;
    await(&asked, alice, EVENT("onMessageReceived"), notice);
    TELLS("{'status':'WaitAdminApproval','group':null}", tim_join_group, bob, "climbers", words);
    comes(&asked);
}

static void bob_applies_and_is_refused(void) {
    awaited refused;
    bob_applies("may I?", OF_CLIMBERS("bob", "1", "may I?"));
    await(&refused, bob, EVENT("onMessageReceived"), OF_CLIMBERS("alice", "3", "who are you?"));
    TELLS("null", tim_handle_group_application, alice, "climbers", "bob", false, "who are you?");
    comes(&refused);
    TELLS("[]", tim_get_group_list, bob);
}

static void bob_applies_again_and_is_accepted(void) {
    awaited accepted, listed, told_alice, told_bob;
    bob_applies("it is bob", OF_CLIMBERS("bob", "1", "it is bob"));
    await(&accepted, bob, EVENT("onMessageReceived"), OF_CLIMBERS("alice", "2", "welcome"));
    await(&listed, bob, EVENT("onGroupListUpdated"), CLIMBERS("2", MEMBER));
    await(&told_bob, bob, EVENT("onMessageReceived"), TIP("climbers", "alice", "1", "2"));
    await(&told_alice, alice, EVENT("onMessageReceived"), TIP("climbers", "alice", "1", "2"));
    TELLS("null", tim_handle_group_application, alice, "climbers", "bob", true, "welcome");
    comes(&accepted), comes(&listed), comes(&told_bob), comes(&told_alice);
    TELLS("[" CLIMBERS("2", MEMBER) "]", tim_get_group_list, bob);
    TELLS("{'status':'AlreadyInGroup','group':" CLIMBERS("2", MEMBER) "}", tim_join_group, bob, "climbers", "");
    ENDS(10024, tim_handle_group_application, alice, "climbers", "bob", true, "again");
}

static void alice_takes_back_what_she_said(void) {
    awaited received, reacted, pinned, modified, revoked;
    char *message = NULL, *sent, *list;
    GIVES(TIM_OK, tim_create_text_message(alice, "climbers", "GROUP", "hello climbers", NULL, &message));
    await(&received, bob, EVENT("onMessageReceived"),
          MESSAGE("GROUPclimbers", "GROUP", "alice", "climbers", "in", "Normal", BY_ALICE, STANDS, "false", HELLO));
    TOLD(sent, TIM_OK, tim_send_message, alice, message, NULL);
    CHECK(is(sent, MESSAGE("GROUPclimbers", "GROUP", "alice", "climbers", "out", "Normal", BY_ALICE, STANDS, "true", HELLO)));
    comes(&received);
    TOLD(list, TIM_OK, tim_get_conversation_list, bob, NULL);
    CHECK(has(list, NULL,
              "{'conversationID':'GROUPclimbers','type':'GROUP','showName':'Climbers','avatar':'https://example.org/rope',"
              "'subType':'Public','unreadCount':1,'lastMessage':" MESSAGE(
                  "GROUPclimbers", "GROUP", "alice", "climbers", "in", "Normal", BY_ALICE, STANDS, "false",
                  HELLO) ",'messageForShow':'hello climbers','readSequence':%,'peerReadSequence':0,'groupAtInfoList':[],'lastTime':%,'orderKey':%,'isPinned':false,"
                         "'messageRemindType':'AcceptAndNotify','markList':[],'customData':'','draftText':''}"));
    free(list);
    TELLS("{'successConversationIDList':['GROUPclimbers'],'failureConversationIDList':[]}", tim_mark_conversation, bob,
          "[\"GROUPclimbers\"]", 1, true);
    TELLS("{'successConversationIDList':['GROUPclimbers'],'failureConversationIDList':[]}", tim_set_message_remind_type, bob,
          "[\"GROUPclimbers\"]", "AcceptNotNotify");
    TELLS("null", tim_pin_conversation, bob, "GROUPclimbers", true);
    TELLS("{'successConversationIDList':[],'failureConversationIDList':[{'conversationID':'C2Cnobody','code':2500,'message':'there is no "
          "such conversation'}]}",
          tim_delete_conversation, bob, "[\"C2Cnobody\"]", true);
    ENDS(2500, tim_clear_history_message, bob, "C2Cnobody");
    TELLS("[]", tim_get_conversation_list, bob, "{\"markType\":2}");
    TOLD(list, TIM_OK, tim_get_conversation_profile, bob, "GROUPclimbers");
    CHECK(has(list, NULL, "'isPinned':true,'messageRemindType':'AcceptNotNotify','markList':[1],'customData':'','draftText':''}"));
    free(list);

    char *given, *changed, messages[4096];
    await(&reacted, bob, EVENT("onMessageReactionsUpdated"), "'reactionList':[" UP("false") "]");
    TOLD(given, TIM_OK, tim_add_message_reaction, alice, sent, "up");
    CHECK(has(given, NULL, "'reactionList':[" UP("true") "]"));
    comes(&reacted);
    snprintf(messages, sizeof messages, "[%s]", sent);
    TELLS("[{'messageID':'*','reactionList':[{'reactionID':'up','totalUserCount':1,'reactedByMyself':false,'partialUserList':["
          "{'userID':'alice'," BY_ALICE "}]}]}]",
          tim_get_message_reactions, bob, messages, 10);
    TELLS("{'userList':[{'userID':'alice'," BY_ALICE "}],'nextSeq':0,'isCompleted':true}",
          tim_get_all_user_list_of_message_reaction, bob, sent, "up", 0, 100);
    ENDS(TIM_OK, tim_remove_message_reaction, alice, sent, "up");
    free(given);
    ENDS(10007, tim_pin_group_message, bob, "climbers", sent, true);
    await(&pinned, bob, EVENT_OF("onPinnedGroupMessageUpdated"),
          "{'groupID':'climbers','messageSequence':%,'isPinned':true,'operatorID':'alice'}}");
    TOLD(given, TIM_OK, tim_pin_group_message, alice, "climbers", sent, true);
    CHECK(has(given, NULL, "'isPinned':true,'pinOperator':'alice'"));
    comes(&pinned);
    TOLD(list, TIM_OK, tim_get_pinned_group_message_list, bob, "climbers");
    CHECK(has(list, NULL, "'isPinned':true,'pinOperator':'alice'"));
    free(list);
    ENDS(10007, tim_revoke_message, bob, sent, NULL);
    await(&modified, bob, EVENT("onMessageModified"),
          MESSAGE("GROUPclimbers", "GROUP", "alice", "climbers", "in", "Normal", BY_ALICE, MODIFIED, "false", HELLO));
    TOLD(changed, TIM_OK, tim_modify_message, alice, given);
    CHECK(has(changed, NULL, MODIFIED));
    comes(&modified);
    await(&revoked, bob, EVENT("onMessageRevoked"),
          MESSAGE("GROUPclimbers", "GROUP", "alice", "climbers", "in", "Normal", BY_ALICE, REVOKED, "false", GONE));
    TELLS(MESSAGE("GROUPclimbers", "GROUP", "alice", "climbers", "out", "Normal", BY_ALICE, REVOKED, "true", GONE),
          tim_revoke_message, alice, changed, "wrong");
    comes(&revoked);
    ENDS(20001, tim_delete_message, bob, "[]");
    free(changed);
    free(given);
    free(sent);
    tim_string_free(message);
}

static void alice_asks_who_read_it(void) {
    awaited received, confirmed;
    char *message = NULL, *sent, *list, *given, messages[4096];
    GIVES(TIM_OK, tim_create_text_message(alice, "climbers", "GROUP", "who comes?", "{\"needReadReceipt\":true}", &message));
    await(&received, bob, EVENT("onMessageReceived"), "'needReadReceipt':true,'readReceiptInfo':null");
    TOLD(sent, TIM_OK, tim_send_message, alice, message, NULL);
    CHECK(has(sent, NULL, "'needReadReceipt':true,'readReceiptInfo':{'readCount':0,'unreadCount':1,'isPeerRead':false}"));
    comes(&received);
    snprintf(messages, sizeof messages, "[%s]", sent);
    ENDS(2114, tim_send_message_read_receipt, alice, messages);
    TOLD(list, TIM_OK, tim_get_message_list, bob, "GROUPclimbers", NULL, 1);
    char *of_bob = strchr(list, '['), *behind_it = strstr(list, ",\"nextReqMessageID\"");
    CHECK(of_bob && behind_it);
    *behind_it = 0;
    await(&confirmed, alice, EVENT("onMessageReadReceiptReceived"),
          "{'userID':null,'groupID':'climbers','messageID':'*','isPeerRead':false,'readCount':1,'unreadCount':0}");
    TOLD(given, TIM_OK, tim_send_message_read_receipt, bob, of_bob);
    CHECK(has(given, NULL, "'text':'who comes?'"));
    comes(&confirmed);
    free(given);
    TOLD(given, TIM_OK, tim_get_message_read_receipt_list, alice, messages);
    CHECK(has(given, NULL, "'readReceiptInfo':{'readCount':1,'unreadCount':0,'isPeerRead':false}"));
    TELLS("{'messageID':'*','cursor':'','isCompleted':true,'readUserIDList':['bob'],'unreadUserIDList':[]}",
          tim_get_group_message_read_member_list, alice, sent, "read", "", 100);
    ENDS(10007, tim_get_group_message_read_member_list, bob, sent, "unread", "", 100);
    free(given);
    free(list);
    free(sent);
    tim_string_free(message);
}

static void alice_ends_the_group(void) {
    awaited ended, listed;
    ENDS(10009, tim_quit_group, alice, "climbers");
    ENDS(10007, tim_dismiss_group, bob, "climbers");
    await(&ended, bob, EVENT("onMessageReceived"), OF_CLIMBERS("alice", "5", ""));
    await(&listed, bob, EVENT("onGroupListUpdated"), "'data':[]");
    TELLS("null", tim_dismiss_group, alice, "climbers");
    comes(&ended), comes(&listed);
    ENDS(10010, tim_get_group_profile, alice, "climbers");
}

static void bob_leaves_a_group_that_he_was_added_to(void) {
    awaited added, left, noticed;
    await(&added, bob, EVENT("onMessageReceived"), OF_TEA("alice", "7"));
    TELLS(TEA("2"), tim_create_group, alice,
          "{\"groupID\":\"tea\",\"type\":\"Private\",\"name\":\"Tea\",\"memberList\":[\"bob\"]}");
    comes(&added);
    await(&left, alice, EVENT("onMessageReceived"), TIP("tea", "bob", "2", "1"));
    await(&noticed, bob, EVENT("onMessageReceived"), OF_TEA("bob", "8"));
    TELLS("null", tim_quit_group, bob, "tea");
    comes(&left), comes(&noticed);
    TELLS("[]", tim_get_group_list, bob);
    TELLS(TEA("1"), tim_get_group_profile, alice, "tea");
    TELLS(TEA_CALLED("Green tea", "1", "[{'key':'cups','value':'2'}]", "1"),
          tim_update_group_profile, alice, "tea",
          "{\"name\":\"Green tea\",\"groupCustomField\":[{\"key\":\"cups\",\"value\":\"2\"}]}");
    ENDS(10004, tim_update_group_profile, alice, "tea", "{}");
}

static void alice_sleeps_at_night_and_is_in_a_meeting_for_an_hour(void) {
    awaited nights, once;
    TELLS("{'messageRemindType':'AcceptAndNotify','startTime':null,'startTimestamp':null,'duration':0}",
          tim_get_all_receive_message_opt, alice);
    await(&nights, alice, EVENT_OF("onAllReceiveMessageOptUpdated"), "'startTime':{'hour':22,'minute':30,'second':0}");
    TELLS("null", tim_set_all_receive_message_opt, alice,
          "{\"messageRemindType\":\"AcceptNotNotify\",\"startTime\":{\"hour\":22,\"minute\":30},\"duration\":32400}");
    comes(&nights);
    await(&once, alice, EVENT_OF("onAllReceiveMessageOptUpdated"), "'startTimestamp':1767225700");
    TELLS("null", tim_set_all_receive_message_opt, alice,
          "{\"messageRemindType\":\"AcceptNotNotify\",\"startTimestamp\":1767225700,\"duration\":3600}");
    comes(&once);
    ENDS(20001, tim_set_all_receive_message_opt, alice, "{\"messageRemindType\":\"Discard\"}");
}

static void bob_does_not_want_to_hear_alice_for_a_while(void) {
    awaited put_on, taken_off;
    char *message = text_for(alice, "bob", "it is me"), id[37];
    await(&put_on, bob, EVENT("blacklistUpdated"), "'data':['alice']");
    TELLS("null", tim_add_to_blacklist, bob, "[\"alice\"]");
    comes(&put_on);
    TELLS("['alice']", tim_get_blacklist, bob);
    ENDS(20007, tim_send_message, alice, message, NULL);
    await(&taken_off, bob, EVENT("blacklistUpdated"), "'data':[]");
    TELLS("null", tim_remove_from_blacklist, bob, "[\"alice\"]");
    comes(&taken_off);
    TELLS("[]", tim_get_blacklist, bob);
    ENDS(TIM_OK, tim_resend_message, alice, id_of(message, id));
    tim_string_free(message);
}

int main(int count, char **arguments) {
    read_arguments(count, arguments);
    people_log_in();
    STORY(alice_says_who_she_is);
    STORY(alice_makes_a_group);
    STORY(bob_applies_and_is_refused);
    STORY(bob_applies_again_and_is_accepted);
    STORY(alice_takes_back_what_she_said);
    STORY(alice_asks_who_read_it);
    STORY(alice_ends_the_group);
    STORY(bob_leaves_a_group_that_he_was_added_to);
    STORY(alice_sleeps_at_night_and_is_in_a_meeting_for_an_hour);
    STORY(bob_does_not_want_to_hear_alice_for_a_while);
    destroy_and_release(alice);
    destroy_and_release(bob);
    return 0;
}
