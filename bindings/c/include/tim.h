/*
 * tim.h: tim's engine for C and C++. An open instant-messaging client: log in, chat in pairs and groups with texts and
 * pictures, hear every event. Everything is kept on the device, sent and received across breaks of the network.
 *
 * Written by cargo xtask header from uniffi/src/capi and cbindgen.toml. Change those, not this. What is told of a verb stands
 * above its method in uniffi/src/client.
 * C++ has tim.hpp beside this: the same calls with destructors, std::function and std::future.
 *
 *
 * GETTING STARTED
 *
 *   #include <stdio.h>
 *   #include <tim.h>
 *
 *   static void on_messages(void *user_data, const char *event_json) {
 *       (void)user_data;
 *       printf("%s\n", event_json);                         // {"name":"onMessageReceived","data":[...]}
 *   }
 *   static void on_sent(void *user_data, tim_status status, const char *json) {
 *       (void)user_data;
 *       printf("%s: %s\n", status == TIM_OK ? "sent" : "refused", json);
 *   }
 *   static void on_login(void *user_data, tim_status status, const char *json) {
 *       tim_client client = *(tim_client *)user_data;
 *       char *message = NULL;
 *       if (status != TIM_OK) { printf("refused: %s\n", json); return; }
 *       if (tim_create_text_message(client, "bob", "C2C", "Hello world!", NULL, &message) == TIM_OK)
 *           tim_send_message(client, message, NULL, on_sent, NULL);
 *       tim_string_free(message);
 *   }
 *
 *   int main(void) {
 *       static tim_client client;
 *       tim_listener listener;
 *       tim_status status = tim_create(TIM_ABI_VERSION,
 *           "{\"SDKAppID\":1400000001, \"server\":\"wss://im.example.org\", \"dataDir\":\"/var/lib/app/tim\"}", &client);
 *       if (status != TIM_OK) { char *why = tim_last_error(); printf("%d: %s\n", status, why); tim_string_free(why); return 1; }
 *       tim_on(client, TIM_EVENT_MESSAGE_RECEIVED, on_messages, NULL, NULL, &listener);
 *       tim_login(client, "alice", "eJw...the userSig your backend made", on_login, &client);
 *       getchar();                                          // chat; then end as SHUTDOWN ORDER tells
 *       return 0;
 *   }
 *
 *   cc -std=c11 app.c $(pkg-config --cflags --libs tim)     or, with CMake, find_package(tim) and tim::tim
 *
 * On Linux a program finds the library when it starts if script/install was run as root and installed where the loader
 * looks, as Debian's does in /usr/local/lib. Otherwise script/install prints what is to be done: to link with
 * -Wl,-rpath,FOLDER/lib, or to run ldconfig as root.
 *
 * bindings/c/examples/quickstart.c has two people who chat with texts and pictures, to be run as it is.
 *
 *
 * CALLS
 *
 * A function gives back a status: TIM_OK, or the number of an error. Results come through pointers, which are written only
 * if the status is TIM_OK. A function that takes a `done` callback asks the server: it returns at once, and the callback is
 * called exactly once if the status was TIM_OK, and never otherwise. `done` is told a status of its own with JSON: the
 * result, or {"code":2801,"message":"no answer in time: ..."}, whose message tim_last_error gives there as a plain text. Nothing
 * blocks for the network. tim_create and the functions that make a message of a file look at files.
 *
 * Calls of one thread take effect in the order in which it makes them, whether it waits for their ends or not: texts to one
 * conversation arrive in the order of tim_send_message.
 *
 *
 * VERBS BY NAME
 *
 *   tim_call(client, "joinGroup", "{\"groupID\":\"climbers\", \"applyMessage\":\"may I?\"}", on_joined, NULL);
 *
 * tim_call calls every verb that creates a message or has a `done`, but for tim_destroy and tim_shutdown: for hosts that read a
 * verb out of something else, and for bindings in other languages, which need this one function and never wait for another.
 * A verb's name is its function's in TIM's spelling: createGroup for tim_create_group. So are those of its parameters, an `id`
 * as ID: applyMessage for apply_message, userID for user_id. What the function takes as JSON is JSON here too, under
 * the name without _json: {"group":{"name":"Tea", "type":"Private"}}. What has a default in tim.hpp may be left out here too.
 * Progress is not told, and what takes bytes is not there.
 *
 *
 * THREADS
 *
 * Every function may be called on any thread, several at once, and in callbacks. Callbacks come on threads of the library's,
 * never on one of the program's (but for `destroy`) and never while the library holds a lock:
 *   - events: on one thread per instance, one call at a time, in order. A listener that blocks delays the listeners of its
 *     instance, and nothing else. One that falls far behind loses events and is told so: the event "error" with code 130162.
 *   - `done`, progress, uploads: on threads made for it, several at once; they may block.
 *   - log lines: on whichever thread has something to tell; they must not block.
 *   - `destroy`: where the last use of its `user_data` ends. That may be one of the program's threads, before the call that
 *     ended it returns: a function that fails, tim_off, tim_set_log_sink, tim_clear_log_sink,
 *     tim_register_plugin, tim_release, tim_download_attachment where nobody is logged in, or tim_add_listener where the
 *     instance ends meanwhile.
 * A callback must return: it may not longjmp or end its thread, and an exception that leaves it ends the process. tim.hpp
 * catches what its callbacks throw.
 * The engine's threads are not in a child that fork makes. Fork before the first tim_create, or let the child call nothing of
 * this library until it becomes another program by exec.
 *
 *
 * OWNERSHIP
 *
 *   - Texts that go in are UTF-8, ended by NUL, and borrowed for the length of the call. So are bytes.
 *   - Texts that come out through a pointer, or are given back, belong to the caller: tim_string_free.
 *   - Texts that a callback is told live until it returns.
 *   - `user_data` is passed along and never looked at. Where a function takes `destroy` too, that is called exactly once, when
 *     `user_data` is needed no more, even if the function fails: then before it returns. It may be NULL.
 *   - Handles are structures that hold a number, 0 is none, and are passed by value. Each kind is a type of its own: to pass one
 *     for another does not compile. One that was given back, or is none of the library's, gives 130183. A listener's is none
 *     once its instance has ended.
 *
 *
 * SHUTDOWN ORDER
 *
 *   1. tim_logout, if this user is to be logged out here. Without it the next login finds everything in its place.
 *   2. tim_destroy for one instance, or tim_shutdown for all. Once its callback is called no listener is called any more,
 *      and further calls give 130160.
 *   3. tim_release: give the handle back. It may also come before 2, or in any callback. Listeners went with the instance;
 *      tim_off removes one before.
 *   4. End the process. It may also end without all this: what was sent or received is safe on the disk, and is
 *      synchronised with the next login. dlclose may be called at any time and leaves the library in memory: its threads
 *      live as long as the process.
 * A listener may make these calls and wait for their ends: they do not wait for the listener that makes them, so what was on
 * its way to the listeners is still told after it has returned. Where another thread makes them and a listener waits for
 * that thread, they wait for the listener in turn, five seconds at most.
 *
 *
 * JSON NOUNS
 *
 * What a function takes or gives as JSON, its text names by the words that stand here before each: `message`. Every time is
 * in seconds since 1970-01-01 UTC. A field that has no value is null or absent. Be ready for new fields, words and numbers.
 * The nouns options, create options, send options, new group and profile fields have no fields but those told here: others give 130182.
 *
 * options (tim_create; the first three are required)
 *   {"SDKAppID":1400000001, "server":"wss://im.example.org:7700", "dataDir":"/var/lib/app/tim", "platform":"linux",
 *    "extraRootsPem":null, "instance":"", "heartbeatMs":30000, "loginTimeoutMs":90000, "callTimeoutMs":15000,
 *    "cacheBytes":268435456, "databaseKey":null}
 *   dataDir: a folder of the program's own, made if there is none       extraRootsPem: certificates to trust beside the
 *   public ones, as PEM       instance: tells several instances of one SDKAppID apart; best left empty
 *   heartbeatMs: the pause between signs of life       loginTimeoutMs, callTimeoutMs: how long an answer is waited for
 *   platform: android, ios, macos, windows, linux, web, other; this machine's own if absent
 *   cacheBytes: how much tim_get_attachment_file keeps for a user       databaseKey: 64 hexadecimal digits that encrypt
 *   the local databases, in a library that was installed with --encrypted; keep them where only the program reads
 *
 * login result (tim_login)
 *   {"repeatLogin":false}
 *   repeatLogin: this user was logged in already
 *
 * message
 *   {"ID":"0199a2a4-3f52-7c1e-9d4b-5a0f3c1e2b7d", "conversationID":"C2Cbob", "conversationType":"C2C",
 *    "from":"alice", "to":"bob", "flow":"out", "sequence":7, "time":1760000000, "clientTime":1760000000, "status":"success",
 *    "errorCode":null, "priority":"Normal", "nick":"", "avatar":"",
 *    "isRevoked":false, "revoker":null, "revokeReason":"", "isModified":false, "version":0,
 *    "isPinned":false, "pinOperator":null,
 *    "reactionList":[{"reactionID":"+1", "totalUserCount":2, "reactedByMyself":true, "partialUserList":[]}],
 *    "needReadReceipt":true, "readReceiptInfo":{"readCount":1, "unreadCount":2, "isPeerRead":false},
 *    "isRead":true, "isPeerRead":false, "isExcludedFromUnreadCount":false,
 *    "isExcludedFromLastMessage":false, "cloudCustomData":"", "atUserList":[], "receiverList":[],
 *    "localPath":null, "localSnapshotPath":null, "type":"TIMTextElem", "payload":{"text":"Hello world!"}, "elements":[],
 *    "nameCard":""}
 *   ID: its identity from creation on, the same for everybody
 *   conversationID: C2C and a user, GROUP and a group, or @TIM#SYSTEM; conversationType: C2C, GROUP or @TIM#SYSTEM
 *   from: a user, or @TIM#SYSTEM       to: a user, or the group       nick, avatar: the sender's when it was sent       flow: in, out
 *   nameCard: the sender's in the group when it was sent
 *   sequence: its place in the conversation, from 1 on; 0 until it is sent
 *   time: when the server took it; while it waits or was refused: when it was sent, by the server's clock
 *   clientTime: when it was created, by the sender's clock
 *   status: unSend (also while it waits), success (also of what was received), fail (it was refused, errorCode says why)
 *   priority, in groups: High, Normal, Low, Lowest
 *   revoker, revokeReason: who took it back, and why; null and empty if nobody did
 *   isModified, version: its sender modified it, and how many times
 *   isPinned, pinOperator: in its group, and who pinned it last or removed the pin; null if it never was
 *   reactionList: in the order of their first use       partialUserList: some of their users, only from tim_get_message_reactions:
 *   {"userID":"bob", "nick":"Bob", "avatar":""}, in the order in which they reacted
 *   needReadReceipt: its sender wants to know who read it       readReceiptInfo: how many of those who were sent it confirmed that
 *   (tim_send_message_read_receipt), and how many did not; null of others' messages, and of those that do not ask
 *   isRead: by this user       isPeerRead: by the other side of a C2C conversation
 *   isExcludedFromUnreadCount: nobody has it among their unread messages
 *   receiverList: the only members of the group who see it besides its sender; empty if all do
 *   isExcludedFromLastMessage: it changes neither the conversation's lastMessage nor its position in the list
 *   cloudCustomData: a text for the program's own use; empty if none, and of what was taken back
 *   atUserList, in groups: the users that it mentions, and __kImSDK_MesssageAtALL__ for everybody
 *   localPath: of a message with a file that was made on this device, the file in its original size: just created the
 *   program's own file, or a copy of the bytes that it gave; once sent the engine's copy, which nobody may change: as long as
 *   the message waits or is refused, also after a restart, and then for 30 days among the newest 100 MB. null otherwise: what
 *   was refused for what it is (2252, 2253, 2301, 2351, 2402, 2450, 7006, 130145, 130147, 130148) or taken back has none, nor does lastMessage tell
 *   localSnapshotPath: the same of a video's snapshot
 *   elements: what is appended to the first element, which type and payload are: [{"type":"TIMFaceElem", "payload":{...}}, ...]
 *   type and payload:
 *     TIMTextElem               {"text":"Hello world!"}
 *     TIMImageElem              {"uuid":"0199a2a4-...", "imageFormat":3, "imageInfoArray":[{"type":0, "size":48211,
 *                               "width":1200, "height":800, "url":"/media/..."}, {"type":1, ...}, {"type":2, ...}]}
 *                               type: 0 original, 1 thumbnail, 2 large (198 and 720 pixels on the shorter side); size: bytes; url: a path on
 *                               the server or an https address, empty until it is uploaded; imageFormat: 1 JPEG, 2 GIF, 3 PNG,
 *                               4 BMP, 5 WebP, 255 another
 *     TIMSoundElem              {"uuid":"0199a2a4-...", "url":"/media/...", "size":48211, "second":3}
 *     TIMVideoFileElem          {"videoUUID":"0199a2a4-...", "videoUrl":"/media/...", "videoFormat":"mp4", "videoSecond":12,
 *                               "videoSize":4821330, "snapshotUUID":"0199a2a5-...", "snapshotUrl":"/media/...",
 *                               "snapshotWidth":1080, "snapshotHeight":1920, "snapshotSize":98211}
 *                               seconds: as the sender says; snapshot: the picture that stands for the video until it is played
 *     TIMFileElem               {"uuid":"0199a2a4-...", "fileName":"minutes.pdf", "fileSize":48211, "fileUrl":"/media/..."}
 *                               fileName: a peer chose it, never a path to write to as it is; fileUrl: as url above
 *     TIMLocationElem           {"description":"the tea house", "longitude":91.1177, "latitude":29.6579}
 *                               degrees: -180 to 180 east, -90 to 90 north
 *     TIMCustomElem             {"data":"gift 7", "description":"a gift", "extension":""}
 *     TIMFaceElem               {"index":3, "data":"tea"}
 *     TIMRelayElem              {"title":"Book club", "abstractList":["Carol: which chapter?"], "compatibleText":"[Merged messages]",
 *                               "messageList":[{"ID":"0199a2a4-...", "from":"carol", "nick":"Carol", "avatar":"", "time":1760000000,
 *                               "cloudCustomData":"", "type":"TIMTextElem", "payload":{"text":"which chapter?"}}, ...],
 *                               "downloadKey":"", "downloadSize":0, "layers":0}
 *                               One that is stored has a downloadSize and no messages: tim_download_merger_message
 *     TIMGroupTipElem           {"operatorID":"alice", "operationType":1, "userIDList":["bob"], "memberCount":2}
 *                               operationType: 1 these users joined, by what operatorID did; 2 they left; memberCount: then
 *                               3 they were removed, for reason if one was given; 4 they became admins, 5 members again
 *                               6 the group's profile changed, by newGroupProfile: a group changes; or its owner, to ownerID
 *                               7 what the group has about members changed, by memberList: member changes
 *     TIMGroupSystemNoticeElem  {"operatorID":"carol", "operationType":1, "groupProfile":{"groupID":"climbers",
 *                               "name":"Climbers", "type":"Public"}, "handleMessage":"may I?"}
 *                               operationType: 1 operatorID applies, with these words; 2 accepted your application, or 3
 *                               refused it, with these words; 4 removed you, for this reason; 5 dismissed the group;
 *                               6 you made it; 7 added you; 8 you left; 9 made you an admin, 10 a member again
 *                               userIDList, of 1 to 3: the users whom operatorID, or you, invited
 *     gone                      no payload: the message was taken back
 *     unknown                   a text: the message's JSON, of a type that this version does not know
 *
 * create options (tim_create_text_message and the others that create; all may be absent)
 *   {"priority":"High", "cloudCustomData":"gift 7", "atUserList":["bob", "__kImSDK_MesssageAtALL__"], "needReadReceipt":true}
 *   As in message; cloudCustomData shares the message's 12 KB       atUserList: at most 30, only in groups
 *   "receiverList":["bob"]: the only members of the group who receive it, 1 to 50, each once; not together with the two before
 *   "elements":[{"type":"TIMTextElem", "payload":{"text":"our tea"}}]: appended to the first one, as in message: up to 19 of the types
 *   TIMTextElem, TIMCustomElem, TIMFaceElem, TIMLocationElem; they share the 12 KB
 *
 * send options (tim_send_message; both may be absent)
 *   {"excludedFromUnreadCount":true, "excludedFromLastMessage":true}
 *   As isExcludedFromUnreadCount and isExcludedFromLastMessage in message
 *
 * conversation filter (tim_get_conversation_list, tim_get_unread_message_count_by_filter and the like; all may be absent)
 *   {"conversationIDList":["C2Cbob"], "type":"C2C", "markType":1, "hasUnreadCount":true, "hasGroupAtInfo":true}
 *   Those for which all of it holds       conversationIDList: among these       markType: with this mark
 *
 * message search param (tim_search_local_messages, tim_search_cloud_messages; at least a keyword, a sender or a type is needed)
 *   {"keywordList":["tea"], "keywordListMatchType":"or", "senderUserIDList":[], "messageTypeList":[], "conversationID":null,
 *    "timePosition":null, "timePeriod":null, "count":20, "cursor":null}
 *   keywordList: at most 5, each of at most 256 bytes; a word is found by its beginning, a keyword in Chinese, Japanese, Korean,
 *   Thai and the like anywhere; case, accents and the width of characters make no difference       keywordListMatchType: or, and
 *   senderUserIDList: at most 5, empty for everybody       messageTypeList: at most 20, such as TIMTextElem, empty for all
 *   conversationID: null for all       timePosition: the latest time, null for now       timePeriod: seconds back from then, null
 *   for any time before       count: 1 to 100, of messages in one conversation, or of conversations       cursor: what the page
 *   before gave, as it is
 *
 * message search result (tim_search_local_messages, tim_search_cloud_messages)
 *   {"totalCount":3, "cursor":null, "searchResultList":[{"conversationID":"C2Cbob", "messageCount":2,
 *    "messageList":[...messages, newest first...], "highlightList":[[{"text":"Tea", "isMatch":true},
 *    {"text":" at four?", "isMatch":false}], ...]}, ...the most recently active conversations first...]}
 *   totalCount, messageCount: on all pages       cursor: what to pass, as it is, for the next page; null on the last
 *   messageList: in a search of all conversations only the newest       highlightList: of each of these messages the text in which
 *   keywords were found, in parts; empty if none was asked for       of tim_search_cloud_messages: messageCount stays at 1000, and
 *   totalCount is of the conversations on this page, which may have none and a cursor
 *
 * message list hopping param (tim_get_message_list_hopping)
 *   {"conversationID":"C2Cbob", "sequence":40, "time":null, "direction":0, "count":15}
 *   sequence or time: where the page begins, with that message, or with those of that second       direction: 0 older, 1 newer
 *   count: 1 to 100
 *
 * message list hopping (tim_get_message_list_hopping)
 *   {"messageList":[...messages, oldest first...], "isCompleted":false, "nextMessageSeq":25}
 *   isCompleted: there is nothing beyond       nextMessageSeq: the sequence for the next page in the same direction, or null
 *
 * message list (tim_get_message_list)
 *   {"messageList":[...messages, oldest first...], "nextReqMessageID":"35", "isCompleted":false}
 *   nextReqMessageID: what to pass, as it is, for the page before this one; null if there is none       isCompleted: there is none
 *
 * message reactions (tim_get_message_reactions)
 *   {"messageID":"0199a2a4-...", "reactionList":[...as in message...]}
 *
 * reaction user list (tim_get_all_user_list_of_message_reaction)
 *   {"userList":[...users as in partialUserList...], "nextSeq":12, "isCompleted":false}
 *   nextSeq: what to pass for the next page
 *
 * group message read members (tim_get_group_message_read_member_list)
 *   {"messageID":"0199a2a4-...", "cursor":"bob", "isCompleted":false, "readUserIDList":["bob"], "unreadUserIDList":[]}
 *   cursor: what to pass for the next page, empty after the last one       the other list is empty
 *
 * conversation
 *   {"conversationID":"GROUPclimbers", "type":"GROUP", "subType":"Public", "unreadCount":2, "lastMessage":{...a message...},
 *    "readSequence":5, "peerReadSequence":0, "groupAtInfoList":[{"messageSequence":7, "from":"bob", "atType":1}],
 *    "lastTime":1760000000, "isPinned":false, "messageRemindType":"AcceptAndNotify", "markList":[1], "customData":"",
 *    "draftText":""}
 *   type: C2C, GROUP or @TIM#SYSTEM       subType: the type of a GROUP       lastMessage: the newest, sent or waiting, that is not excluded       lastTime: when something last happened in it
 *   unreadCount: of others' messages; sending reads nothing; always 0 in a ChatRoom
 *   groupAtInfoList: the newest 20 unread messages that mention this user, oldest first; atType: 1 this user, 2 everybody, 3 both
 *   readSequence: how far this user has read       peerReadSequence: how far the other side of a C2C conversation has
 *   messageRemindType: AcceptAndNotify; AcceptNotNotify (no notification), AcceptNotNotifyExceptAt (but of those that mention this
 *   user), Discard (no event reports the messages of others), NotReceiveMsgExceptAt (but those that mention this user)
 *   markList: 1 STAR, 2 UNREAD, 4 FOLD, 8 HIDE, and the program's own from 2^32 on; 2^63 is the number with the sign
 *   customData: the program's own       draftText: what the user has begun to write on this device
 *
 * conversation results (tim_mark_conversation and other calls about several)
 *   {"successConversationIDList":["C2Cbob"], "failureConversationIDList":[...conversation failures...]}
 *
 * conversation failure
 *   {"conversationID":"C2Ccarol", "code":2500, "message":"there is no such conversation"}
 *
 * group
 *   {"groupID":"climbers", "type":"Public", "name":"Climbers", "introduction":"", "notification":"", "avatar":"",
 *    "ownerID":"alice", "createTime":1760000000, "memberCount":2, "maxMemberCount":2000, "joinOption":"NeedPermission",
 *    "selfInfo":{"role":"Owner", "joinTime":1760000000, "nameCard":"", "muteUntil":0, "memberCustomField":[]},
 *    "inviteOption":"DisableInvite", "muteAllMembers":false, "groupCustomField":[{"key":"shelf", "value":"blue"}], "infoSequence":1}
 *   type: Private (members are added), Public (who applies is let in), ChatRoom (nothing counts as unread), Community,
 *   AVChatRoom (a live room, of which nothing is stored)
 *   inviteOption, for whom members invite: FreeAccess, NeedPermission, DisableInvite       muteAllMembers: only the owner and
 *   admins may send       groupCustomField: the app's own       infoSequence: how often the profile changed
 *   joinOption, for those who apply: FreeAccess (they are in), NeedPermission (the owner or an admin decides), DisableApply
 *   ownerID: none if the owner has left       selfInfo: of this user, as in a group member; none if this user is no member
 *
 * group member
 *   {"userID":"alice", "nick":"Alice", "avatar":"https://...", "role":"Owner", "joinTime":1760000000, "nameCard":"",
 *    "muteUntil":0, "memberCustomField":[{"key":"reads", "value":"novels"}]}
 *   role: Member, Admin, Owner       nick, avatar: empty if none       nameCard: the name in the group; empty if not otherwise
 *   muteUntil: until when the member may not send, which may be past; 0 if not muted       memberCustomField: the app's own
 *
 * member change (in a TIMGroupTipElem with operationType 7; what is absent stayed as it was)
 *   {"userID":"bob", "nameCard":"Bob of the shelves", "muteUntil":0, "memberCustomField":[{"key":"reads", "value":""}]}
 *   muteUntil: 0 if the member may send       memberCustomField: the fields that changed; one with an empty value was removed
 *
 * array of custom field (tim_set_group_member_custom_field, tim_set_group_attributes, tim_init_group_attributes)
 *   [{"key":"reads", "value":"novels"}]: an empty value removes the field
 *
 * group attributes (tim_get_group_attributes, and what changed by tim_set_group_attributes and the others)
 *   {"groupAttributes":[{"key":"first", "value":"bob"}], "version":8}
 *   groupAttributes: an empty value says that it was removed       version: 1 at first, one more with each change
 *
 * keyword match (tim_search_groups, tim_search_group_members)
 *   "or": or, and
 *
 * role (tim_get_group_member_list, tim_set_group_member_role)
 *   "Owner": Member, Admin, Owner
 *
 * group member list (tim_get_group_member_list)
 *   {"memberList":[{...a group member...}], "next":"bob"}
 *   next: what to ask the next page with; null if this was the last one
 *
 * group member search param (tim_search_group_members)
 *   {"keywordList":["bob"], "keywordListMatchType":"or", "groupIDList":[], "isSearchMemberUserID":true,
 *    "isSearchMemberNickName":true, "isSearchMemberRemark":true, "isSearchMemberNameCard":true}
 *   keywordList: 1 to 5       groupIDList: empty for all groups of this user       isSearch...: where to look; left out: true
 *
 * group member search result item (tim_search_group_members)
 *   {"groupID":"hiking", "memberList":[{...a group member...}], "isComplete":true}
 *   memberList: up to 100       isComplete: all members were looked at, and all that were found are here
 *
 * added members (tim_add_group_member)
 *   {"successUserIDList":["bob"], "existedUserIDList":[], "pendingUserIDList":[], "overLimitUserIDList":[], "failureUserIDList":[]}
 *   pending: the owner or an admin decides       overLimit: the group is full       failure: no such user, or not to come back yet
 *
 * new group (tim_create_group; name and type are required)
 *   {"name":"Climbers", "type":"Public", "groupID":"climbers", "introduction":"", "notification":"", "avatar":"",
 *    "joinOption":"NeedPermission", "memberList":["bob"], "inviteOption":"DisableInvite", "groupCustomField":[]}
 *   groupID: the server makes one if it is absent       joinOption: by the group's type if it is absent
 *   memberList: up to 100 users to begin with, beside this one
 *
 * group changes (tim_update_group_profile; all may be absent, and what is absent stays)
 *   {"name":"Climbers", "introduction":"", "notification":"", "avatar":"", "joinOption":"FreeAccess",
 *    "inviteOption":"FreeAccess", "muteAllMembers":true, "groupCustomField":[{"key":"shelf", "value":""}]}
 *   groupCustomField: fields to set beside the others; an empty value removes a field
 *
 * join result (tim_join_group)
 *   {"status":"JoinedSuccess", "group":{...a group...}}
 *   status: JoinedSuccess, AlreadyInGroup, or WaitAdminApproval, and then group is null
 *
 * profile
 *   {"userID":"alice", "nick":"Alice", "avatar":"https://...", "gender":"Gender_Type_Female", "selfSignature":"up there",
 *    "birthday":20000419, "location":"Lhasa", "allowType":"AllowType_Type_NeedConfirm", "language":0, "level":7, "role":0,
 *    "profileCustomField":[{"key":"Tag_Profile_Custom_Team", "value":"red"}], "lastUpdatedTime":1760000000}
 *   gender: Gender_Type_Unknown, Gender_Type_Female, Gender_Type_Male       birthday: year, month, day; 0 if not told
 *   allowType: who becomes a friend on asking: AllowType_Type_AllowAny, AllowType_Type_NeedConfirm, AllowType_Type_DenyAny
 *   language, level, role: numbers of the app's; 0 if not told
 *   What the user does not tell is empty       lastUpdatedTime: 0 if it never changed
 *
 * profile fields (tim_update_my_profile; what is absent stays as it is)
 *   {"nick":"Alice", "avatar":"https://...", "gender":"Gender_Type_Female", "selfSignature":"up there", "birthday":20000419,
 *    "location":"Lhasa", "allowType":"AllowType_Type_NeedConfirm", "language":1, "level":7, "role":2,
 *    "profileCustomField":[{"key":"Tag_Profile_Custom_Team", "value":"red"}]}
 *   profileCustomField: up to 20 fields to set beside the others; an empty value removes a field
 *
 * friend
 *   {"userID":"bob", "remark":"Bobby", "groupList":["Work"], "source":"AddSource_Type_Web", "wording":"we met", "timeStamp":1760000000,
 *    "profile":{...a profile...}, "friendCustomField":[{"key":"Tag_SNS_Custom_Team", "value":"red"}]}
 *   profile: as this device was last told
 *
 * new friend (tim_add_friend)
 *   {"to":"bob", "source":"AddSource_Type_Web", "wording":"we met", "type":"Add_Type_Both", "remark":"Bobby", "groupName":"Work"}
 *   to and source are needed       source: AddSource_Type_ and 1 to 8 letters       type: Add_Type_Single or Add_Type_Both
 *
 * friend result       {"userID":"bob", "code":0}: 0, or 30539 when bob has to accept, or 31704 when bob is no friend
 *
 * checked friend (tim_check_friend: CheckResult_Type_Single or CheckResult_Type_Both)
 *   {"userID":"bob", "relation":"CheckResult_Type_BothWay", "code":0}
 *   relation: CheckResult_Type_NoRelation, CheckResult_Type_AWithB, CheckResult_Type_BWithA, CheckResult_Type_BothWay; A is this user
 *
 * friend applications
 *   {"friendApplicationList":[{"userID":"bob", "nick":"Bob", "avatar":"", "type":"Pendency_Type_ComeIn", "source":"AddSource_Type_Web",
 *    "wording":"we met", "time":1760000000}], "unreadCount":1}
 *   type: Pendency_Type_ComeIn, or Pendency_Type_SendOut
 *
 *   tim_accept_friend_application takes Response_Action_Agree (the other has this user as a friend) or
 *   Response_Action_AgreeAndAdd (both have); tim_delete_friend takes Delete_Type_Single (of this user's list) or
 *   Delete_Type_Both
 *
 * friend group       {"name":"Work", "count":1, "userIDList":["bob"]}
 *
 * signaling info     {"inviteID":"0199a2a4-...", "groupID":"", "inviter":"alice", "inviteeList":["bob"], "data":"...", "actionType":1,
 *                     "timeout":30}
 *   actionType: 1 invites, 2 cancels, 3 accepts, 4 rejects, 5 the time is over, 0 one that this version does not know
 *
 * user status        {"userID":"bob", "statusType":1, "customStatus":"in a meeting"}
 *   statusType: 1 online, 2 offline, 3 not logged in, 0 one that this version does not know
 * user status failure {"userID":"nobody", "code":20003, "message":"the user does not exist: ..."}
 * user status result {"successUserList":[...user statuses...], "failureUserList":[...user status failures...]}
 *
 * all receive message opt (tim_set_all_receive_message_opt: how to tell this user of messages of all conversations)
 *   {"messageRemindType":"AcceptNotNotify", "startTime":{"hour":22, "minute":30, "second":0}, "startTimestamp":null,
 *    "duration":32400}
 *   messageRemindType: AcceptNotNotify, AcceptNotNotifyExceptAt, or AcceptAndNotify, with which it is as at any other time
 *   startTime: daily, by the clock of whoever reads it       startTimestamp: once       One of them, or none with AcceptAndNotify
 *   duration: in seconds; from 86400 on it does not end
 *
 * event (a handler of tim_on is told one, a listener an array of them; the number of TIM_EVENT_SDK_READY is a tim_event)
 *   {"name":"onMessageReceived", "data":[...messages...]}
 *     name                         data
 *     sdkStateReady                none: everything works from now on
 *     sdkStateNotReady             none: logged out, kicked out or destroyed
 *     onMessageReceived            messages, oldest first within a conversation; what a program that crashed did not live to
 *                                  hear is told again after its next login
 *     onMessageStatusChanged       messages that an earlier run of the program or an earlier login sent, and that have ended
 *                                  now: status is success or fail
 *     onMessageRevoked             messages; isRevoked is true
 *     onMessageModified            messages as they are now; isModified is true
 *     onMessageReactionsUpdated    messages as they are now, with their reactionList
 *     onPinnedGroupMessageUpdated  {"groupID":"climbers", "messageSequence":7, "isPinned":true, "operatorID":"alice"}: also of a
 *                                  message that this device does not have
 *     onMessageDeleted             {"conversationID":"C2Cbob", "messageIDList":[...]}: this user deleted them on another device
 *     onMessageReadByPeer          messages; isPeerRead is true
 *     onMessageReadReceiptReceived [{"userID":null, "groupID":"climbers", "messageID":"0199a2a4-...", "isPeerRead":false,
 *                                  "readCount":1, "unreadCount":2}]: as in readReceiptInfo of these messages of this user
 *     onConversationListUpdated    the whole list of conversations, in order
 *     onConversationChanged        {"conversationList":[...], "deletedConversationIDList":[...], "isWhole":false}: those that changed
 *                                  or were added, and those that are not in the list any more; isWhole: there are no others
 *     onTotalUnreadMessageCountUpdated  the number of unread messages, without those of muted conversations and system notices
 *     onUnreadMessageCountChangedByFilter  {"filter":{...a conversation filter...}, "count":3}: of those of the total the ones in the
 *                                  conversations that a filter wants (tim_subscribe_unread_message_count_by_filter)
 *     onGroupListUpdated           the whole list of groups
 *     onProfileUpdated             profiles
 *     blacklistUpdated             the whole list of user ids
 *     onAllReceiveMessageOptUpdated  an all receive message opt
 *     onFriendListUpdated          the whole list of friends
 *     onFriendGroupListUpdated     the whole list of friend groups
 *     onFriendApplicationListUpdated  friend applications
 *     newInvitationReceived        a signaling info: this user is invited
 *     ts_invitee_accepted          {"inviteID":"0199a2a4-...", "groupID":"", "inviter":"alice", "invitee":"bob", "data":"..."}
 *     ts_invitee_rejected          the same
 *     ts_invitation_cancelled      a signaling info, with those who had not answered
 *     ts_invitation_timeout        a signaling info, with those who did not answer
 *     ts_invitation_modified       a signaling info, as it is now
 *     onUserStatusUpdated          user statuses: of the users that tim_subscribe_user_status named, and of this user's own
 *     groupAttributesUpdated       {"groupID":"climbers", "groupAttributes":[{"key":"first", "value":"bob"}], "deletedKeyList":[],
 *                                  "version":8}: others set and removed these; not told of what changes while not connected
 *     error                        {"code":2024, "message":"not logged in: call login first"}
 *     kickedOut                    {"type":"multipleDevice"}: another device took this one's place; or multipleAccount: this
 *                                  device logged in anew; or userSigExpired; or REST_API_Kick: the server's operator did it
 *     netStateChange               {"state":"connected"}, or connecting, or disconnected: attempts go on, farther apart
 *     sdkDestroy                   {"SDKAppID":1400000001}: the instance was destroyed, and nothing comes after this
 *
 *
 * ERRORS
 *
 * Numbers are stable for ever, and TIM's own where TIM has one. tim_status_text says what one means and what to do.
 * A function that takes a `done` gives back itself what is wrong with its arguments as they stand there: 130180 to 130183, 130103,
 * and, but for tim_login, 2002, 2105, 2106, 2503, 2602 or 20001 for an id, a message, a conversation or a number that cannot be one.
 * Everything else is told to `done`, also a 2105 or 20001 that only the engine or the server can find.
 * Each function tells its errors. Not told again are
 *   any function's     130180 to 130183 for what it was passed, 130185, which `done` may be told too; 20001 for a priority, a
 *                      rendition, a message remind type or a read all type that is none; 2002, 2105, 2503 or 20001 for a message that was changed into none
 *   any `done`'s       9507 while 10,000 calls wait, 130160 once the instance was destroyed; but for those of tim_destroy and
 *                      tim_shutdown
 *   the gate's         why nobody is logged in: 2024, 3000 to 3006, 130160; 6005, 6022, 130168 while this device's database
 *                      cannot be used; where the login ends meanwhile, 130161 or what ended it
 *   with 2800 or 2801, which tell that the server cannot be reached or does not answer in time: 130108, 130109 if it was asked
 *                      for too much at once, 130120 to 130123 while it cannot answer
 * Their families, in which some numbers are reserved:
 *   2000 to 2099       the login: ids and tokens that are missing, nobody is logged in
 *   2100 to 2499       messages and pictures that cannot be made, sent or uploaded
 *   2500 to 2799       conversations, groups, profiles, the blacklist
 *   2800 to 2805       the network: try again
 *   2999 to 3006       not ready, and why
 *   6005, 6022         this device's storage
 *   7006, 8001, 80002  an empty file, a message that is too long
 *   9507               10,000 calls wait for the engine
 *   10004 to 10032     groups; taking messages back
 *   20001 to 20016     messages between two: no such user, blacklisted
 *   30001 to 31704, 40601  friends, the blacklist, profiles
 *   50002, 51006       settings of conversations
 *   70001 to 70052     userSigs and accounts
 *   130100 to 130148   the protocol, the server's state, pictures on the server
 *   130160 to 130179   the engine's own life: 130160 destroyed, 130161 cancelled, 130162 events lost, 130179 paused
 *   130180 to 130185   this interface: 130180 an argument is NULL or a place for a result is not aligned, 130181 a text is not
 *                      UTF-8, 130182 JSON cannot be read or does not fit, 130183 a handle is none, 130184 another
 *                      TIM_ABI_VERSION, 130185 a fault in the engine
 */

#ifndef TIM_H
#define TIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The version of this header: compare with what `tim_version` tells. */
#define TIM_VERSION_MAJOR 0
#define TIM_VERSION_MINOR 1
#define TIM_VERSION_PATCH 0
#define TIM_VERSION "0.1.0"

/**
 * The version of this interface. It grows when something that was there changes its meaning or goes.
 */
#define TIM_ABI_VERSION 1

/**
 * The kinds of events, for `on` and `once`. C knows them by their numbers: a new one comes at the end.
 */
typedef enum {
  /**
   * Logged in and synced.
   */
  TIM_EVENT_SDK_READY,
  /**
   * Logged out, kicked out or destroyed.
   */
  TIM_EVENT_SDK_NOT_READY,
  /**
   * New messages.
   */
  TIM_EVENT_MESSAGE_RECEIVED,
  /**
   * The result of messages for which no call waits.
   */
  TIM_EVENT_MESSAGE_STATUS_CHANGED,
  /**
   * Messages were revoked.
   */
  TIM_EVENT_MESSAGE_REVOKED,
  /**
   * The other side has read messages.
   */
  TIM_EVENT_MESSAGE_READ_BY_PEER,
  /**
   * The conversation list changed.
   */
  TIM_EVENT_CONVERSATION_LIST_UPDATED,
  /**
   * The list of groups changed.
   */
  TIM_EVENT_GROUP_LIST_UPDATED,
  /**
   * Profiles changed.
   */
  TIM_EVENT_PROFILE_UPDATED,
  /**
   * The blacklist changed.
   */
  TIM_EVENT_BLACKLIST_UPDATED,
  /**
   * An error that belongs to no call.
   */
  TIM_EVENT_ERROR,
  /**
   * The login was ended.
   */
  TIM_EVENT_KICKED_OUT,
  /**
   * The state of the connection changed.
   */
  TIM_EVENT_NET_STATE_CHANGE,
  /**
   * The instance was destroyed.
   */
  TIM_EVENT_SDK_DESTROY,
  /**
   * The total of unread messages changed.
   */
  TIM_EVENT_TOTAL_UNREAD_MESSAGE_COUNT_UPDATED,
  /**
   * Conversations changed.
   */
  TIM_EVENT_CONVERSATION_CHANGED,
  /**
   * Messages were modified.
   */
  TIM_EVENT_MESSAGE_MODIFIED,
  /**
   * The reactions of messages changed.
   */
  TIM_EVENT_MESSAGE_REACTIONS_UPDATED,
  /**
   * A message was pinned in a group, or is not any more.
   */
  TIM_EVENT_PINNED_GROUP_MESSAGE_UPDATED,
  /**
   * Messages were deleted on another device.
   */
  TIM_EVENT_MESSAGE_DELETED,
  /**
   * Users read messages that ask for receipts.
   */
  TIM_EVENT_MESSAGE_READ_RECEIPT_RECEIVED,
  /**
   * What is unread by a filter changed.
   */
  TIM_EVENT_UNREAD_MESSAGE_COUNT_CHANGED_BY_FILTER,
  /**
   * How this user wants to be told of messages of all conversations changed.
   */
  TIM_EVENT_ALL_RECEIVE_MESSAGE_OPT_UPDATED,
  /**
   * Friends were added, changed or deleted.
   */
  TIM_EVENT_FRIEND_LIST_UPDATED,
  /**
   * Friend groups changed.
   */
  TIM_EVENT_FRIEND_GROUP_LIST_UPDATED,
  /**
   * Applications to become a friend changed.
   */
  TIM_EVENT_FRIEND_APPLICATION_LIST_UPDATED,
  /**
   * Users came or went, or say something else of themselves.
   */
  TIM_EVENT_USER_STATUS_UPDATED,
  /**
   * Attributes of a group changed.
   */
  TIM_EVENT_GROUP_ATTRIBUTES_UPDATED,
  /**
   * This user is invited.
   */
  TIM_EVENT_NEW_INVITATION_RECEIVED,
  /**
   * Somebody accepted an invitation.
   */
  TIM_EVENT_INVITEE_ACCEPTED,
  /**
   * Somebody rejected an invitation.
   */
  TIM_EVENT_INVITEE_REJECTED,
  /**
   * An invitation was taken back.
   */
  TIM_EVENT_INVITATION_CANCELLED,
  /**
   * The time of an invitation is over.
   */
  TIM_EVENT_INVITATION_TIMEOUT,
  /**
   * An invitation says something else.
   */
  TIM_EVENT_INVITATION_MODIFIED,
} tim_event;

/**
 * The result of a call: 0 is success, anything else an error's number (see `tim_status_text`).
 */
typedef int32_t tim_status;

/**
 * Called with a log line; `level` is 0 (much) to 3 (an error). The line is valid during the callback only.
 */
typedef void (*tim_log_callback)(void *user_data, uint32_t level, const char *line);

/**
 * Called once when `user_data` is no longer needed; may be NULL.
 */
typedef void (*tim_destroy_callback)(void *user_data);

/**
 * An instance, by its number. 0 is none.
 */
typedef struct {
  uint64_t number;
} tim_client;

/**
 * Called when a call has ended. `json` is the result, or `{"code":...,"message":...}` if `status` is not 0; it is valid
 * during the callback only.
 */
typedef void (*tim_done_callback)(void *user_data, tim_status status, const char *json);

/**
 * Called with one event, `{"name":...,"data":...}`, valid during the callback only.
 */
typedef void (*tim_event_handler)(void *user_data, const char *event_json);

/**
 * A listener of an instance, by its number. 0 is none.
 */
typedef struct {
  uint64_t number;
} tim_listener;

/**
 * Called with events: a JSON array of `{"name":...,"data":...}`, valid during the callback only.
 */
typedef void (*tim_event_callback)(void *user_data, const char *events_json);

/**
 * An upload that a plugin works on, by its number. Valid until the plugin returns.
 */
typedef struct {
  uint64_t number;
} tim_upload;

/**
 * Called to upload a file: `{"path":..., "fileType":1, "fileName":..., "size":...}` with fileType 1 for a picture, 2 for a video, 3 for a recording, 255 for any other file, and
 * an empty name if it has none. Reports with `tim_upload_progress`, describes what was uploaded with `tim_upload_result`, and
 * returns 0, or an error's number. With one that may pass (2400, 2800, 2801, 6005) it is called again up to three times after
 * growing pauses, and anew with every connection; then, and with any other at once, the message fails with that number.
 */
typedef tim_status (*tim_upload_callback)(void *user_data, const char *file, tim_upload upload);

/**
 * Called with increasing values from 0 to 100.
 */
typedef void (*tim_progress_callback)(void *user_data, uint32_t percent);

/**
 * Success.
 */
#define TIM_OK 0

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the interface this library has: compare it with `TIM_ABI_VERSION` of the header.
 */
uint32_t tim_abi_version(void);

/**
 * The library's version, like `"0.1.0"`. Give the text back with `tim_string_free`.
 */
char *tim_version(void);

/**
 * What a status means and what to do, in one line. Give the text back with `tim_string_free`.
 */
char *tim_status_text(tim_status status);

/**
 * Why this thread's last failed call failed, in more words than its status has; NULL if none has. In a `done` callback that is
 * told a failure: why that call failed. Give the text back with `tim_string_free`.
 */
char *tim_last_error(void);

/**
 * Releases a string returned by this library. NULL is allowed. Must be called only once per string.
 */
void tim_string_free(char *text);

/**
 * How much is logged: 0 everything, 1 what production needs (the default), 2 warnings and errors, 3 errors, 4 nothing.
 *
 * Errors: 20001 for any other number.
 */
tim_status tim_set_log_level(uint32_t level);

/**
 * Where log lines go, for the whole process, in place of a former callback. Until a program sets one they go to the standard
 * error output, each with its time (UTC) and level. Called on any thread, several at once; it must not block. A call of the
 * former one that has begun may still be running when this returns; its `destroy` is called when none is.
 *
 * Errors: 130180 if `callback` is NULL (`tim_clear_log_sink` takes one off); then `destroy` is called before this returns.
 */
tim_status tim_set_log_sink(tim_log_callback callback,
                            void *user_data,
                            tim_destroy_callback destroy);

/**
 * Log lines go to the standard error output again; `tim_set_log_level(4)` silences them. A call of the callback that has begun may
 * still be running when this returns; its `destroy` is called when none is.
 *
 * Errors: none.
 */
tim_status tim_clear_log_sink(void);

/**
 * Makes an instance; for the same `SDKAppID` (and `instance`) it is the same one until it is destroyed. `abi_version` is
 * `TIM_ABI_VERSION`. `options_json` is
 * `{"SDKAppID":..., "server":"wss://...", "dataDir":"...", "platform":"linux", "extraRootsPem":"...", "instance":"...",
 * "heartbeatMs":30000, "loginTimeoutMs":90000, "callTimeoutMs":15000, "cacheBytes":268435456, "databaseKey":"..."}`; the first
 * three are required. The handle is given back with `tim_release`.
 *
 * Errors: 130184 for another header's version, 2000 without an SDKAppID, 130165 for a server's address that is none or roots
 * without a certificate, 6022 or 130168 if the folder cannot be used, 130169 if the system refuses new threads,
 * 20001 for a databaseKey that is none, 130173 for one in a library without encryption.
 */
tim_status tim_create(uint32_t abi_version,
                      const char *options_json,
                      tim_client *client);

/**
 * Releases a handle. The instance lives on until `tim_destroy`; other handles of it stay valid.
 *
 * Errors: none of its own.
 */
tim_status tim_release(tim_client client);

/**
 * Logs out and ends the instance: its threads, its connection, its files. When the callback is called, no listener of it is
 * called any more, unless a listener made this call, or one has not returned for five seconds. The handle stays to be given
 * back.
 *
 * Errors: none of its own.
 */
tim_status tim_destroy(tim_client client,
                       tim_done_callback done,
                       void *user_data);

/**
 * Destroys every instance of the process: what a program calls before it ends.
 *
 * Errors: 130169 if the system refuses new threads.
 */
tim_status tim_shutdown(tim_done_callback done, void *user_data);

/**
 * Calls `handler` with each event of one kind, a `tim_event`, that happens from now on: `{"name":..., "data":...}`. It is called
 * on one thread of the instance's own, one call at a time; it may call this library; it should not block for long. It may be
 * called before this has returned. `destroy` is called when it is removed.
 *
 * Errors: 20001 for an `event` that is none, 130160 once the instance was destroyed. With any error `destroy` is called before
 * this returns.
 */
tim_status tim_on(tim_client client,
                  uint32_t event,
                  tim_event_handler handler,
                  void *user_data,
                  tim_destroy_callback destroy,
                  tim_listener *listener);

/**
 * Calls `handler` with the next event of one kind, once. In all else as `tim_on`; `destroy` is called after it was.
 *
 * Errors: those of `tim_on`.
 */
tim_status tim_once(tim_client client,
                    uint32_t event,
                    tim_event_handler handler,
                    void *user_data,
                    tim_destroy_callback destroy,
                    tim_listener *listener);

/**
 * Adds a listener. `callback` hears everything that happens from now on, as an array of events. In all else as `tim_on`.
 *
 * Errors: 130160 once the instance was destroyed. With any error `destroy` is called before this returns.
 */
tim_status tim_add_listener(tim_client client,
                            tim_event_callback callback,
                            void *user_data,
                            tim_destroy_callback destroy,
                            tim_listener *listener);

/**
 * Removes a handler or a listener. A call of it that has begun may still be running when this returns; no further call begins.
 * Its `destroy` is called when no call of it is running, at the latest with the end of the instance, which removes all of them.
 *
 * Errors: none of its own.
 */
tim_status tim_off(tim_listener listener);

/**
 * Registers the host's own uploader in place of the built-in one, or of a former one, whose `destroy` is called
 * when no call of it is running. Called on a thread that it may block.
 *
 * Errors: 130160 once the instance was destroyed. With any error `destroy` is called before this returns.
 */
tim_status tim_register_plugin(tim_client client,
                               tim_upload_callback callback,
                               void *user_data,
                               tim_destroy_callback destroy);

/**
 * An upload plugin tells how far it has come: 0 to 100.
 *
 * Errors: 130183 once the plugin has returned.
 */
tim_status tim_upload_progress(tim_upload upload, uint32_t percent);

/**
 * An upload plugin describes what it uploaded: `{"uuid":..., "renditions":[{"type":0, "size":..., "width":..., "height":...,
 * "url":"https://..."}, ...]}`, of a picture with the types 0 (original), 1 (thumbnail), 2 (large) in this order, of another
 * file with 0 alone, each at an https address or a path on the server (`/...`).
 *
 * Errors: 130182 for a file that cannot be sent, also one whose url is neither, 130183 once the plugin has returned.
 */
tim_status tim_upload_result(tim_upload upload,
                             const char *uploaded_json);

/**
 * Whether everything works: from the event `sdkStateReady` to `sdkStateNotReady`.
 *
 * Errors: none of its own.
 */
tim_status tim_is_ready(tim_client client, bool *ready);

/**
 * How many messages are unread in all conversations, without those that the user has muted and system notices; 0 while nobody is
 * logged in.
 *
 * Errors: none of its own.
 */
tim_status tim_get_total_unread_message_count(tim_client client,
                                              int64_t *count);

/**
 * Who is logged in; NULL if nobody is. Give the text back with `tim_string_free`.
 *
 * Errors: none of its own.
 */
tim_status tim_get_login_user(tim_client client, char **user_id);

/**
 * The device's network came (or changed to another) or went, as far as the host knows. When it came, the pause between attempts
 * ends, and a connection that stands has three seconds to prove that it works. When it went, nothing changes by that alone.
 *
 * Errors: none of its own.
 */
tim_status tim_network_changed(tim_client client,
                               bool up);

/**
 * Logs a user in; `sdkStateReady` tells when everything works.
 *
 * Result: `login result`.
 *
 * Errors: 2002 or 2003 for an id or token that is missing or cannot be one, 70001 to 70052 for a token that the server
 * refuses, 130107 if server and engine have no version in common, 2025 while another login is running, 2026 while
 * another user is logged in; 2800 or 2801 after `loginTimeoutMs`; 6005, 6022, 130167 or 130168 for this device's
 * database; 130161 if it is logged out meanwhile, 130160 after `tim_destroy`.
 */
tim_status tim_login(tim_client client,
                     const char *user_id,
                     const char *user_sig,
                     tim_done_callback done,
                     void *user_data);

/**
 * Lets somebody in who has no userSig, if the server lets guests in. A guest enters and leaves live rooms, hears what
 * is said there, and may ask for their profile, their attributes and how many are there. Everything else is refused
 * with 2662. Nothing of a guest is stored, here or on the server. A guest who logs in with a userSig logs out before,
 * and is in no room then.
 *
 * Result: `login result`.
 *
 * Errors: those of `tim_login`: 70002 if the server lets no guests in; 130156 if as many are there as it lets in.
 */
tim_status tim_login_as_guest(tim_client client,
                              tim_done_callback done,
                              void *user_data);

/**
 * Logs out, on the server too if it can be reached within three seconds. What waits to be sent stays, and is sent
 * after the user's next login on this device.
 *
 * Result: `null`.
 *
 * Errors: 130160 after `tim_destroy`.
 */
tim_status tim_logout(tim_client client,
                      tim_done_callback done,
                      void *user_data);

/**
 * Closes the connection and the files of the local database, and keeps the login: for an app that goes to the
 * background, where the system ends apps that hold a lock on a file (iOS), or stops them. When it returns, no file of
 * the database is open. Until `tim_resume` calls are refused with 130179, and those that wait fail with it. Messages
 * that wait stay in the outbox and are sent afterwards; `MESSAGE_STATUS_CHANGED` reports them. A login that is under
 * way goes on then, within its time. It waits until the files of messages being sent are copied; downloads go on.
 * Without a login nothing happens. A login of the same user resumes the instance, too.
 *
 * Result: `null`.
 *
 * Errors: 130160 after `tim_destroy`.
 */
tim_status tim_pause(tim_client client,
                     tim_done_callback done,
                     void *user_data);

/**
 * Opens the local database of a paused instance again and connects, at once. The list of conversations is reported
 * anew, and what was missed is received. Nothing happens if the instance is not paused.
 *
 * Result: `null`.
 *
 * Errors: the local database cannot be opened; it is tried again by itself; 130160 after `tim_destroy`.
 */
tim_status tim_resume(tim_client client,
                      tim_done_callback done,
                      void *user_data);

/**
 * The server's clock: a time, like those of messages.
 *
 * Result: a number.
 *
 * Errors: the gate's.
 */
tim_status tim_get_server_time(tim_client client, tim_done_callback done, void *user_data);

/**
 * Makes a text message to a user or a group, to be shown at once; `tim_send_message` sends it.
 *
 * `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `options_json` is
 * `create options`, or NULL for none. Result: `message` in `message_json`; give it back with `tim_string_free`.
 *
 * Errors: the gate's; 2002 or 2602 for a user or group that is none, 2106 for another type of conversation, 130110 for
 * no text, 8001 for more than 12 KB with the options. For `options_json` also 2106 if they mention users outside a
 * group, 20001 if more than 30, 2002 for one that is none; 130115 for elements that may not be appended, 130117 for
 * more than 20 in all.
 */
tim_status tim_create_text_message(tim_client client,
                                   const char *to,
                                   const char *conversation_type,
                                   const char *text,
                                   const char *options_json,
                                   char **message_json);

/**
 * Creates a location message: a place on Earth, in degrees, and its name (may be empty); `tim_send_message` sends it.
 *
 * `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `options_json` is
 * `create options`, or NULL for none. Result: `message` in `message_json`; give it back with `tim_string_free`.
 *
 * Errors: as of `tim_create_text_message`; 130110 for a longitude that is not -180 to 180, or a latitude that is not
 * -90 to 90.
 */
tim_status tim_create_location_message(tim_client client,
                                       const char *to,
                                       const char *conversation_type,
                                       const char *description,
                                       double longitude,
                                       double latitude,
                                       const char *options_json,
                                       char **message_json);

/**
 * Creates a custom message: content of the application's own, three texts of which one at least is not empty;
 * `tim_send_message` sends it.
 *
 * `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `options_json` is
 * `create options`, or NULL for none. Result: `message` in `message_json`; give it back with `tim_string_free`.
 *
 * Errors: as of `tim_create_text_message`; 130110 if all three are empty.
 */
tim_status tim_create_custom_message(tim_client client,
                                     const char *to,
                                     const char *conversation_type,
                                     const char *data,
                                     const char *description,
                                     const char *extension,
                                     const char *options_json,
                                     char **message_json);

/**
 * Creates a face message: a sticker of the application's own set, by its number, and a text (may be empty);
 * `tim_send_message` sends it.
 *
 * `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `options_json` is
 * `create options`, or NULL for none. Result: `message` in `message_json`; give it back with `tim_string_free`.
 *
 * Errors: as of `tim_create_text_message`.
 */
tim_status tim_create_face_message(tim_client client,
                                   const char *to,
                                   const char *conversation_type,
                                   int32_t index,
                                   const char *data,
                                   const char *options_json,
                                   char **message_json);

/**
 * Creates a message with the content of another one, the `original_json`, and with its `cloudCustomData` unless
 * `options_json` has some. A file is not uploaded again. `tim_send_message` sends it.
 *
 * `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `original_json`
 * is `message`. `options_json` is `create options`, or NULL for none. Result: `message` in `message_json`; give it
 * back with `tim_string_free`.
 *
 * Errors: as of `tim_create_text_message`; 2453 for a message that was not sent, is revoked, of the server, or of a
 * kind that this version does not know.
 */
tim_status tim_create_forward_message(tim_client client,
                                      const char *to,
                                      const char *conversation_type,
                                      const char *original_json,
                                      const char *options_json,
                                      char **message_json);

/**
 * Creates a merger: several messages as one, with a title, up to 5 lines of 100 characters that show what is in it,
 * and a text for programs that do not know mergers; `tim_send_message` sends it. One that has more than 11 KB, or in
 * which others nest deep, is uploaded then: `tim_download_merger_message` gives its messages.
 *
 * `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`.
 * `message_list_json` is an array of `message`. `abstract_list_json` is an array of texts. `options_json` is `create
 * options`, or NULL for none. Result: `message` in `message_json`; give it back with `tim_string_free`.
 *
 * Errors: as of `tim_create_text_message`; 2450 for no messages, more than 300, one that was not sent, is revoked, of
 * the server, or of a kind that this version does not know, and for mergers in mergers, more than 100 deep; 130110 for
 * too many or too long lines, or no `compatible_text`; of a large one 2402 for more than 5 MB, and 130168 or 6022.
 */
tim_status tim_create_merger_message(tim_client client,
                                     const char *to,
                                     const char *conversation_type,
                                     const char *message_list_json,
                                     const char *title,
                                     const char *abstract_list_json,
                                     const char *compatible_text,
                                     const char *options_json,
                                     char **message_json);

/**
 * Makes a picture message of a file: JPEG, PNG, GIF, BMP or WebP, under 20 MB. It can be shown at once: it has the
 * picture's width and height, and `localPath`. Looks at the file on the caller's thread; `tim_send_message` uploads
 * and sends it. Until then the file has to stay where it is.
 *
 * `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `options_json` is
 * `create options`, or NULL for none. While the file is uploaded `on_progress` (may be NULL) is told 0 to 100 on a
 * thread that it may block; `progress_destroy` is called when it is needed no more, with an error before this returns.
 * Result: `message` in `message_json`; give it back with `tim_string_free`.
 *
 * Errors: the gate's; 2002 or 2602 for a user or group that is none, 2106 for another type of conversation; 2251 for
 * no path, 2401 for a file that cannot be read, 7006 if it is empty, 2252 if it is no picture, 2253 if it has 20 MB or
 * more.
 */
tim_status tim_create_image_message(tim_client client,
                                    const char *to,
                                    const char *conversation_type,
                                    const char *file,
                                    const char *options_json,
                                    tim_progress_callback on_progress,
                                    void *progress_user_data,
                                    tim_destroy_callback progress_destroy,
                                    char **message_json);

/**
 * Makes a picture message of a file's bytes, as `tim_create_image_message` does of a file. They are written into a
 * file of the engine's, which `localPath` names. Of more than 256 files, or more than 100 MB of bytes, that were never
 * sent, the oldest cannot be sent any more.
 *
 * `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `bytes` are
 * copied before this returns. `options_json` is `create options`, or NULL for none. While the file is uploaded
 * `on_progress` (may be NULL) is told 0 to 100 on a thread that it may block; `progress_destroy` is called when it is
 * needed no more, with an error before this returns. Result: `message` in `message_json`; give it back with
 * `tim_string_free`.
 *
 * Errors: the gate's; 2002 or 2602 for a user or group that is none, 2106 for another type of conversation; 7006 for
 * no bytes, 2252 if they are no picture, 2253 if there are 20 MB or more; 130168 or 6022 if they cannot be written.
 */
tim_status tim_create_image_message_from_bytes(tim_client client,
                                               const char *to,
                                               const char *conversation_type,
                                               const uint8_t *bytes,
                                               size_t length,
                                               const char *options_json,
                                               tim_progress_callback on_progress,
                                               void *progress_user_data,
                                               tim_destroy_callback progress_destroy,
                                               char **message_json);

/**
 * Creates an audio message, such as a voice message: a recording of any format, up to 28 MB, that lasts `second`
 * seconds. `localPath` names it. Looks at the file on the caller's thread; `tim_send_message` uploads and sends it.
 * Until then the file has to stay where it is.
 *
 * `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `options_json` is
 * `create options`, or NULL for none. While the file is uploaded `on_progress` (may be NULL) is told 0 to 100 on a
 * thread that it may block; `progress_destroy` is called when it is needed no more, with an error before this returns.
 * Result: `message` in `message_json`; give it back with `tim_string_free`.
 *
 * Errors: the gate's; 2002 or 2602 for a user or group that is none, 2106 for another type of conversation; 2401 for a
 * file that cannot be read, 7006 if it is empty, 2301 if it has more than 28 MB, 20001 for a negative duration.
 */
tim_status tim_create_audio_message(tim_client client,
                                    const char *to,
                                    const char *conversation_type,
                                    const char *file,
                                    int32_t second,
                                    const char *options_json,
                                    tim_progress_callback on_progress,
                                    void *progress_user_data,
                                    tim_destroy_callback progress_destroy,
                                    char **message_json);

/**
 * Creates a video message of a video, up to 100 MB, that lasts `second` seconds, and of its `snapshot`: a picture that
 * stands for it until it is played, as of `tim_create_image_message`. `format` is such as `mp4`, empty for the file's
 * extension. `localPath` and `localSnapshotPath` name the files. Looks at them on the caller's thread;
 * `tim_send_message` uploads and sends them. Until then they have to stay where they are.
 *
 * `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `options_json` is
 * `create options`, or NULL for none. While the file is uploaded `on_progress` (may be NULL) is told 0 to 100 on a
 * thread that it may block; `progress_destroy` is called when it is needed no more, with an error before this returns.
 * Result: `message` in `message_json`; give it back with `tim_string_free`.
 *
 * Errors: the gate's; 2002 or 2602 for a user or group that is none, 2106 for another type of conversation; 2401 for a
 * file that cannot be read, 7006 if it is empty, 2351 if the video has more than 100 MB, 130110 for a format that is
 * not 1 to 16 letters and digits, 20001 for a negative duration; for the snapshot 2251 for no path, 2252 if it is no
 * picture, 2253 if it has 20 MB or more.
 */
tim_status tim_create_video_message(tim_client client,
                                    const char *to,
                                    const char *conversation_type,
                                    const char *file,
                                    const char *format,
                                    int32_t second,
                                    const char *snapshot,
                                    const char *options_json,
                                    tim_progress_callback on_progress,
                                    void *progress_user_data,
                                    tim_destroy_callback progress_destroy,
                                    char **message_json);

/**
 * Makes a file message of any file, up to 100 MB; `name` is what receivers see, empty for the file's own. `localPath`
 * names it. Looks at the file on the caller's thread; `tim_send_message` uploads and sends it. Until then the file has
 * to stay where it is.
 *
 * `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `options_json` is
 * `create options`, or NULL for none. While the file is uploaded `on_progress` (may be NULL) is told 0 to 100 on a
 * thread that it may block; `progress_destroy` is called when it is needed no more, with an error before this returns.
 * Result: `message` in `message_json`; give it back with `tim_string_free`.
 *
 * Errors: the gate's; 2002 or 2602 for a user or group that is none, 2106 for another type of conversation; 2401 for a
 * file that cannot be read, 7006 if it is empty, 2402 if it has more than 100 MB, 130110 for a name longer than 256
 * bytes.
 */
tim_status tim_create_file_message(tim_client client,
                                   const char *to,
                                   const char *conversation_type,
                                   const char *file,
                                   const char *name,
                                   const char *options_json,
                                   tim_progress_callback on_progress,
                                   void *progress_user_data,
                                   tim_destroy_callback progress_destroy,
                                   char **message_json);

/**
 * Makes a file message of a file's bytes, as `tim_create_file_message` does of a file; it needs a name.
 *
 * `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `bytes` are
 * copied before this returns. `options_json` is `create options`, or NULL for none. While the file is uploaded
 * `on_progress` (may be NULL) is told 0 to 100 on a thread that it may block; `progress_destroy` is called when it is
 * needed no more, with an error before this returns. Result: `message` in `message_json`; give it back with
 * `tim_string_free`.
 *
 * Errors: as of `tim_create_file_message`; 130168 or 6022 if they cannot be written.
 */
tim_status tim_create_file_message_from_bytes(tim_client client,
                                              const char *to,
                                              const char *conversation_type,
                                              const uint8_t *bytes,
                                              size_t length,
                                              const char *name,
                                              const char *options_json,
                                              tim_progress_callback on_progress,
                                              void *progress_user_data,
                                              tim_destroy_callback progress_destroy,
                                              char **message_json);

/**
 * Inserts a message that was created here into its conversation on this device, as if `sender` had written it now: a
 * hint of the app, or a message from elsewhere. Nobody else gets it, nor do this user's other devices. It is listed by
 * its time, with the status `localImported`, may be the last message of its conversation, and counts as read. Searches
 * do not find it; `tim_find_messages` does. `tim_delete_message`, `tim_clear_history_message` and
 * `tim_delete_conversation` remove it. Answers it as it is listed.
 *
 * `message_json` is `message`. Result: `message`.
 *
 * Errors: the gate's; 2105 for a message that was not created here, was sent, is inserted already, or has a file that
 * is not on a server; 20001, with the reason, for a sender who is none of the two of a C2C conversation, or if 1,000
 * are inserted; 20002 for a sender that is no user ID. `Storage`.
 */
tim_status tim_insert_message_to_local_storage(tim_client client,
                                               const char *message_json,
                                               const char *sender,
                                               tim_done_callback done,
                                               void *user_data);

/**
 * Keeps a text beside a message on this device: its `localCustomData`. An empty one removes it. It goes with the
 * message, and stays when that changes.
 *
 * Result: `null`.
 *
 * Errors: the gate's; 2105 for an ID that is none, 130150 for a message that is neither stored on this device nor in
 * the outbox, 20001 over 12 KB. `Storage`.
 */
tim_status tim_set_local_custom_data(tim_client client,
                                     const char *message_id,
                                     const char *data,
                                     tim_done_callback done,
                                     void *user_data);

/**
 * Keeps a number beside a message on this device: its `localCustomInt`. 0 removes it.
 *
 * Result: `null`.
 *
 * Errors: as `tim_set_local_custom_data`.
 */
tim_status tim_set_local_custom_int(tim_client client,
                                    const char *message_id,
                                    int64_t number,
                                    tim_done_callback done,
                                    void *user_data);

/**
 * A page of up to `count` (1 to 100) members of a group that this user is in, those of one role or all. `next` is what
 * the page before gave, and absent for the first. Who is a member the whole time is listed once, whoever comes or goes
 * meanwhile.
 *
 * `role_json` is `role`, or NULL for none. `next` may be NULL. Result: `group member list`.
 *
 * Errors: the gate's; 2602 for an id that is none, 2002 for `next` that is none, 20001 for a count that does not fit,
 * 10007 for who is not in it, 10010 for no such group; 2800 or 2801.
 */
tim_status tim_get_group_member_list(tim_client client,
                                     const char *group_id,
                                     int32_t count,
                                     const char *role_json,
                                     const char *next,
                                     tim_done_callback done,
                                     void *user_data);

/**
 * Adds 1 to 100 users to a group, and tells what became of each. If its invite option is `NeedPermission`, those whom
 * an ordinary member names wait for the owner or an admin.
 *
 * `user_id_list_json` is an array of texts. Result: `added members`.
 *
 * Errors: the gate's; 2602 for an id that is none, 2002 for a user's, 20001 for none or more than 100 users, 10007 for
 * who is not in it or if nobody may be added, 10010 for no such group; 2800 or 2801.
 */
tim_status tim_add_group_member(tim_client client,
                                const char *group_id,
                                const char *user_id_list_json,
                                tim_done_callback done,
                                void *user_data);

/**
 * Removes 1 to 100 members of lower roles from a group, and says why, in up to 256 bytes. For `duration` seconds they
 * may not come back. Who is no member is passed over.
 *
 * `user_id_list_json` is an array of texts. Result: `null`.
 *
 * Errors: the gate's; 2602 for an id that is none, 2002 for a user's, 20001 for none or more than 100 users, 10004 for
 * a reason that is too long, 10007 for who may not, 10010 for no such group; 2800 or 2801.
 */
tim_status tim_delete_group_member(tim_client client,
                                   const char *group_id,
                                   const char *user_id_list_json,
                                   const char *reason,
                                   int32_t duration,
                                   tim_done_callback done,
                                   void *user_data);

/**
 * Makes a member an admin, or an admin an ordinary member again. Only the owner may. A group has at most 100 admins.
 *
 * `role_json` is `role`. Result: `group member`.
 *
 * Errors: the gate's; 2602 for an id that is none, 2002 for a user's, 2623 for who is no member, 2682 in a group of a
 * type without admins, 2683 for another role, 2684 for the own role, 10004 for a 101st admin, 10007 for who may not,
 * 10010 for no such group, 10019 for no such user; 2800 or 2801.
 */
tim_status tim_set_group_member_role(tim_client client,
                                     const char *group_id,
                                     const char *user_id,
                                     const char *role_json,
                                     tim_done_callback done,
                                     void *user_data);

/**
 * Makes another member the owner, and this user, who is the owner, an ordinary member. Gives the group.
 *
 * Result: `group`.
 *
 * Errors: the gate's; 2602 for an id that is none, 2002 for a user's, 2621 for this user, 2623 for who is no member,
 * 10007 for who is not the owner, 10010 for no such group, 10019 for no such user; 2800 or 2801; if the connection
 * broke before the answer, the group tells who owns it.
 */
tim_status tim_change_group_owner(tim_client client,
                                  const char *group_id,
                                  const char *new_owner_id,
                                  tim_done_callback done,
                                  void *user_data);

/**
 * Mutes a member of a lower role for so many seconds from now on, by the server's clock; 0 lets the member write
 * again. What a muted member sends is refused with 10017. Nobody is muted in a group of the type Work.
 *
 * Result: `group member`.
 *
 * Errors: the gate's; 2602 for an id that is none, 2002 for a user's, 2623 for who is no member, 2685 for this user,
 * 10007 for who may not, 10010 for no such group, 10019 for no such user, 20001 for a negative time; 2800 or 2801.
 */
tim_status tim_set_group_member_mute_time(tim_client client,
                                          const char *group_id,
                                          const char *user_id,
                                          int32_t mute_time,
                                          tim_done_callback done,
                                          void *user_data);

/**
 * Sets what a member is called in a group, in up to 50 bytes; empty: as elsewhere. No user is this user; the owner and
 * the admins name members of a lower role. Members hear of it by a tip.
 *
 * `user_id` may be NULL. Result: `group member`.
 *
 * Errors: the gate's; 2602 for an id that is none, 2002 for a user's, 2623 for who is no member, 10004 for a name that
 * is too long, 10007 for who may not, 10010 for no such group, 10019 for no such user; 2800 or 2801.
 */
tim_status tim_set_group_member_name_card(tim_client client,
                                          const char *group_id,
                                          const char *name_card,
                                          const char *user_id,
                                          tim_done_callback done,
                                          void *user_data);

/**
 * Sets fields that the app keeps with a member, beside which the others stay; an empty value removes a field. A member
 * has up to 5, of keys of 1 to 16 bytes and values of up to 512. No user is this user; the owner and the admins set
 * those of members of a lower role. Members hear of it by a tip.
 *
 * `member_custom_field_json` is an array of `custom field`. `user_id` may be NULL. Result: `group member`.
 *
 * Errors: the gate's; 2602 for an id that is none, 2002 for a user's, 2623 for who is no member, 10004 for none, too
 * many or a field that does not fit, 10007 for who may not, 10010 for no such group, 10019 for no such user; 2800 or
 * 2801.
 */
tim_status tim_set_group_member_custom_field(tim_client client,
                                             const char *group_id,
                                             const char *member_custom_field_json,
                                             const char *user_id,
                                             tim_done_callback done,
                                             void *user_data);

/**
 * Sends a message that was created here. It is on this device's stable storage before the first attempt, and attempts
 * go on across breaks and restarts. Answers it with its place, once it is on the server's stable storage. One that was
 * refused is sent again with `tim_resend_message`.
 *
 * `message_json` is `message`. `options_json` is `send options`, or NULL for none. Result: `message`.
 *
 * Errors: the gate's; 130161 if `tim_cancel_message` took it back, or if the login ended first: then the message
 * stays, and is sent after the next one; 2105 for a message that is not this user's or was sent already, 130164 while
 * 10,000 wait; by the server: 20003 for no such user, 20007 for a receiver who does not want it, 10007 or 10010 for a
 * group; for one with a file also 2105 if it was forgotten or taken back, 2252, 2253, 2301, 2351, 2400, 2401, 2402,
 * 2450, 7006, 130140 to 130145, 130147 or 130148, or what an upload plugin answered; 2002, 2106, 8001, 20001 or 130110
 * for a message that was changed into one that cannot be sent; 6005, 6022 or 130168 if it could not be kept; for one
 * with a file: 2800 or 2801 once it was tried four times.
 */
tim_status tim_send_message(tim_client client,
                            const char *message_json,
                            const char *options_json,
                            tim_done_callback done,
                            void *user_data);

/**
 * Sends a message that was refused again, under the same identity; of one that waits, its end is awaited. Its ID is
 * enough, also after a restart: `tim_get_message_list` shows what waits and what was refused.
 *
 * Result: `message`.
 *
 * Errors: those of `tim_send_message`; 2105 for an ID that is none, for a message that is not in the outbox, or whose
 * end is awaited already. A file that was refused for what it is (2252, 2253, 2301, 2351, 2402, 2450, 7006, 130145,
 * 130147, 130148) is refused again with the same number, at once.
 */
tim_status tim_resend_message(tim_client client,
                              const char *message_id,
                              tim_done_callback done,
                              void *user_data);

/**
 * Cancels a message that was not sent yet, for good: one that waits, or was refused; an upload for it ends. The call
 * that sends it ends with 130161. A picture cannot be sent again then: create it anew. If an attempt broke off, the
 * server may have the message nevertheless: then it comes with the next sync. Its ID is enough, also after a restart.
 *
 * Result: `null`.
 *
 * Errors: the gate's; 2105 for an ID that is none, 130170 while it is on its way (`tim_revoke_message` takes it back
 * once it has arrived), 130171 if it has arrived, was taken back already, or was never sent.
 */
tim_status tim_cancel_message(tim_client client,
                              const char *message_id,
                              tim_done_callback done,
                              void *user_data);

/**
 * Takes a message back that has arrived: an own one within two minutes (unless the server is set otherwise), in a
 * group also another's if this user is its owner or an admin. Its content leaves every device; everybody sees the
 * `reason`, of at most 256 bytes. Answers the message as it is now.
 *
 * `message_json` is `message`. `reason` may be NULL. Result: `message`.
 *
 * Errors: the gate's; 2105 for a message that was not sent, 10030 if it does not exist, 10007 or 10032 if it may not
 * be taken back, 10031 or 20016 if it is too late, 20001 for too long a reason; 2800 or 2801.
 */
tim_status tim_revoke_message(tim_client client,
                              const char *message_json,
                              const char *reason,
                              tim_done_callback done,
                              void *user_data);

/**
 * Modifies a message of this user on every device: pass it as it was listed or received, with another content of the
 * same kind (a text, a custom message, a face or a location), with other `elements` appended, with other
 * `cloudCustomData`, or several of these. Of all other kinds the content stays. Answers the message as it is now.
 *
 * `message_json` is `message`. Result: `message`.
 *
 * Errors: the gate's; 2480 if another device modified it first, and the event `onMessageModified` has it as it is now;
 * 2105 for a message that was not sent, 130150 if it does not exist or was taken back, 130151 for another user's or
 * for another kind of content; 8001, 80002, 20007, 10007, 10010, 130110, 130115 or 130117 for what could not be sent
 * either; 2800 or 2801.
 */
tim_status tim_modify_message(tim_client client,
                              const char *message_json,
                              tim_done_callback done,
                              void *user_data);

/**
 * Deletes 1 to 50 messages of one conversation for this user, on all devices: others keep them. Without a connection
 * they are deleted here at once, elsewhere later. The user's other devices emit `onMessageDeleted`. Pass messages as
 * they were listed or received. Those that wait to be sent or were refused leave the outbox, as `tim_cancel_message`
 * has it.
 *
 * `message_list_json` is an array of `message`. Result: `null`.
 *
 * Errors: the gate's; 20001 for none, too many, or messages of several conversations, 2116 for a system notice, 2500
 * for a conversation that is not known, 2105 for a message that was neither sent nor refused nor waits, 130170 while
 * one is on its way. Then nothing is deleted.
 */
tim_status tim_delete_message(tim_client client,
                              const char *message_list_json,
                              tim_done_callback done,
                              void *user_data);

/**
 * A page of a conversation's messages, oldest first: the newest, or those before the page that gave this
 * `next_req_message_id`, passed as it was. `count` is cut to 1 to 100. What this device lacks is asked of the server.
 *
 * Besides so many that have a place it shows the outbox: what waits (`unSend`) behind all others on the newest page,
 * what was refused (`fail`, with `errorCode`) by the time it was sent, on one page each. A message that gets its place
 * between two pages may be in both, under the same ID.
 *
 * `next_req_message_id` may be NULL. Result: `message list`.
 *
 * Errors: the gate's; 2503 for a conversation that is none, 20001 for a `next_req_message_id` that no page gave, 10007
 * for messages of a group that are not this user's to read; 2800 or 2801 if older messages cannot be asked for.
 */
tim_status tim_get_message_list(tim_client client,
                                const char *conversation_id,
                                const char *next_req_message_id,
                                int32_t count,
                                tim_done_callback done,
                                void *user_data);

/**
 * A page of a conversation's messages from any place on, in either direction: for a jump to a message that was found
 * or quoted, and on from there. What this device lacks is asked of the server; without it the page ends where the
 * stored messages end. It shows nothing of the outbox.
 *
 * `param_json` is `message list hopping param`. Result: `message list hopping`.
 *
 * Errors: the gate's; 2503 for a conversation that is none, 20001 for a direction that is none, a negative sequence,
 * or a sequence and a time, or neither; 10007 or 10010 for messages of a group that are not this user's to read; 2800
 * or 2801 if messages, or the place of a time, have to be asked for and cannot.
 */
tim_status tim_get_message_list_hopping(tim_client client,
                                        const char *param_json,
                                        tim_done_callback done,
                                        void *user_data);

/**
 * The messages with these IDs that are on this device, in this order: received, sent, waiting or refused. The others
 * are left out. Asks nobody.
 *
 * `message_id_list_json` is an array of texts. Result: an array of `message`.
 *
 * Errors: the gate's; 2105 for an ID that is none, 20001 for more than 100.
 */
tim_status tim_find_messages(tim_client client,
                             const char *message_id_list_json,
                             tim_done_callback done,
                             void *user_data);

/**
 * Saves the file of a message in one of its renditions, atomically. If the connection breaks, it goes on; if it, the
 * login or the app ends early, what came lies beside `target` (`.partial`) for a week, and the same call goes on with
 * it.
 *
 * `message_json` is `message`. `rendition` is 0 (original), 1 (thumbnail), 2 (large) or 3 (snapshot of a video). While
 * the file is fetched `on_progress` (may be NULL) is told 0 to 100 on a thread that it may block; `progress_destroy`
 * is called when it is needed no more, with an error before this returns. Result: `null`.
 *
 * Errors: the gate's; 2105 for a message that has no such file or is not sent yet; 130140, 130141 or 130143 if the
 * server has it no more or does not give it, 130143 for a file elsewhere that has no https address or is refused
 * there; 2800 or 2801; 130168 or 6022 if the file cannot be written; 130161 if `tim_cancel_download` ended it.
 */
tim_status tim_download_attachment(tim_client client,
                                   const char *message_json,
                                   uint32_t rendition,
                                   const char *target,
                                   tim_progress_callback on_progress,
                                   void *progress_user_data,
                                   tim_destroy_callback progress_destroy,
                                   tim_done_callback done,
                                   void *user_data);

/**
 * The path of the file of a message on this device, in one of its renditions, for image views and players. A file that
 * is here is answered at once, also offline: that of an own message, or one in the cache. Otherwise it is loaded into
 * the cache; calls for one file at the same time load it once. Do not change the file. The cache keeps the files used
 * last, up to the `cacheBytes` of the options; `localPath` is there as long as the original is. A file leaves with its
 * message.
 *
 * `message_json` is `message`. `rendition` is 0 (original), 1 (thumbnail), 2 (large) or 3 (snapshot of a video). While
 * the file is fetched `on_progress` (may be NULL) is told 0 to 100 on a thread that it may block; `progress_destroy`
 * is called when it is needed no more, with an error before this returns. Result: a text.
 *
 * Errors: those of `tim_download_attachment`; 130168 if there is no room with an empty cache either.
 */
tim_status tim_get_attachment_file(tim_client client,
                                   const char *message_json,
                                   uint32_t rendition,
                                   tim_progress_callback on_progress,
                                   void *progress_user_data,
                                   tim_destroy_callback progress_destroy,
                                   tim_done_callback done,
                                   void *user_data);

/**
 * The full address of the file of a message, in one of its renditions, as an image view or a player takes it: a plain
 * `GET` gives the bytes, as often as wanted, for five to ten minutes; then it is refused with 403 and 130141. Call
 * this again for a fresh one, whenever a view needs an address: it is signed on this device, and asks the server now
 * and then only. The address is another one after some minutes: let caches remember the message's ID and the
 * rendition.
 *
 * `message_json` is `message`. `rendition` is 0 (original), 1 (thumbnail), 2 (large) or 3 (snapshot of a video).
 * Result: a text.
 *
 * Errors: the gate's; 2105 for a message that has no such file or is not sent yet (its `localPath` shows it), 130143
 * for an address that is neither on the server nor `https`; 2800 or 2801.
 */
tim_status tim_get_attachment_url(tim_client client,
                                  const char *message_json,
                                  uint32_t rendition,
                                  tim_done_callback done,
                                  void *user_data);

/**
 * The messages of a merger. Each can be passed on, its files downloaded and addressed, and its own messages asked for
 * if it is a merger, as of a message that was received; what needs a place in a conversation it has not, and its
 * `sequence` is 0. Of a merger that has its messages in its body nothing is downloaded.
 *
 * `message_json` is `message`. Result: an array of `message`.
 *
 * Errors: the gate's; 2450 for a message that is no merger, 2451 for one whose messages the server does not have (any
 * more), or that was not sent yet, 2452 if they cannot be read; 2800 or 2801; 130168 or 6022.
 */
tim_status tim_download_merger_message(tim_client client,
                                       const char *message_json,
                                       tim_done_callback done,
                                       void *user_data);

/**
 * Ends every download into this file, named exactly as for `tim_download_attachment`, which fails with 130161; nothing
 * is left of it, and a file that was there before stays. Returns when they have ended.
 *
 * Result: `null`.
 *
 * Errors: the gate's; 130171 if no download into this file is under way.
 */
tim_status tim_cancel_download(tim_client client,
                               const char *target,
                               tim_done_callback done,
                               void *user_data);

/**
 * All conversations, or those that a filter wants: the pinned ones first, and of these and of the others the most
 * recently active first.
 *
 * `filter_json` is `conversation filter`, or NULL for none. Result: an array of `conversation`.
 *
 * Errors: the gate's; 2503 for a conversation that is none.
 */
tim_status tim_get_conversation_list(tim_client client,
                                     const char *filter_json,
                                     tim_done_callback done,
                                     void *user_data);

/**
 * One conversation of the list.
 *
 * Result: `conversation`.
 *
 * Errors: the gate's; 2503 for a conversation that is none, 2500 for one that the list does not have.
 */
tim_status tim_get_conversation_profile(tim_client client,
                                        const char *conversation_id,
                                        tim_done_callback done,
                                        void *user_data);

/**
 * Marks everything in a conversation as read: here at once, elsewhere as soon as it can be told. Sending a message
 * does not mark anything as read.
 *
 * Result: `null`.
 *
 * Errors: the gate's; 2503 for a conversation that is none.
 */
tim_status tim_set_message_read(tim_client client,
                                const char *conversation_id,
                                tim_done_callback done,
                                void *user_data);

/**
 * Marks a message and everything before it as read, as `tim_set_message_read` marks everything. Asks the server, which
 * alone can tell how many unread messages are left.
 *
 * `message_json` is `message`. Result: `null`.
 *
 * Errors: the gate's; 2105 for a message that was not sent, 10010 or 10007 for a group. `Unreachable`.
 */
tim_status tim_set_message_read_up_to(tim_client client,
                                      const char *message_json,
                                      tim_done_callback done,
                                      void *user_data);

/**
 * Marks everything as read in all conversations of a type, as `tim_set_message_read` does in one.
 *
 * `scope` is `readAllC2CMessage`, `readAllGroupMessage` or `readAllMessage`. Result: `null`.
 *
 * Errors: the gate's.
 */
tim_status tim_set_all_message_read(tim_client client,
                                    const char *scope,
                                    tim_done_callback done,
                                    void *user_data);

/**
 * How many messages are unread in the conversations that a filter wants, of those that `getTotalUnreadMessageCount`
 * counts.
 *
 * `filter_json` is `conversation filter`. Result: a number.
 *
 * Errors: the gate's; 2503 for a conversation that is none.
 */
tim_status tim_get_unread_message_count_by_filter(tim_client client,
                                                  const char *filter_json,
                                                  tim_done_callback done,
                                                  void *user_data);

/**
 * Tells with `onUnreadMessageCountChangedByFilter` whenever what `tim_get_unread_message_count_by_filter` counts
 * changes, at most once a second, until `tim_unsubscribe_unread_message_count_by_filter` or the end of the login;
 * returns the number as it is now. A filter that is subscribed to already stays so.
 *
 * `filter_json` is `conversation filter`. Result: a number.
 *
 * Errors: the gate's; 2503 for a conversation that is none, 130159 for more than 50 filters.
 */
tim_status tim_subscribe_unread_message_count_by_filter(tim_client client,
                                                        const char *filter_json,
                                                        tim_done_callback done,
                                                        void *user_data);

/**
 * Ends a subscription, if there is one with this filter.
 *
 * `filter_json` is `conversation filter`. Result: `null`.
 *
 * Errors: the gate's; 2503 for a conversation that is none.
 */
tim_status tim_unsubscribe_unread_message_count_by_filter(tim_client client,
                                                          const char *filter_json,
                                                          tim_done_callback done,
                                                          void *user_data);

/**
 * Puts a conversation at the top of the list, or takes it from there, on all devices of the user. Like the other
 * settings of a conversation this takes effect here at once, and elsewhere as soon as the server can be told, also
 * after a restart.
 *
 * Result: `null`.
 *
 * Errors: the gate's; 2503 for a conversation that is none, 2500 for one that is not known here.
 */
tim_status tim_pin_conversation(tim_client client,
                                const char *conversation_id,
                                bool is_pinned,
                                tim_done_callback done,
                                void *user_data);

/**
 * Sets which messages of conversations this user wants to be told of. Those that are not known here are in the list of
 * failures, with 2500.
 *
 * `conversation_id_list_json` is an array of texts. `message_remind_type` is `AcceptAndNotify`, `AcceptNotNotify`,
 * `Discard`, `AcceptNotNotifyExceptAt` or `NotReceiveMsgExceptAt`. Result: `conversation results`.
 *
 * Errors: the gate's; 2503 for a conversation that is none, 50002 for no conversation, 51006 for more than 100, 130116
 * for a type that this version does not know.
 */
tim_status tim_set_message_remind_type(tim_client client,
                                       const char *conversation_id_list_json,
                                       const char *message_remind_type,
                                       tim_done_callback done,
                                       void *user_data);

/**
 * Sets a mark of conversations, or removes it: 1 STAR, 2 UNREAD, 4 FOLD, 8 HIDE, or a power of two from 2^32 on with a
 * meaning of the app's own; the highest bit is the sign. Those that are not known here are in the list of failures,
 * with 2500.
 *
 * `conversation_id_list_json` is an array of texts. Result: `conversation results`.
 *
 * Errors: the gate's; 2503 for a conversation that is none, 50002 for no conversation or another mark, 51006 for more
 * than 100.
 */
tim_status tim_mark_conversation(tim_client client,
                                 const char *conversation_id_list_json,
                                 int64_t mark_type,
                                 bool enable_mark,
                                 tim_done_callback done,
                                 void *user_data);

/**
 * Sets the app's own data of conversations, at most 256 bytes; an empty text removes it. Those that are not known here
 * are in the list of failures, with 2500.
 *
 * `conversation_id_list_json` is an array of texts. Result: `conversation results`.
 *
 * Errors: the gate's; 2503 for a conversation that is none, 50002 for no conversation or longer data, 51006 for more
 * than 100.
 */
tim_status tim_set_conversation_custom_data(tim_client client,
                                            const char *conversation_id_list_json,
                                            const char *custom_data,
                                            tim_done_callback done,
                                            void *user_data);

/**
 * Removes what was said in a conversation, for this user on all devices. The conversation stays in the list, with
 * nothing unread; the other side keeps its messages. Takes effect here at once, and elsewhere as soon as the server
 * can be told.
 *
 * Result: `null`.
 *
 * Errors: the gate's; 2503 for a conversation that is none, 2500 for one that is not known here.
 */
tim_status tim_clear_history_message(tim_client client,
                                     const char *conversation_id,
                                     tim_done_callback done,
                                     void *user_data);

/**
 * Removes conversations from the list, on all devices of the user, until somebody writes there again; with
 * `clear_history_message` also what was said in them. The user stays a member of a group. Those that are not known
 * here are in the list of failures, with 2500.
 *
 * `conversation_id_list_json` is an array of texts. Result: `conversation results`.
 *
 * Errors: the gate's; 2503 for a conversation that is none, 50002 for no conversation, 51006 for more than 100.
 */
tim_status tim_delete_conversation(tim_client client,
                                   const char *conversation_id_list_json,
                                   bool clear_history_message,
                                   tim_done_callback done,
                                   void *user_data);

/**
 * Keeps what the user has begun to write in a conversation, at most 12 KiB; an empty text removes it. It stays on this
 * device, over restarts, and does not change the order of the list.
 *
 * Result: `null`.
 *
 * Errors: the gate's; 2503 for a conversation that is none, 2500 for a text in one that is not known here, 50002 for a
 * longer text.
 */
tim_status tim_set_conversation_draft(tim_client client,
                                      const char *conversation_id,
                                      const char *draft_text,
                                      tim_done_callback done,
                                      void *user_data);

/**
 * The friends, as this device knows them, also without a connection.
 *
 * Result: an array of `friend`.
 *
 * Errors: the gate's.
 */
tim_status tim_get_friend_list(tim_client client, tim_done_callback done, void *user_data);

/**
 * Those of these users who are friends, as this device knows them, also without a connection.
 *
 * `user_id_list_json` is an array of texts. Result: an array of `friend`.
 *
 * Errors: the gate's; 2002 for an id that is none.
 */
tim_status tim_get_friend_profile(tim_client client,
                                  const char *user_id_list_json,
                                  tim_done_callback done,
                                  void *user_data);

/**
 * Adds a friend, or applies to become one: the result's code is 30539 then. Who has applied to this user is a friend
 * at once.
 *
 * `friend_json` is `new friend`. Result: `friend result`.
 *
 * Errors: the gate's; 2002 for an id that is none, 30001 for a value that is too long or not allowed, 30003 for a user
 * who does not exist, 30015 for a friend, 30516 if the user lets nobody, 30515 or 30525 for a blacklist, 30010, 30012
 * or 30014 if a list is full, 2711 for a friend group that there is not, 130116 for `other`; 2800 or 2801.
 */
tim_status tim_add_friend(tim_client client,
                          const char *friend_json,
                          tim_done_callback done,
                          void *user_data);

/**
 * Deletes 1 to 100 friends; the result says what became of each, 31704 if there was no friend.
 *
 * `user_id_list_json` is an array of texts. `delete_type_json` is `delete type`. Result: an array of `friend result`.
 *
 * Errors: the gate's; 2002 for an id that is none, 20001 for none or more than 100, 130116 for `other`; 2800 or 2801.
 */
tim_status tim_delete_friend(tim_client client,
                             const char *user_id_list_json,
                             const char *delete_type_json,
                             tim_done_callback done,
                             void *user_data);

/**
 * Asks the server who has whom as a friend, for 1 to 100 users.
 *
 * `user_id_list_json` is an array of texts. `check_type_json` is `check type`. Result: an array of `checked friend`.
 *
 * Errors: the gate's; 2002 for an id that is none, 20001 for none or more than 100, 130116 for `other`; 2800 or 2801.
 */
tim_status tim_check_friend(tim_client client,
                            const char *user_id_list_json,
                            const char *check_type_json,
                            tim_done_callback done,
                            void *user_data);

/**
 * Changes what this user calls a friend, up to 96 bytes, and up to 5 fields of the app's, beside which the others
 * stay: a key is Tag_SNS_Custom_ and 1 to 8 letters, an empty value removes a field.
 *
 * `remark` may be NULL. `friend_custom_field_json` is an array of `custom field`. Result: `friend`.
 *
 * Errors: the gate's; 2002 for an id that is none, 31704 if there is no such friend, 30001 for a value that is too
 * long or not allowed, 2722 for nothing to change; 2800 or 2801.
 */
tim_status tim_update_friend(tim_client client,
                             const char *user_id,
                             const char *remark,
                             const char *friend_custom_field_json,
                             tim_done_callback done,
                             void *user_data);

/**
 * The applications that wait, received and sent, as this device knows them, also without a connection.
 *
 * Result: `friend applications`.
 *
 * Errors: the gate's.
 */
tim_status tim_get_friend_application_list(tim_client client, tim_done_callback done, void *user_data);

/**
 * Accepts an application, with what this user calls the friend. One that was accepted on another device is done.
 *
 * `action_json` is `response action`. Result: `null`.
 *
 * Errors: the gate's; 2002 for an id that is none, 30614 if there is no such application, 30010 or 30014 if a list is
 * full, 30001 for a remark over 96 bytes, 130116 for `other`; 2800 or 2801.
 */
tim_status tim_accept_friend_application(tim_client client,
                                         const char *user_id,
                                         const char *action_json,
                                         const char *remark,
                                         tim_done_callback done,
                                         void *user_data);

/**
 * Refuses an application. It is gone from both lists.
 *
 * Result: `null`.
 *
 * Errors: the gate's; 2002 for an id that is none, 30614 if there is no such application; 2800 or 2801.
 */
tim_status tim_refuse_friend_application(tim_client client,
                                         const char *user_id,
                                         tim_done_callback done,
                                         void *user_data);

/**
 * Deletes an application from this user's list alone.
 *
 * `application_type_json` is `application type`. Result: `null`.
 *
 * Errors: the gate's; 2002 for an id that is none, 30614 if there is no such application, 130116 for `other`; 2800 or
 * 2801.
 */
tim_status tim_delete_friend_application(tim_client client,
                                         const char *user_id,
                                         const char *application_type_json,
                                         tim_done_callback done,
                                         void *user_data);

/**
 * Reads all received applications, on all devices.
 *
 * Result: `null`.
 *
 * Errors: the gate's; 2800 or 2801.
 */
tim_status tim_set_friend_application_read(tim_client client, tim_done_callback done, void *user_data);

/**
 * The friend groups, as this device knows them, also without a connection.
 *
 * Result: an array of `friend group`.
 *
 * Errors: the gate's.
 */
tim_status tim_get_friend_group_list(tim_client client, tim_done_callback done, void *user_data);

/**
 * Creates a friend group of up to 100 friends; the result says what became of each, 31704 if there is no such friend.
 *
 * `user_id_list_json` is an array of texts. Result: an array of `friend result`.
 *
 * Errors: the gate's; 2002 for an id that is none, 2710 for a name that there is, 30001 for a name of 0 or more than
 * 30 bytes, 30011 if there are 32 groups, 20001 for more than 100 users; 2800 or 2801.
 */
tim_status tim_create_friend_group(tim_client client,
                                   const char *name,
                                   const char *user_id_list_json,
                                   tim_done_callback done,
                                   void *user_data);

/**
 * Deletes a friend group. The friends stay.
 *
 * Result: `null`.
 *
 * Errors: the gate's; 2711 for a name that there is not; 2800 or 2801.
 */
tim_status tim_delete_friend_group(tim_client client,
                                   const char *name,
                                   tim_done_callback done,
                                   void *user_data);

/**
 * Renames a friend group.
 *
 * Result: `null`.
 *
 * Errors: the gate's; 2711 for a name that there is not, 2710 for one that there is, 30001 for one of 0 or more than
 * 30 bytes; 2800 or 2801.
 */
tim_status tim_rename_friend_group(tim_client client,
                                   const char *old_name,
                                   const char *new_name,
                                   tim_done_callback done,
                                   void *user_data);

/**
 * Puts 1 to 100 friends into a friend group; the result says what became of each, 31704 if there is no such friend.
 *
 * `user_id_list_json` is an array of texts. Result: an array of `friend result`.
 *
 * Errors: the gate's; 2002 for an id that is none, 2711 for a name that there is not, 20001 for none or more than 100
 * users; 2800 or 2801.
 */
tim_status tim_add_to_friend_group(tim_client client,
                                   const char *name,
                                   const char *user_id_list_json,
                                   tim_done_callback done,
                                   void *user_data);

/**
 * Takes 1 to 100 friends out of a friend group; the result says what became of each, 31704 if there is no such friend.
 *
 * `user_id_list_json` is an array of texts. Result: an array of `friend result`.
 *
 * Errors: the gate's; 2002 for an id that is none, 2711 for a name that there is not, 20001 for none or more than 100
 * users; 2800 or 2801.
 */
tim_status tim_remove_from_friend_group(tim_client client,
                                        const char *name,
                                        const char *user_id_list_json,
                                        tim_done_callback done,
                                        void *user_data);

/**
 * The attributes of a group, of these keys or all if there are none, and their version: 1 at first, one more with each
 * change.
 *
 * `key_list_json` is an array of texts. Result: `group attributes`.
 *
 * Errors: the gate's; 2602 for an id that is none, 10007 for who is not in it, 10010 for no such group; 2800 or 2801.
 */
tim_status tim_get_group_attributes(tim_client client,
                                    const char *group_id,
                                    const char *key_list_json,
                                    tim_done_callback done,
                                    void *user_data);

/**
 * Gives a group these attributes and no others. Tells what changed, of a removed one the empty value, and the version.
 * If `version` is not 0, it is refused if any attribute changed since.
 *
 * `group_attributes_json` is an array of `custom field`. Result: `group attributes`.
 *
 * Errors: the gate's; 2602 for an id that is none, 10004 for more than fits, 10007 for who may not, 10010 for no such
 * group, 10017 for who is muted, 10049 for changes that are too fast, 10056 if one changed since `version`; 2800 or
 * 2801.
 */
tim_status tim_init_group_attributes(tim_client client,
                                     const char *group_id,
                                     const char *group_attributes_json,
                                     int64_t version,
                                     tim_done_callback done,
                                     void *user_data);

/**
 * Sets attributes of a group, beside which the others stay; an empty value removes one. Tells what changed, and the
 * version. Other members who are connected hear of it by an event. A group has up to 16, with keys of 1 to 32 bytes,
 * values of up to 4,096, and 16 KiB in all, which change at most 5 times a second. If `version` is not 0 but what an
 * answer or an event told, it is refused if one of these attributes changed since.
 *
 * `group_attributes_json` is an array of `custom field`. Result: `group attributes`.
 *
 * Errors: the gate's; 2602 for an id that is none, 10004 for none, or more than fits, 10007 for who may not, 10010 for
 * no such group, 10017 for who is muted, 10049 for changes that are too fast, 10056 if one changed since `version`;
 * 2800 or 2801.
 */
tim_status tim_set_group_attributes(tim_client client,
                                    const char *group_id,
                                    const char *group_attributes_json,
                                    int64_t version,
                                    tim_done_callback done,
                                    void *user_data);

/**
 * Removes attributes of a group, those of these keys, or all if there are none. Tells what was removed, with empty
 * values, and the version. If `version` is not 0, it is refused if one of them changed since.
 *
 * `key_list_json` is an array of texts. Result: `group attributes`.
 *
 * Errors: the gate's; 2602 for an id that is none, 10004 for more than fits, 10007 for who may not, 10010 for no such
 * group, 10017 for who is muted, 10049 for changes that are too fast, 10056 if one changed since `version`; 2800 or
 * 2801.
 */
tim_status tim_delete_group_attributes(tim_client client,
                                       const char *group_id,
                                       const char *key_list_json,
                                       int64_t version,
                                       tim_done_callback done,
                                       void *user_data);

/**
 * The groups this user is in that have one of 1 to 5 keywords, or all of them, in their names or ids, in the order of
 * the group list; also offline. A word is found by its beginning.
 *
 * `keyword_list_json` is an array of texts. `keyword_list_match_type_json` is `keyword match`, or NULL for none.
 * Result: an array of `group`.
 *
 * Errors: the gate's; 20001 for no keyword or more than 5, one without a letter or digit, or over 256 bytes.
 */
tim_status tim_search_groups(tim_client client,
                             const char *keyword_list_json,
                             const char *keyword_list_match_type_json,
                             tim_done_callback done,
                             void *user_data);

/**
 * The members of groups in whose user ids, nicks, name cards or remarks keywords stand, up to 100 of each group. The
 * server looks at up to 100,000 members in all; where it did not look at all of a group, the result says so. Groups in
 * which nobody was found are left out, unless that is so of them.
 *
 * `param_json` is `group member search param`. Result: an array of `group member search result item`.
 *
 * Errors: the gate's; 20001 for no keyword or more than 5, one without a letter or digit, or over 256 bytes, and if no
 * field is to be looked at, 2602 for an id that is none; of a group that is named 10010 for no such group, 10007 for
 * one that this user is not in; 2800 or 2801.
 */
tim_status tim_search_group_members(tim_client client,
                                    const char *param_json,
                                    tim_done_callback done,
                                    void *user_data);

/**
 * The group of an id, also if this user is not in it, unless it is of the type Work.
 *
 * Result: `group`.
 *
 * Errors: the gate's; 2602 for an id that is none, 10010 for no such group, 10007 for a group of the type Work that
 * this user is not in; 2800 or 2801.
 */
tim_status tim_search_group_by_id(tim_client client,
                                  const char *group_id,
                                  tim_done_callback done,
                                  void *user_data);

/**
 * The groups this user is in.
 *
 * Result: an array of `group`.
 *
 * Errors: the gate's.
 */
tim_status tim_get_group_list(tim_client client, tim_done_callback done, void *user_data);

/**
 * A group's profile, also of one this user is not in.
 *
 * Result: `group`.
 *
 * Errors: the gate's; 2602 for an id that is none, 10010 for no such group; 2800 or 2801.
 */
tim_status tim_get_group_profile(tim_client client,
                                 const char *group_id,
                                 tim_done_callback done,
                                 void *user_data);

/**
 * Those of 1 to 100 users who are members of a group, with their roles. This user has to be a member.
 *
 * `user_id_list_json` is an array of texts. Result: an array of `group member`.
 *
 * Errors: the gate's; 2602 for an id that is none, 2002 for a user's, 20001 for none or more than 100 users, 10007 for
 * who is not in it, 10010 for no such group; 2800 or 2801.
 */
tim_status tim_get_group_member_profile(tim_client client,
                                        const char *group_id,
                                        const char *user_id_list_json,
                                        tim_done_callback done,
                                        void *user_data);

/**
 * How many members of a group that this user is in are connected, as of a moment in the last minute. Who has several
 * devices counts once.
 *
 * Result: a number.
 *
 * Errors: the gate's; 2602 for an id that is none, 10007 for who is not in it, 10010 for no such group; 2800 or 2801.
 */
tim_status tim_get_group_online_member_count(tim_client client,
                                             const char *group_id,
                                             tim_done_callback done,
                                             void *user_data);

/**
 * Makes a group with this user as its owner.
 *
 * `group_json` is `new group`. Result: `group`.
 *
 * Errors: the gate's; 10004 or 10005 for values that do not fit, 2602, 10015, 10021 or 10025 for the id, 2002 for a
 * member's id that is none, 10019 for a member who does not exist; 2800 or 2801; if the connection broke before the
 * answer, the group list shows whether it was made.
 */
tim_status tim_create_group(tim_client client,
                            const char *group_json,
                            tim_done_callback done,
                            void *user_data);

/**
 * Changes a group's profile, and gives the group. Who may, and what can change, depends on the group's type; muting
 * all members takes the right to mute. Members hear of it by a tip in the group, and by the group list's event.
 *
 * `changes_json` is `group changes`. Result: `group`.
 *
 * Errors: the gate's; 2602 for an id that is none, 10004 for values that do not fit or are not of the group's type,
 * 10007 for who may not, 10010 for no such group; 2800 or 2801.
 */
tim_status tim_update_group_profile(tim_client client,
                                    const char *group_id,
                                    const char *changes_json,
                                    tim_done_callback done,
                                    void *user_data);

/**
 * Joins a group, or applies to, with a text for the owner and admins, who decide.
 *
 * Result: `join result`.
 *
 * Errors: the gate's; 2602 for an id that is none, 10004 for a text that is too long, 10007, 10010 or 10014 if it may
 * not be joined, does not exist, or is full; 2800 or 2801.
 */
tim_status tim_join_group(tim_client client,
                          const char *group_id,
                          const char *apply_message,
                          tim_done_callback done,
                          void *user_data);

/**
 * Leaves a group.
 *
 * Result: `null`.
 *
 * Errors: the gate's; 2602 for an id that is none, 10007 for who is not in it, 10009 for its owner, 10010 for no such
 * group; 2800 or 2801.
 */
tim_status tim_quit_group(tim_client client,
                          const char *group_id,
                          tim_done_callback done,
                          void *user_data);

/**
 * Ends a group for all its members.
 *
 * Result: `null`.
 *
 * Errors: the gate's; 2602 for an id that is none, 10007 for who may not, 10010 for no such group; 2800 or 2801.
 */
tim_status tim_dismiss_group(tim_client client,
                             const char *group_id,
                             tim_done_callback done,
                             void *user_data);

/**
 * Pins a message in its group, for all members, or removes the pin: the group's owner and its admins may. A group has
 * at most 10 pinned messages. Answers the message that was passed, with the pin that it has then.
 *
 * `message_json` is `message`. Result: `message`.
 *
 * Errors: the gate's; 2602 for an id that is none, 2105 for a message that was not sent or is not of the group, 130150
 * if it does not exist or was taken back, 20001 for a message of the server, 10070 for an eleventh one, 10071 if
 * another user has pinned it, 10007 for who may not, 10010 for no such group; 2800 or 2801.
 */
tim_status tim_pin_group_message(tim_client client,
                                 const char *group_id,
                                 const char *message_json,
                                 bool is_pinned,
                                 tim_done_callback done,
                                 void *user_data);

/**
 * The pinned messages of a group that this user can see, the last one that was pinned first. What this device lacks is
 * asked of the server.
 *
 * Result: an array of `message`.
 *
 * Errors: the gate's; 2602 for an id that is none, 10007 for who is not in it, 10010 for no such group; 2800 or 2801.
 */
tim_status tim_get_pinned_group_message_list(tim_client client,
                                             const char *group_id,
                                             tim_done_callback done,
                                             void *user_data);

/**
 * Accepts or refuses a user's application to join, with a text for the user.
 *
 * Result: `null`.
 *
 * Errors: the gate's; 2002 or 2602 for ids that are none, 10004 for a text that is too long, 10007 for who may not
 * decide, 10010 for no such group, 10014 if it is full, 10019 for no such user, 10024 if it was decided already; 2800
 * or 2801.
 */
tim_status tim_handle_group_application(tim_client client,
                                        const char *group_id,
                                        const char *user_id,
                                        bool accept,
                                        const char *handle_message,
                                        tim_done_callback done,
                                        void *user_data);

/**
 * Gives a message a reaction, such as an emoji, that everybody sees: `reaction_id` has 1 to 64 bytes, and its meaning
 * is the application's. A message has at most 10 different reactions, each of at most 100 users. Answers the message
 * that was passed, with the reactions that it has then; one that has the reaction of this user already stays as it is.
 *
 * `message_json` is `message`. Result: `message`.
 *
 * Errors: the gate's; 2105 for a message that was not sent, 130150 if it does not exist or was taken back, 20001 for
 * an id that is none or a message of the server, 23005 or 23006 for too many reactions or users, 20007, 10007 or 10010
 * where nothing could be sent either; 2800 or 2801.
 */
tim_status tim_add_message_reaction(tim_client client,
                                    const char *message_json,
                                    const char *reaction_id,
                                    tim_done_callback done,
                                    void *user_data);

/**
 * Takes a reaction of this user back. Answers the message that was passed, with the reactions that it has then; one
 * that does not have it stays as it is.
 *
 * `message_json` is `message`. Result: `message`.
 *
 * Errors: those of `tim_add_message_reaction`.
 */
tim_status tim_remove_message_reaction(tim_client client,
                                       const char *message_json,
                                       const char *reaction_id,
                                       tim_done_callback done,
                                       void *user_data);

/**
 * The reactions of 1 to 20 messages of one conversation, as the server has them, each with the first users who gave
 * it: `max_user_count_per_reaction`, 0 to 10, or fewer if there would be too much. Messages that cannot be seen are
 * left out.
 *
 * `message_list_json` is an array of `message`. Result: an array of `message reactions`.
 *
 * Errors: the gate's; 2105 for a message that was not sent or is of another conversation, 20001 for no message or too
 * many, or a number out of its range, 10007 or 10010 for messages of a group that are not this user's to read; 2800 or
 * 2801.
 */
tim_status tim_get_message_reactions(tim_client client,
                                     const char *message_list_json,
                                     int32_t max_user_count_per_reaction,
                                     tim_done_callback done,
                                     void *user_data);

/**
 * A page of the users who gave a message a reaction: up to `count`, 1 to 100, after those of the page that gave this
 * `next_seq`, or the first ones with 0.
 *
 * `message_json` is `message`. Result: `reaction user list`.
 *
 * Errors: those of `tim_get_message_reactions`.
 */
tim_status tim_get_all_user_list_of_message_reaction(tim_client client,
                                                     const char *message_json,
                                                     const char *reaction_id,
                                                     int64_t next_seq,
                                                     int32_t count,
                                                     tim_done_callback done,
                                                     void *user_data);

/**
 * Confirms that this user read messages that ask for it (`needReadReceipt`), at most 30: their senders are told.
 * Reading a conversation does not do that, and this does not change what is unread. Messages that ask for nothing, own
 * ones and those that were taken back are left out. Answers those that are confirmed; who confirmed one already counts
 * once. A call that fails is not made later: repeat it.
 *
 * `message_list_json` is an array of `message`. Result: an array of `message`.
 *
 * Errors: the gate's; 2114 if none of them needs a receipt, 20001 for more than 30, 20007, 10007 or 10010 where
 * nothing could be sent either; 2800 or 2801.
 */
tim_status tim_send_message_read_receipt(tim_client client,
                                         const char *message_list_json,
                                         tim_done_callback done,
                                         void *user_data);

/**
 * How many read messages of this user that ask for it, at most 30, as the server has it: answers them with their
 * `readReceiptInfo`. Other messages are left out.
 *
 * `message_list_json` is an array of `message`. Result: an array of `message`.
 *
 * Errors: the gate's; 2114 if none of them is this user's and asks for it, 20001 for more than 30, 10007 or 10010 for
 * messages of a group that this user is not in; 2800 or 2801.
 */
tim_status tim_get_message_read_receipt_list(tim_client client,
                                             const char *message_list_json,
                                             tim_done_callback done,
                                             void *user_data);

/**
 * A page of the members of a group who read a message of this user, or did not: up to `count`, 1 to 100, after those
 * of the page that gave this `cursor`, or the first ones with an empty one. Who has left the group is only among those
 * who read it.
 *
 * `message_json` is `message`. `filter` is `read` or `unread`. Result: `group message read members`.
 *
 * Errors: the gate's; 2105 for a message that was not sent, 2114 for one that asks for nothing or was taken back,
 * 20001 for one that is not of a group or a count out of its range, 10007 for a message of another user, 2002 or 20003
 * for a cursor that is none, 10010; 2800 or 2801.
 */
tim_status tim_get_group_message_read_member_list(tim_client client,
                                                  const char *message_json,
                                                  const char *filter,
                                                  const char *cursor,
                                                  int32_t count,
                                                  tim_done_callback done,
                                                  void *user_data);

/**
 * This user's profile.
 *
 * Result: `profile`.
 *
 * Errors: the gate's; 2800 or 2801.
 */
tim_status tim_get_my_profile(tim_client client, tim_done_callback done, void *user_data);

/**
 * The profiles of 1 to 100 users; users who do not exist are left out. Without a connection those that this device
 * knows: of friends, and the last that were asked for or that changed. If it knows none, the call waits for the
 * connection.
 *
 * `user_id_list_json` is an array of texts. Result: an array of `profile`.
 *
 * Errors: the gate's; 20001 for none or more than 100, 2002 for an id that is none; 2800 or 2801.
 */
tim_status tim_get_user_profile(tim_client client,
                                const char *user_id_list_json,
                                tim_done_callback done,
                                void *user_data);

/**
 * Changes this user's profile; what is absent stays.
 *
 * `fields_json` is `profile fields`. Result: `profile`.
 *
 * Errors: the gate's; 2722 for nothing to change, 40601 for a value that is too long, 2721 for fields of the app's
 * that are too many or have another key, 130116 for `other`; 2800 or 2801.
 */
tim_status tim_update_my_profile(tim_client client,
                                 const char *fields_json,
                                 tim_done_callback done,
                                 void *user_data);

/**
 * Whom this user does not want to hear from.
 *
 * Result: an array of texts.
 *
 * Errors: the gate's.
 */
tim_status tim_get_blacklist(tim_client client, tim_done_callback done, void *user_data);

/**
 * Puts users on the blacklist.
 *
 * `user_id_list_json` is an array of texts. Result: `null`.
 *
 * Errors: the gate's; 2002 for an id that is none, 20001 for none or more than 100, 2742 for oneself, 20003 for a user
 * who does not exist, 30013 if it is full; 2800 or 2801.
 */
tim_status tim_add_to_blacklist(tim_client client,
                                const char *user_id_list_json,
                                tim_done_callback done,
                                void *user_data);

/**
 * Takes users off the blacklist.
 *
 * `user_id_list_json` is an array of texts. Result: `null`.
 *
 * Errors: the gate's; 2002 for an id that is none, 20001 for none or more than 100, 2742 for oneself, 20003 for a user
 * who does not exist; 2800 or 2801.
 */
tim_status tim_remove_from_blacklist(tim_client client,
                                     const char *user_id_list_json,
                                     tim_done_callback done,
                                     void *user_data);

/**
 * Sets how this user wants to be told of messages of all conversations, on all devices of the user, in the place of
 * what was set before: without notifications at night, for instance. `AcceptAndNotify` without a time ends it. What is
 * shown is the app's business.
 *
 * `opt_json` is `all receive message opt`. Result: `null`.
 *
 * Errors: the gate's; 20001 for a time that is missing, told twice or impossible, a duration of 0, an option that only
 * a conversation can have; 130116 for `other`; 2800 or 2801.
 */
tim_status tim_set_all_receive_message_opt(tim_client client,
                                           const char *opt_json,
                                           tim_done_callback done,
                                           void *user_data);

/**
 * How this user wants to be told of messages of all conversations, as this device knows it, also without a connection.
 *
 * Result: `all receive message opt`.
 *
 * Errors: the gate's.
 */
tim_status tim_get_all_receive_message_opt(tim_client client,
                                           tim_done_callback done,
                                           void *user_data);

/**
 * Searches the messages that this device has, also offline: texts, names of files, descriptions of places. What was
 * never fetched is not found, nor what waits to be sent, was refused or taken back. In one conversation the result is
 * its messages, newest first, page by page; in all it is the conversations, each with its newest message found and the
 * number of all.
 *
 * `param_json` is `message search param`. Result: `message search result`.
 *
 * Errors: the gate's; 20001 if there is no condition, for more than 5 keywords, 5 senders or 20 types, a keyword
 * without a letter or digit or over 256 bytes, a type that is none, or a `cursor` that no page gave; 2002 for a sender
 * that is none, 2503 for a conversation that is none; 6005 or 6022.
 */
tim_status tim_search_local_messages(tim_client client,
                                     const char *param_json,
                                     tim_done_callback done,
                                     void *user_data);

/**
 * Searches the messages that the server has, of the conversations that this user is in: also what this device never
 * fetched. Parameters and results are those of a search of this device, but a conversation's count stays at 1,000, and
 * `totalCount` is of the conversations on this page. A page may have fewer results than asked for, or none, and a
 * `cursor`. What was sent or modified a moment ago may not be found yet.
 *
 * `param_json` is `message search param`. Result: `message search result`.
 *
 * Errors: the gate's; as a search of this device; 130155 if the server's operator has not turned searches on, 130109,
 * as each counts as ten requests; 10010, 10007; 2800 or 2801.
 */
tim_status tim_search_cloud_messages(tim_client client,
                                     const char *param_json,
                                     tim_done_callback done,
                                     void *user_data);

/**
 * Invites a user, for `timeout` seconds, or with 0 for ever, and returns the invitation's ID. `data` is the app's.
 * With the last parameter only those hear of it who are connected now, and nothing is stored.
 *
 * Result: a text.
 *
 * Errors: the gate's; 2002 for an id that is none, 20001 for oneself or a negative time, 8001 for data that is too
 * long, and what a message is refused with; 2800 or 2801, if only those who are connected hear of it.
 */
tim_status tim_invite(tim_client client,
                      const char *user_id,
                      const char *data,
                      int32_t timeout,
                      bool online_user_only,
                      tim_done_callback done,
                      void *user_data);

/**
 * Invites 1 to 100 members of a group, as `tim_invite` does one user.
 *
 * `invitee_list_json` is an array of texts. Result: a text.
 *
 * Errors: the gate's; 2602 or 2002 for an id that is none, 20001 for nobody, more than 100, oneself or a negative
 * time, 8001 for data that is too long, and what a message is refused with; 2800 or 2801, if only those who are
 * connected hear of it.
 */
tim_status tim_invite_in_group(tim_client client,
                               const char *group_id,
                               const char *invitee_list_json,
                               const char *data,
                               int32_t timeout,
                               bool online_user_only,
                               tim_done_callback done,
                               void *user_data);

/**
 * Takes an invitation of this user's back, for those who have not answered.
 *
 * Result: `null`.
 *
 * Errors: the gate's; 8010 for an invitation that is unknown or over, 8011 for one of another user's, 8012 while a
 * signal about it is on its way; 8001, and what a message is refused with; 2800 or 2801, if only those who are
 * connected hear of it.
 */
tim_status tim_cancel(tim_client client,
                      const char *invite_id,
                      const char *data,
                      tim_done_callback done,
                      void *user_data);

/**
 * Changes what an invitation of this user's says, as long as it waits, for all who are invited. Whoever was away sees
 * what it says now.
 *
 * Result: `null`.
 *
 * Errors: the gate's; 8010 for an invitation that is unknown or over, or was made for those who were connected alone,
 * 8011 for one of another user's, 2480 if another device of this user changed it meanwhile, 8001, and what a message
 * is refused with; 2800 or 2801.
 */
tim_status tim_modify_invitation(tim_client client,
                                 const char *invite_id,
                                 const char *data,
                                 tim_done_callback done,
                                 void *user_data);

/**
 * Accepts an invitation, on all devices of this user.
 *
 * Result: `null`.
 *
 * Errors: the gate's; 8010 for an invitation that is unknown, answered or over, 8011 for one of others, 8012 while an
 * answer is on its way; 8001, and what a message is refused with; 2800 or 2801, if only those who are connected hear
 * of it.
 */
tim_status tim_accept(tim_client client,
                      const char *invite_id,
                      const char *data,
                      tim_done_callback done,
                      void *user_data);

/**
 * Rejects an invitation, on all devices of this user.
 *
 * Result: `null`.
 *
 * Errors: as `tim_accept`.
 */
tim_status tim_reject(tim_client client,
                      const char *invite_id,
                      const char *data,
                      tim_done_callback done,
                      void *user_data);

/**
 * The signal that a message is.
 *
 * `message_json` is `message`. Result: `signaling info`.
 *
 * Errors: 2105 for a message that is none.
 */
tim_status tim_get_signaling_info(tim_client client,
                                  const char *message_json,
                                  tim_done_callback done,
                                  void *user_data);

/**
 * Says something of this user, up to 100 bytes, to everybody who is told that the user is online; an empty text takes
 * it back. It is one for all devices of the user, and forgotten when the last of them is not connected any more.
 *
 * Result: `user status`.
 *
 * Errors: the gate's; 130190 for more than 100 bytes; 2800 or 2801.
 */
tim_status tim_set_self_status(tim_client client,
                               const char *custom_status,
                               tim_done_callback done,
                               void *user_data);

/**
 * The status of 1 to 500 users, as it is now. Whoever is on a user's blacklist sees the user offline.
 *
 * `user_id_list_json` is an array of texts. Result: `user status result`.
 *
 * Errors: the gate's; 20001 for none or more than 500, 2002 for an id that is none; 2800 or 2801.
 */
tim_status tim_get_user_status(tim_client client,
                               const char *user_id_list_json,
                               tim_done_callback done,
                               void *user_data);

/**
 * Has the status of 1 to 100 users told by `onUserStatusUpdated`, as it is now and as it changes, until the login or
 * the process ends. Of more than 200 users in all those who were named first give way. Returns those for whom it
 * failed.
 *
 * `user_id_list_json` is an array of texts. Result: an array of `user status failure`.
 *
 * Errors: the gate's; 20001 for none or more than 100, 2002 for an id that is none, 130191 for oneself; 2800 or 2801.
 */
tim_status tim_subscribe_user_status(tim_client client,
                                     const char *user_id_list_json,
                                     tim_done_callback done,
                                     void *user_data);

/**
 * Ends subscriptions to up to 100 users, with an empty list to all.
 *
 * `user_id_list_json` is an array of texts. Result: `null`.
 *
 * Errors: the gate's; 20001 for more than 100, 2002 for an id that is none; 2800 or 2801.
 */
tim_status tim_unsubscribe_user_status(tim_client client,
                                       const char *user_id_list_json,
                                       tim_done_callback done,
                                       void *user_data);

/**
 * Calls any verb by its name, as VERBS BY NAME tells. `parameters_json` is an object with the verb's parameters, `{}` for none.
 * Result: as of the verb's own function; of one that creates a message: the `message`.
 *
 * Errors: those of the verb's own function; 130103 for a verb that this version does not know, 130182 for a parameter that is
 * missing, is none of the verb's, or does not fit, with all that the verb takes in the reason.
 */
tim_status tim_call(tim_client client,
                    const char *verb,
                    const char *parameters_json,
                    tim_done_callback done,
                    void *user_data);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* TIM_H */
