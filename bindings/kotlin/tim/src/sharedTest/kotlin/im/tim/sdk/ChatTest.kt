/** The main job: people chat and hear every event. */
package im.tim.sdk

import java.io.File
import java.net.ServerSocket
import java.net.URI
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.concurrent.thread
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield

class ChatTest {
    @Test
    fun theSenderIsToldWhoReadAMessage() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val options = CreateOptions(needReadReceipt = true)
        val asked = alice.tim.createTextMessage(bob.name, ConversationType.C2C, "Did you see this?", options)
        val sent = alice.tim.sendMessage(asked)
        assertEquals(ReadReceiptInfo(readCount = 0, unreadCount = 1, isPeerRead = false), sent.readReceiptInfo)
        val got = bob.nextMessage()
        assertTrue(got.needReadReceipt)
        assertEquals(listOf(sent.id), bob.tim.sendMessageReadReceipt(listOf(got)).map { it.id })
        val receipt = alice.next<TimEvent.MessageReadReceiptReceived>().receipts.single()
        assertEquals(Triple(bob.name, sent.id, true), Triple(receipt.userID, receipt.messageID, receipt.isPeerRead))
        val known = alice.tim.getMessageReadReceiptList(listOf(sent)).single()
        assertEquals(1, known.readReceiptInfo?.readCount)

        val group = alice.tim.createGroup(NewGroup("walks", GroupType.WORK, memberList = listOf(bob.name))).groupID
        val question = alice.tim.sendMessage(alice.tim.createTextMessage(group, ConversationType.GROUP, "Who comes?", options))
        val members = alice.tim.getGroupMessageReadMemberList(question, ReadMemberFilter.UNREAD, "", 100)
        assertEquals(listOf(bob.name) to true, members.unreadUserIDList to members.isCompleted)
    }

    @Test
    fun theQuickStart() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        assertTrue(alice.tim.isReady())
        assertEquals(alice.name, alice.tim.getLoginUser())

        val sent = alice.say(bob, "Hello world!")
        assertEquals(SendStatus.SUCCESS, sent.status)
        val got = bob.nextMessage()
        assertEquals("Hello world!", got.text)
        assertEquals(sent.id, got.id)
        assertEquals(c2c(alice.name), got.conversationID)
        assertEquals(ConversationType.C2C to alice.name, got.conversationType to got.peer)
        assertNull(got.groupID)
        assertNull(got.image)

        bob.tim.setMessageReadUpTo(got)
        bob.tim.setMessageRead(got.conversationID)
        assertEquals(sent.id, alice.next<TimEvent.MessageReadByPeer>().messages.single().id)

        val regretted = alice.say(bob, "Never mind this one.")
        val modified = alice.tim.modifyMessage(regretted.copy(cloudCustomData = "edited"))
        assertEquals(1, modified.version)
        assertEquals("edited", bob.next<TimEvent.MessageModified>().messages.single().cloudCustomData)
        alice.tim.addMessageReaction(modified, "up")
        val reacted = bob.next<TimEvent.MessageReactionsUpdated>().messages.single()
        assertEquals(listOf("up" to false), reacted.reactionList.map { it.reactionID to it.reactedByMyself })
        val users = bob.tim.getMessageReactions(listOf(reacted), 10).single().reactionList.single().partialUserList
        assertEquals(listOf(alice.name), users.map { it.userID })
        assertTrue(bob.tim.getAllUserListOfMessageReaction(reacted, "up", 0, 100).isCompleted)
        alice.tim.removeMessageReaction(modified, "up")
        alice.tim.revokeMessage(modified, "wrong day")
        assertEquals(regretted.id, bob.next<TimEvent.MessageRevoked>().messages.single().id)

        val page = bob.tim.getMessageList(c2c(alice.name))
        assertEquals(listOf(sent.id, regretted.id), page.messageList.map { it.id })
        assertTrue(page.isCompleted)
        val conversation = bob.tim.getConversationList().single()
        assertEquals(c2c(alice.name) to sent.sequence, conversation.conversationID to conversation.readSequence)
        assertEquals(ConversationType.C2C to alice.name, conversation.type to conversation.peer)
        assertNull(conversation.groupID)
        bob.tim.deleteMessage(page.messageList)
        assertTrue(bob.tim.getMessageList(c2c(alice.name)).messageList.isEmpty())

        alice.tim.logout()
        alice.next<TimEvent.SdkNotReady>()
        assertNull(alice.tim.getLoginUser())
    }

    @Test
    fun whatWasSaidIsFound() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        alice.say(bob, "我们明天去喝茶吧")
        alice.say(bob, "Tea at four?")
        repeat(2) { bob.nextMessage() }
        val here = bob.tim.searchLocalMessages(MessageSearchParam(keywordList = listOf("喝茶"), conversationID = c2c(alice.name)))
        val found = here.searchResultList.single()
        assertEquals(1L to "我们明天去喝茶吧", found.messageCount to found.messageList.single().text)
        assertEquals(listOf("喝茶"), found.highlightList.single().filter { it.isMatch }.map { it.text })
        val both = MessageSearchParam(keywordList = listOf("tea", "茶"), keywordListMatchType = KeywordMatch.AND)
        assertEquals(0L, bob.tim.searchLocalMessages(both).totalCount)
        assertEquals(2L, bob.tim.searchLocalMessages(both.copy(keywordListMatchType = KeywordMatch.OR)).totalCount)
        assertEquals(20001, assertFailsWith<TimException> { bob.tim.searchLocalMessages(MessageSearchParam()) }.code)
        assertEquals(TimCode.SEARCH_OFF, assertFailsWith<TimException> { bob.tim.searchCloudMessages(both) }.code)

        val quoted = found.messageList.single()
        val after = bob.tim.getMessageListHopping(
            MessageListHoppingParam(c2c(alice.name), sequence = quoted.sequence, direction = 1, count = 1))
        assertEquals(listOf(quoted), after.messageList)
        val rest = MessageListHoppingParam(c2c(alice.name), sequence = after.nextMessageSeq, direction = 1)
        assertEquals(listOf("Tea at four?"), bob.tim.getMessageListHopping(rest).messageList.map { it.text })
        assertEquals(listOf(quoted), bob.tim.findMessages(listOf(quoted.id)))
    }

    @Test
    fun whatOnlyThisDeviceHas() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        alice.say(bob, "Listen to this.")
        val heard = bob.nextMessage()
        val hint = bob.tim.createTextMessage(alice.name, ConversationType.C2C, "You are friends now.")
        val inserted = bob.tim.insertMessageToLocalStorage(hint, alice.name)
        assertEquals(Triple(SendStatus.LOCAL_IMPORTED, MessageFlow.IN, bob.name), Triple(inserted.status, inserted.flow, inserted.to))
        assertEquals(TimCode.MESSAGE_INVALID, assertFailsWith<TimException> { bob.tim.resendMessage(inserted.id) }.code)
        bob.tim.setLocalCustomData(heard.id, "played")
        bob.tim.setLocalCustomInt(heard.id, 12)
        val listed = bob.tim.getMessageList(c2c(alice.name)).messageList
        assertEquals(listOf("Listen to this.", "You are friends now."), listed.map { it.text })
        assertEquals("played" to 12L, listed.first().localCustomData to listed.first().localCustomInt)
        val unknown = bob.tim.createTextMessage(alice.name, ConversationType.C2C, "?").id
        assertEquals(TimCode.MESSAGE_NOT_FOUND, assertFailsWith<TimException> { bob.tim.setLocalCustomInt(unknown, 1) }.code)
    }

    @Test
    fun whatIsSetAboutAConversation() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        alice.say(bob, "Hello!")
        bob.nextMessage()
        val (known, unknown) = listOf(c2c(alice.name), c2c("nobody"))
        assertEquals(1, bob.next<TimEvent.TotalUnreadMessageCountUpdated>().count)
        assertEquals(1, bob.tim.getTotalUnreadMessageCount())
        bob.tim.setAllMessageRead(ReadAllType.ALL)
        assertEquals(0, bob.next<TimEvent.TotalUnreadMessageCountUpdated>().count)
        bob.tim.pinConversation(known, true)
        val marked = bob.tim.markConversation(listOf(known, unknown), 1L shl 63, true)
        assertEquals(listOf(known), marked.successConversationIDList)
        assertEquals(listOf(unknown to TimCode.CONVERSATION_NOT_FOUND), marked.failureConversationIDList.map { it.conversationID to it.code })
        bob.tim.setMessageRemindType(listOf(known), MessageRemindType.ACCEPT_NOT_NOTIFY)
        bob.tim.setConversationCustomData(listOf(known), "red")
        bob.tim.setConversationDraft(known, "Dear A")
        val conversation = bob.tim.getConversationList().single()
        assertTrue(conversation.isPinned)
        assertEquals(listOf(1L shl 63), conversation.markList)
        assertEquals(MessageRemindType.ACCEPT_NOT_NOTIFY, conversation.messageRemindType)
        assertEquals("red" to "Dear A", conversation.customData to conversation.draftText)
        assertEquals(conversation, bob.tim.getConversationProfile(known))
        assertTrue(bob.tim.getConversationList(ConversationFilter(hasUnreadCount = true)).isEmpty())
        bob.tim.clearHistoryMessage(known)
        assertEquals(null, bob.tim.getConversationList().single().lastMessage)
        assertEquals(listOf(known), bob.tim.deleteConversation(listOf(known), true).successConversationIDList)
        assertTrue(bob.tim.getConversationList().isEmpty())
    }

    @Test
    fun aListIsKeptByWhatChanges() = story {
        val (alice, bob, carol) = listOf(ready("alice"), ready("bob"), ready("carol"))
        for (friend in listOf(alice, carol)) {
            friend.say(bob, "Hello!")
            bob.nextMessage()
        }
        bob.tim.pinConversation(c2c(alice.name), true)
        val list = ConversationList()
        while (list.conversations.map { it.isPinned } != listOf(true, false)) list.apply(bob.next<TimEvent.ConversationChanged>())
        assertEquals(listOf(c2c(alice.name), c2c(carol.name)), list.conversations.map { it.conversationID })
        val whole = bob.tim.getConversationList()
        assertEquals(whole, list.conversations)
        assertEquals(whole.drop(1), list.reset(whole.drop(1)))
    }

    @Test
    fun aPictureTravelsWithItsProgress() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val picture = picture(640, 480)
        val (up, down) = listOf(CopyOnWriteArrayList<Int>(), CopyOnWriteArrayList<Int>())
        alice.tim.sendMessage(alice.tim.createImageMessage(bob.name, ConversationType.C2C, picture) { up += it })

        val got = bob.nextMessage()
        assertEquals(ImageFormat.PNG, got.image?.format)
        val original = checkNotNull(got.image).imageInfoArray.first { it.type == RenditionType.ORIGINAL }
        assertEquals(640 to 480, original.width to original.height)
        val target = bob.folder.resolve("picture.png")
        bob.tim.downloadAttachment(got, target.path) { down += it }
        val cached = bob.tim.getAttachmentFile(got)
        assertContentEquals(target.readBytes(), File(cached).readBytes())
        assertEquals(cached, bob.tim.getMessageList(got.conversationID).messageList.last().localPath)
        assertContentEquals(picture, target.readBytes())
        for (progress in listOf(up, down)) {
            assertEquals(100, progress.last())
            assertEquals(progress.sorted(), progress.toList())
        }
    }

    @Test
    fun aPictureIsShownBeforeItIsSentAndByItsAddressAfterwards() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val picture = picture(640, 480)
        val made = alice.tim.createImageMessage(bob.name, ConversationType.C2C, picture)
        assertContentEquals(picture, File(checkNotNull(made.localPath)).readBytes())
        val unsent = assertFailsWith<TimException.Refused> { alice.tim.getAttachmentUrl(made) }
        assertEquals(TimCode.MESSAGE_INVALID, unsent.code)
        val sent = alice.tim.sendMessage(made)
        assertContentEquals(picture, File(checkNotNull(sent.localPath)).readBytes())

        val got = bob.nextMessage()
        assertNull(got.localPath)
        assertContentEquals(picture, URI(bob.tim.getAttachmentUrl(got)).toURL().readBytes())
        assertTrue(URI(bob.tim.getAttachmentUrl(got, RenditionType.THUMB)).toURL().readBytes().isNotEmpty())
    }

    @Test
    fun aPlaceToMeet() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val (longitude, latitude) = 91.1177 to 29.6579
        val message = alice.tim.createLocationMessage(bob.name, ConversationType.C2C, "the tea house", longitude, latitude)
        alice.tim.sendMessage(message)
        val place = Payload.Location(LocationBody("the tea house", longitude, latitude))
        assertEquals<Payload>(place, bob.nextMessage().payload)
        val nowhere = assertFailsWith<TimException.Refused> {
            alice.tim.createLocationMessage(bob.name, ConversationType.C2C, "nowhere", 0.0, 90.1)
        }
        assertEquals(TimCode.MESSAGE_BODY_INVALID, nowhere.code)
    }

    @Test
    fun aFileKeepsItsNameAndBytes() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val minutes = alice.folder.resolve("minutes.txt").apply { writeText("tea at four") }
        val shown = alice.tim.createFileMessage(bob.name, ConversationType.C2C, minutes.path, "")
        assertEquals(minutes.path, shown.localPath)
        alice.tim.sendMessage(shown)
        val got = bob.nextMessage()
        val file = (got.payload as Payload.File).v1
        assertEquals("minutes.txt" to 11L, file.fileName to file.fileSize)
        val target = bob.folder.resolve("saved.txt")
        bob.tim.downloadAttachment(got, target.path)
        assertEquals("tea at four", target.readText())

        val bytes = "cake, too".toByteArray()
        alice.tim.sendMessage(alice.tim.createFileMessageFromBytes(bob.name, ConversationType.C2C, bytes, "list.txt"))
        assertEquals("list.txt", (bob.nextMessage().payload as Payload.File).v1.fileName)
    }

    @Test
    fun aVoiceMessageAndAVideoArriveWithTheirFiles() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val voice = alice.folder.resolve("voice.m4a").apply { writeText("hello") }
        alice.tim.sendMessage(alice.tim.createAudioMessage(bob.name, ConversationType.C2C, voice.path, 3))
        assertEquals(3 to 5L, bob.nextMessage().audio?.let { it.second to it.size })

        val film = alice.folder.resolve("film.mp4").apply { writeText("a film") }
        val snapshot = alice.folder.resolve("film.png").apply { writeBytes(picture(30, 20)) }
        val made = alice.tim.createVideoMessage(bob.name, ConversationType.C2C, film.path, "", 12, snapshot.path)
        assertEquals(snapshot.path, made.localSnapshotPath)
        alice.tim.sendMessage(made)
        val got = bob.nextMessage()
        assertEquals("mp4" to 30, got.video?.let { it.videoFormat to it.snapshotWidth })
        val saved = bob.folder.resolve("saved")
        bob.tim.downloadAttachment(got, saved.path)
        assertEquals("a film", saved.readText())
        bob.tim.downloadAttachment(got, saved.path, RenditionType.SNAPSHOT)
        assertContentEquals(picture(30, 20), saved.readBytes())
    }

    @Test
    fun aRefusedMessageIsSentAgain() = story {
        val (alice, bob) = listOf(ready("alice"), person("bob"))
        val message = alice.tim.createTextMessage(bob.name, ConversationType.C2C, "are you new here?")
        assertFailsWith<TimException.Refused> { alice.tim.sendMessage(message) } // Bob exists from his first login on.
        val refused = alice.tim.getMessageList(c2c(bob.name)).messageList.single()
        assertEquals(Triple(message.id, SendStatus.FAIL, TimCode.UNKNOWN_USER), Triple(refused.id, refused.status, refused.errorCode))
        bob.logIn()
        val sent = alice.tim.resendMessage(message)
        assertEquals(message.id to SendStatus.SUCCESS, sent.id to sent.status)
        assertEquals(message.id, bob.nextMessage().id)
    }

    @Test
    fun aRefusedMessageIsTakenBack() = story {
        val alice = ready("alice")
        val message = alice.tim.createTextMessage("nobody-at-all", ConversationType.C2C, "hello?")
        assertFailsWith<TimException.Refused> { alice.tim.sendMessage(message) }
        alice.tim.cancelMessage(message)
        val gone = assertFailsWith<TimException.Refused> { alice.tim.resendMessage(message) }
        assertEquals(TimCode.MESSAGE_INVALID, gone.code)
    }

    @Test
    fun contentOfTheAppsOwnPassedOn() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val sent = alice.tim.sendMessage(alice.tim.createCustomMessage(bob.name, ConversationType.C2C, "gift 7", "a gift", ""))
        alice.tim.sendMessage(alice.tim.createFaceMessage(bob.name, ConversationType.C2C, 3, "tea"))
        val gift = bob.nextMessage()
        assertEquals(CustomBody("gift 7", "a gift", ""), gift.custom)
        assertEquals(FaceBody(3, "tea"), bob.nextMessage().face)
        bob.tim.sendMessage(bob.tim.createForwardMessage(alice.name, ConversationType.C2C, gift))
        assertEquals(sent.payload, alice.nextMessage().payload)
        val merger = bob.tim.createMergerMessage(alice.name, ConversationType.C2C, listOf(gift), "Gifts", listOf("a gift"), "[Merged messages]")
        bob.tim.sendMessage(merger)
        val received = alice.nextMessage()
        val merged = received.merger!!
        assertEquals(Triple("Gifts", gift.id, gift.payload), merged.messageList.single().let { Triple(merged.title, it.id, it.payload) })
        assertEquals(listOf(gift.payload), alice.tim.downloadMergerMessage(received).map { it.payload })
    }

    @Test
    fun aPictureWithWordsAndAPlace() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val elements = listOf(Payload.Text(TextBody("our tea")), Payload.Location(LocationBody("the tea house", 91.1, 29.6)))
        val options = CreateOptions(elements = elements)
        val sent = alice.tim.sendMessage(alice.tim.createImageMessageFromBytes(bob.name, ConversationType.C2C, picture(8, 8), options))
        val got = bob.nextMessage()
        assertEquals(Triple(sent.id, elements, true), Triple(got.id, got.elements, got.image != null))
        val modified = alice.tim.modifyMessage(sent.copy(elements = elements.take(1)))
        assertEquals(elements.take(1) to 1L, modified.elements to modified.version)
        val picture = CreateOptions(elements = listOf(got.payload))
        val refused = assertFailsWith<TimException.Refused> { bob.tim.createTextMessage(alice.name, ConversationType.C2C, "hi", picture) }
        assertEquals(TimCode.ELEMENT_NOT_APPENDABLE, refused.code)
    }

    @Test
    fun whatIsUnreadByAFilter() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val chats = ConversationFilter(type = ConversationType.C2C)
        assertEquals(0, bob.tim.subscribeUnreadMessageCountByFilter(chats))
        alice.tim.sendMessage(alice.tim.createTextMessage(bob.name, ConversationType.C2C, "tea?"))
        val told = bob.next<TimEvent.UnreadMessageCountChangedByFilter>()
        assertEquals(chats to 1L, told.filter to told.count)
        assertEquals(0, bob.tim.getUnreadMessageCountByFilter(ConversationFilter(type = ConversationType.GROUP)))
        bob.tim.unsubscribeUnreadMessageCountByFilter(chats)
        bob.tim.setMessageRead(c2c(alice.name))
        assertEquals(0, bob.tim.getUnreadMessageCountByFilter(chats))
    }

    @Test
    fun aNoticeThatSomebodyTypes() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val typing = alice.tim.createCustomMessage(bob.name, ConversationType.C2C, "typing", "", "")
        val sent = alice.tim.sendMessage(typing, SendOptions(onlineUserOnly = true))
        assertEquals(Triple(true, SendStatus.SUCCESS, 0L), Triple(sent.isOnlineOnly, sent.status, sent.sequence))
        val heard = bob.nextMessage()
        assertEquals(Triple(true, "typing", 0L), Triple(heard.isOnlineOnly, heard.custom?.data, heard.sequence))
        assertEquals(emptyList<Message>(), bob.tim.getMessageList(heard.conversationID).messageList)
    }

    @Test
    fun anAppInTheBackground() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        alice.tim.pause()
        assertEquals(TimCode.PAUSED, assertFailsWith<TimException.NotReady> { alice.tim.getConversationList() }.code)
        bob.tim.sendMessage(bob.tim.createTextMessage(alice.name, ConversationType.C2C, "are you there?"))
        alice.tim.resume()
        assertEquals("are you there?", alice.nextMessage().text)
    }

    @Test
    fun aPictureOfBytesWithoutProgress() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val message = alice.tim.createImageMessageFromBytes(bob.name, ConversationType.C2C, picture(8, 8), CreateOptions(priority = Priority.HIGH, cloudCustomData = "gift 7"))
        val sent = alice.tim.sendMessage(message, SendOptions(excludedFromLastMessage = true))
        assertEquals(Triple(Priority.HIGH, "gift 7", true), Triple(sent.priority, sent.cloudCustomData, sent.isExcludedFromLastMessage))
        val target = bob.folder.resolve("thumb")
        bob.tim.downloadAttachment(bob.nextMessage(), RenditionType.THUMB, target.path, null)
        assertTrue(target.length() > 0)
    }

    @Test
    fun aPictureOfAFileAndAGroup() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val made = alice.tim.createGroup(NewGroup(name = "walks", type = GroupType.MEETING))
        assertEquals(JoinStatus.JOINED_SUCCESS, bob.tim.joinGroup(made.groupID).status)

        val file = alice.folder.resolve("picture.png").apply { writeBytes(picture(64, 64)) }
        alice.tim.sendMessage(alice.tim.createImageMessage(made.groupID, ConversationType.GROUP, file.path) {})
        val got = bob.next<TimEvent.MessageReceived> { event -> event.messages.any { it.image != null } }
        assertEquals(group(made.groupID), got.messages.last().conversationID)
        assertEquals(listOf(made.groupID), bob.tim.getGroupList().map { it.groupID })
    }

    @Test
    fun profilesAndTheBlacklist() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        alice.tim.updateMyProfile(ProfileFields(nick = "Alice 🌻", gender = Gender.FEMALE))
        val profile = bob.tim.getUserProfile(listOf(alice.name, "nobody-of-this-name")).single()
        assertEquals("Alice 🌻", profile.nick)
        assertEquals(profile, alice.tim.getMyProfile())
        bob.tim.addToBlacklist(listOf(alice.name))
        assertEquals(listOf(alice.name), bob.next<TimEvent.BlacklistUpdated>().userIDList)
        bob.tim.removeFromBlacklist(listOf(alice.name))
        assertEquals(emptyList(), bob.tim.getBlacklist())
    }

    @Test
    fun nightsAreQuiet() = story {
        val alice = ready("alice")
        val nights = AllReceiveMessageOpt(MessageRemindType.ACCEPT_NOT_NOTIFY, startTime = TimeOfDay(22, 30), duration = 9 * 3600)
        alice.tim.setAllReceiveMessageOpt(nights)
        assertEquals(nights, alice.next<TimEvent.AllReceiveMessageOptUpdated>().opt)
        assertEquals(nights, alice.tim.getAllReceiveMessageOpt())
        val (midnight, noon) = 0L to 12 * 3600L
        assertEquals(MessageRemindType.ACCEPT_NOT_NOTIFY, remindTypeAt(nights, midnight, 0))
        assertEquals(MessageRemindType.ACCEPT_AND_NOTIFY, remindTypeAt(nights, noon, 0))
        val refused = assertFailsWith<TimException> { alice.tim.setAllReceiveMessageOpt(nights.copy(duration = 0)) }
        assertEquals(20001, refused.code)
    }

    @Test
    fun eventsComeAsAFlow() = story {
        val (alice, bob) = listOf(ready("alice"), person("bob"))
        coroutineScope {
            val listening = CompletableDeferred<Unit>()
            val words = async {
                bob.tim.events()
                    .onEach { listening.complete(Unit) }
                    .filterIsInstance<TimEvent.MessageReceived>().take(2).toList()
                    .flatMap { it.messages }.map { it.text }
            }
            // A flow hears what happens once it is collected: any first event shows that it is.
            while (!listening.isCompleted) bob.raiseAnEvent().also { yield() }
            bob.logIn()
            alice.say(bob, "one")
            bob.nextMessage()
            alice.say(bob, "two")
            assertEquals(listOf<String?>("one", "two"), words.await())
        }
    }

    @Test
    fun aFlowEndsWithItsInstance() = story {
        val alice = person("alice")
        coroutineScope {
            val listening = CompletableDeferred<Unit>()
            val heard = async { alice.tim.events().onEach { listening.complete(Unit) }.toList() }
            while (!listening.isCompleted) alice.raiseAnEvent().also { yield() }
            assertFalse(alice.tim.isDestroyed())
            alice.tim.destroy()
            assertEquals(TimEvent.SdkDestroy(theServer.app), heard.await().last())
        }
        assertTrue(alice.tim.isDestroyed())
        assertEquals(emptyList(), alice.tim.events().toList(), "there is nothing to hear any more")
    }

    @Test
    fun aSlowCollectorLosesTheOldestEventsAndIsTold() = story {
        val alice = person("alice")
        coroutineScope {
            val (begun, goOn) = listOf(CompletableDeferred<Unit>(), CompletableDeferred<Unit>())
            val heard = async(start = CoroutineStart.UNDISPATCHED) {
                alice.tim.events(capacity = 10).onEach { begun.complete(Unit); goOn.await() }.toList()
            }
            alice.raiseAnEvent()
            begun.await()
            repeat(100) { alice.raiseAnEvent() }
            // Others hear everything meanwhile.
            repeat(100) { alice.next<TimEvent.Error>() }
            alice.tim.destroy()
            goOn.complete(Unit)
            val told = heard.await()
            val codes = told.dropLast(1).map { assertIs<TimEvent.Error>(it).code }
            assertEquals(listOf(TimCode.NOT_LOGGED_IN, TimCode.EVENTS_LOST) + List(9) { TimCode.NOT_LOGGED_IN }, codes)
            assertEquals(TimEvent.SdkDestroy(theServer.app), told.last())
        }
    }

    @Test
    fun aWholeListReplacesItsOlderSelfThatWaits() = story {
        val (alice, bob, carol, dave) = listOf("alice", "bob", "carol", "dave").map { ready(it) }
        coroutineScope {
            val (begun, goOn) = listOf(CompletableDeferred<Unit>(), CompletableDeferred<Unit>())
            val heard = async(start = CoroutineStart.UNDISPATCHED) {
                alice.tim.events().onEach { begun.complete(Unit); goOn.await() }.toList()
            }
            alice.changeNick()
            begun.await()
            for (other in listOf(bob, carol, dave)) {
                alice.tim.addFriend(NewFriend(other.name, "AddSource_Type_Kotlin"))
                alice.tim.createFriendGroup(other.name, emptyList())
                alice.tim.addToBlacklist(listOf(other.name))
            }
            alice.tim.logout()
            alice.logIn()
            alice.tim.removeFromBlacklist(listOf(bob.name, carol.name))
            alice.tim.destroy()
            goOn.complete(Unit)
            // A list of the next login stays behind the end of the former one, and the newest of each is told.
            val told = heard.await()
            val end = told.indexOf(TimEvent.SdkNotReady)
            val (before, after) = listOf(told.take(end), told.drop(end)).map { events ->
                events.filterIsInstance<TimEvent.BlacklistUpdated>().map { it.userIDList.toSet() }
            }
            assertEquals(listOf(setOf(bob.name, carol.name, dave.name)), before)
            assertEquals(setOf(dave.name), after.last())
            assertEquals(listOf(3), told.take(end).filterIsInstance<TimEvent.FriendListUpdated>().map { it.friends.size })
            assertEquals(listOf(3), told.take(end).filterIsInstance<TimEvent.FriendGroupListUpdated>().map { it.friendGroups.size })
        }
    }

    @Test
    fun aFlowNeedsRoomForAnEvent() = story {
        val alice = person("alice")
        for (capacity in listOf(0, -1)) assertFailsWith<IllegalArgumentException> { alice.tim.events(capacity) }
    }

    @Test
    fun onHearsItsKindAlone() = story {
        val alice = person("alice")
        val (ready, errors) = listOf(Channel<TimEvent>(10), Channel<TimEvent>(10))
        val listener = alice.tim.on<TimEvent.SdkReady> { ready.trySend(it) }
        alice.tim.on<TimEvent.Error> { errors.trySend(it) }
        alice.raiseAnEvent()
        assertEquals(TimCode.NOT_LOGGED_IN, assertIs<TimEvent.Error>(errors.receive()).code)
        alice.logIn()
        assertEquals(TimEvent.SdkReady, ready.receive())
        alice.tim.off(listener)
        alice.tim.logout()
        alice.logIn()
        assertNull(ready.tryReceive().getOrNull())
    }

    @Test
    fun theServerTellsItsTimeAndTheLibraryItsVersion() = story {
        val alice = ready("alice")
        val apart = alice.tim.getServerTime() - System.currentTimeMillis() / 1_000
        assertTrue(apart in -3_600..3_600, "the clocks are $apart seconds apart")
        assertTrue(Regex("""\d+\.\d+\.\d+""").matches(version()), version())
    }

    /** The pauses between attempts grow to a minute: without the hint, twenty would take longer than a story may. */
    @Test
    fun aNetworkThatIsBackIsTriedAtOnce() = story {
        val alice = person("alice")
        val attempts = Channel<Unit>(Channel.UNLIMITED)
        ServerSocket(0).use { server ->
            thread(isDaemon = true) { runCatching { while (true) server.accept().close() } }
            val tim = alice.alone("ws://127.0.0.1:${server.localPort}", loginTimeoutMs = 600_000)
            tim.on<TimEvent.NetStateChange> { event ->
                if (event.state == NetState.DISCONNECTED) {
                    tim.networkChanged(false)
                    tim.networkChanged(true)
                    attempts.trySend(Unit)
                }
            }
            coroutineScope {
                launch { assertFailsWith<TimException> { tim.login(alice.name, theServer.sigOf(alice.name)) } }
                repeat(20) { attempts.receive() }
                tim.destroy()
            }
        }
    }
}
