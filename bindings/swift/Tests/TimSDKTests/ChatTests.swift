// What an app does all day, from Swift: people log in, write to each other, read, take back, and see who they are.

import TimSDK
import XCTest

final class ChatTests: XCTestCase {
    func testTextsGoBothWays() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let sent = try await alice.say("Hello Bob 🌻", to: bob)
        XCTAssertEqual(sent.status, .success)
        let heard = try await bob.nextMessage()
        XCTAssertEqual([heard.text, heard.from, heard.id], ["Hello Bob 🌻", alice.name, sent.id])
        XCTAssertEqual([heard.peer, heard.groupID], [alice.name, nil])
        XCTAssertEqual(heard.conversationType, .c2c)
        XCTAssertEqual([heard.to], [bob.name])
        XCTAssertLessThan(abs(heard.date.timeIntervalSinceNow), 3_600)
        let urgent = try bob.tim.createTextMessage(to: heard.from, conversationType: heard.conversationType, text: "Hello Alice", options: CreateOptions(priority: .high))
        try await bob.tim.sendMessage(urgent)
        let answer = try await alice.nextMessage()
        XCTAssertEqual(answer.text, "Hello Alice")

        let list = try await alice.tim.getConversationList()
        XCTAssertEqual(list.map(\.conversationID), [.c2c(bob.name)])
        XCTAssertEqual(list.map(\.unreadCount), [1])
        XCTAssertEqual(list.map(\.type), [.c2c])
        XCTAssertEqual([list[0].peer, list[0].groupID], [bob.name, nil])
        let newest = try await alice.tim.getMessageList(conversationID: .c2c(bob.name), count: 1)
        XCTAssertEqual(newest.messageList.map(\.text), ["Hello Alice"])
        XCTAssertFalse(newest.isCompleted)
        let before = try await alice.tim.getMessageList(conversationID: .c2c(bob.name), nextReqMessageID: newest.nextReqMessageID)
        XCTAssertEqual(before.messageList.map(\.text), ["Hello Bob 🌻"])
        XCTAssertTrue(before.isCompleted)
    }

    func testTheSenderIsToldWhoReadAMessage() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let options = CreateOptions(needReadReceipt: true)
        let asked = try alice.tim.createTextMessage(to: bob.name, conversationType: .c2c, text: "Did you see this?", options: options)
        let sent = try await alice.tim.sendMessage(asked)
        XCTAssertEqual(sent.readReceiptInfo, ReadReceiptInfo(readCount: 0, unreadCount: 1, isPeerRead: false))
        let got = try await bob.nextMessage()
        XCTAssertTrue(got.needReadReceipt)
        let confirmed = try await bob.tim.sendMessageReadReceipt(messageList: [got])
        XCTAssertEqual(confirmed.map(\.id), [sent.id])
        try await alice.next {
            if case .messageReadReceiptReceived(let receipts) = $0 { receipts[0].messageID == sent.id && receipts[0].isPeerRead } else { false }
        }
        let known = try await alice.tim.getMessageReadReceiptList(messageList: [sent])
        XCTAssertEqual(known.map { $0.readReceiptInfo?.readCount }, [1])

        let group = try await alice.tim.createGroup(NewGroup(name: "walks", type: .work, memberList: [bob.name])).groupID
        let question = try alice.tim.createTextMessage(to: group, conversationType: .group, text: "Who comes?", options: options)
        let inGroup = try await alice.tim.sendMessage(question)
        let members = try await alice.tim.getGroupMessageReadMemberList(message: inGroup, filter: .unread, cursor: "", count: 100)
        XCTAssertEqual(members.unreadUserIDList, [bob.name])
        XCTAssertTrue(members.isCompleted)
    }

    func testMessagesAreReadAndTakenBack() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let sent = try await alice.say("Never mind", to: bob)
        let heard = try await bob.nextMessage()
        try await bob.tim.setMessageReadUpTo(message: heard)
        try await bob.tim.setMessageRead(conversationID: .c2c(alice.name))
        try await alice.next { if case .messageReadByPeer(let messages) = $0 { messages.contains { $0.id == sent.id } } else { false } }
        try await bob.next { if case .conversationListUpdated(let list) = $0 { list.map(\.unreadCount) == [0] } else { false } }
        var changed = sent
        changed.cloudCustomData = "edited"
        let modified = try await alice.tim.modifyMessage(changed)
        XCTAssertEqual(modified.version, 1)
        try await bob.next { if case .messageModified(let messages) = $0 { messages[0].cloudCustomData == "edited" } else { false } }
        let reacted = try await alice.tim.addMessageReaction(modified, reactionID: "up")
        XCTAssertEqual(reacted.reactionList.map(\.reactedByMyself), [true])
        try await bob.next { if case .messageReactionsUpdated(let messages) = $0 { messages[0].reactionList.map(\.reactionID) == ["up"] } else { false } }
        let got = try await bob.tim.getMessageList(conversationID: .c2c(alice.name)).messageList
        let found = try await bob.tim.getMessageReactions(messageList: got, maxUserCountPerReaction: 10)
        XCTAssertEqual(found.map { $0.reactionList.map { $0.partialUserList.map(\.userID) } }, [[[alice.name]]])
        let users = try await bob.tim.getAllUserListOfMessageReaction(message: got[0], reactionID: "up", nextSeq: 0, count: 100)
        XCTAssertTrue(users.isCompleted)
        try await alice.tim.removeMessageReaction(reacted, reactionID: "up")
        let revoked = try await alice.tim.revokeMessage(modified, reason: "wrong day")
        XCTAssertTrue(revoked.isRevoked)
        XCTAssertEqual(revoked.revokeReason, "wrong day")
        try await bob.next { if case .messageRevoked(let messages) = $0 { messages[0].id == sent.id && messages[0].isRevoked } else { false } }
        try await alice.tim.deleteMessage(messageList: [revoked])
        let left = try await alice.tim.getMessageList(conversationID: .c2c(bob.name))
        XCTAssertEqual(left.messageList, [])
    }

    func testWhatWasSaidIsFound() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        try await alice.say("我们明天去喝茶吧", to: bob)
        try await alice.say("Tea at four?", to: bob)
        _ = try await bob.nextMessage()
        _ = try await bob.nextMessage()
        let here = try await bob.tim.searchLocalMessages(
            param: MessageSearchParam(keywordList: ["喝茶"], conversationID: .c2c(alice.name)))
        XCTAssertEqual(here.searchResultList[0].messageList.map(\.text), ["我们明天去喝茶吧"])
        XCTAssertEqual(here.searchResultList[0].highlightList[0].filter(\.isMatch).map(\.text), ["喝茶"])
        for (match, expected) in [(KeywordMatch.and, Int64(0)), (.or, 2)] {
            let both = MessageSearchParam(keywordList: ["tea", "茶"], keywordListMatchType: match)
            let everywhere = try await bob.tim.searchLocalMessages(param: both)
            XCTAssertEqual(everywhere.totalCount, expected)
            do {
                _ = try await bob.tim.searchCloudMessages(param: both)
                XCTFail("the server does not search")
            } catch let error as TimError {
                XCTAssertEqual(error.code, TimCode.searchOff)
            }
        }

        let quoted = here.searchResultList[0].messageList[0]
        let after = try await bob.tim.getMessageListHopping(
            param: MessageListHoppingParam(conversationID: .c2c(alice.name), sequence: quoted.sequence, direction: 1, count: 1))
        XCTAssertEqual(after.messageList, [quoted])
        let rest = try await bob.tim.getMessageListHopping(
            param: MessageListHoppingParam(conversationID: .c2c(alice.name), sequence: after.nextMessageSeq, direction: 1))
        XCTAssertEqual(rest.messageList.map(\.text), ["Tea at four?"])
        let again = try await bob.tim.findMessages(messageIDList: [quoted.id])
        XCTAssertEqual(again, [quoted])
    }

    func testWhatOnlyThisDeviceHas() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        try await alice.say("Listen to this.", to: bob)
        let heard = try await bob.nextMessage()
        let hint = try bob.tim.createTextMessage(to: alice.name, conversationType: .c2c, text: "You are friends now.")
        let inserted = try await bob.tim.insertMessageToLocalStorage(message: hint, sender: alice.name)
        XCTAssertEqual(inserted.status, .localImported)
        XCTAssertEqual(inserted.to, bob.name)
        try await bob.tim.setLocalCustomData(messageID: heard.id, data: "played")
        try await bob.tim.setLocalCustomInt(messageID: heard.id, number: 12)
        let listed = try await bob.tim.getMessageList(conversationID: .c2c(alice.name)).messageList
        XCTAssertEqual(listed.map(\.text), ["Listen to this.", "You are friends now."])
        XCTAssertEqual(listed[0].localCustomData, "played")
        XCTAssertEqual(listed[0].localCustomInt, 12)
    }

    func testWhatIsSetAboutAConversation() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        try await alice.say("Hello!", to: bob)
        _ = try await bob.nextMessage()
        let (known, unknown): (String, String) = (.c2c(alice.name), .c2c("nobody"))
        try await bob.next { $0 == .totalUnreadMessageCountUpdated(count: 1) }
        XCTAssertEqual(bob.tim.getTotalUnreadMessageCount(), 1)
        try await bob.tim.setAllMessageRead(scope: .all)
        try await bob.next { $0 == .totalUnreadMessageCountUpdated(count: 0) }
        try await bob.tim.pinConversation(conversationID: known, isPinned: true)
        let marked = try await bob.tim.markConversation(conversationIDList: [known, unknown], markType: .min, enableMark: true)
        XCTAssertEqual(marked.successConversationIDList, [known])
        XCTAssertEqual(marked.failureConversationIDList.map(\.conversationID), [unknown])
        XCTAssertEqual(marked.failureConversationIDList.map(\.code), [2500])
        _ = try await bob.tim.setMessageRemindType(conversationIDList: [known], messageRemindType: .acceptNotNotify)
        _ = try await bob.tim.setConversationCustomData(conversationIDList: [known], customData: "red")
        try await bob.tim.setConversationDraft(conversationID: known, draftText: "Dear A")
        let list = try await bob.tim.getConversationList()
        XCTAssertEqual(list.map(\.isPinned), [true])
        XCTAssertEqual(list.map(\.markList), [[.min]])
        XCTAssertEqual(list.map(\.messageRemindType), [.acceptNotNotify])
        XCTAssertEqual(list.map(\.customData) + list.map(\.draftText), ["red", "Dear A"])
        let profile = try await bob.tim.getConversationProfile(conversationID: known)
        XCTAssertEqual([profile], list)
        let unread = try await bob.tim.getConversationList(filter: ConversationFilter(hasUnreadCount: true))
        XCTAssertEqual(unread, [])
        try await bob.tim.clearHistoryMessage(conversationID: known)
        let cleared = try await bob.tim.getConversationList()
        XCTAssertEqual(cleared.map(\.lastMessage), [nil])
        let deleted = try await bob.tim.deleteConversation(conversationIDList: [known], clearHistoryMessage: true)
        XCTAssertEqual(deleted.successConversationIDList, [known])
        let none = try await bob.tim.getConversationList()
        XCTAssertEqual(none, [])
    }

    func testAListIsKeptByWhatChanges() async throws {
        let (alice, bob, carol) = (try await Person.ready("alice"), try await Person.ready("bob"), try await Person.ready("carol"))
        for friend in [alice, carol] {
            try await friend.say("Hello!", to: bob)
            _ = try await bob.nextMessage()
        }
        try await bob.tim.pinConversation(conversationID: .c2c(alice.name), isPinned: true)
        var list = ConversationList()
        while list.conversations.map(\.isPinned) != [true, false] {
            list.apply(try await bob.next { if case .conversationChanged = $0 { true } else { false } })
        }
        let whole = try await bob.tim.getConversationList()
        XCTAssertEqual(list.conversations, whole)
        XCTAssertEqual(whole.map(\.conversationID), [.c2c(alice.name), .c2c(carol.name)])
        list.reset([whole[1]])
        XCTAssertEqual(list.conversations, [whole[1]])
    }

    func testAPlaceToMeet() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let message = try alice.tim.createLocationMessage(
            to: bob.name, conversationType: .c2c, description: "the tea house", longitude: 91.1177, latitude: 29.6579)
        try await alice.tim.sendMessage(message)
        let heard = try await bob.nextMessage()
        let place = LocationBody(description: "the tea house", longitude: 91.1177, latitude: 29.6579)
        XCTAssertEqual(heard.payload, .location(place))
    }

    func testAnAppInTheBackground() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        try await alice.tim.pause()
        let refused = await failure { _ = try await alice.tim.getConversationList() }
        XCTAssertEqual(refused?.code, TimCode.paused)
        try await bob.tim.sendMessage(
            bob.tim.createTextMessage(to: alice.name, conversationType: .c2c, text: "are you there?"))
        try await alice.tim.resume()
        let heard = try await alice.nextMessage()
        XCTAssertEqual(heard.text, "are you there?")
    }

    func testATextWithAPlaceAndAFace() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let place = Payload.location(LocationBody(description: "the tea house", longitude: 91.1, latitude: 29.6))
        let face = Payload.face(FaceBody(index: 3, data: "tea"))
        let text = try alice.tim.createTextMessage(
            to: bob.name, conversationType: .c2c, text: "at four:", options: CreateOptions(elements: [place, face]))
        var sent = try await alice.tim.sendMessage(text)
        let got = try await bob.nextMessage()
        XCTAssertEqual(got.text, "at four:")
        XCTAssertEqual(got.elements, [place, face])
        sent.elements = [face]
        let modified = try await alice.tim.modifyMessage(sent)
        XCTAssertEqual(modified.elements, [face])
        let refused = await failure {
            _ = try alice.tim.createTextMessage(
                to: bob.name, conversationType: .c2c, text: "hi", options: CreateOptions(elements: [.merger(MergerBody(title: "", abstractList: [], compatibleText: "x", messageList: [], downloadKey: "", downloadSize: 0, layers: 0))]))
        }
        XCTAssertEqual(refused?.code, TimCode.elementNotAppendable)
    }

    func testWhatIsUnreadByAFilter() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let chats = ConversationFilter(type: .c2c)
        let before = try await bob.tim.subscribeUnreadMessageCountByFilter(chats)
        XCTAssertEqual(before, 0)
        try await alice.tim.sendMessage(alice.tim.createTextMessage(to: bob.name, conversationType: .c2c, text: "tea?"))
        try await bob.next { $0 == .unreadMessageCountChangedByFilter(filter: chats, count: 1) }
        let ofGroups = try await bob.tim.getUnreadMessageCountByFilter(ConversationFilter(type: .group))
        XCTAssertEqual(ofGroups, 0)
        try await bob.tim.unsubscribeUnreadMessageCountByFilter(chats)
    }

    func testANoticeThatSomebodyTypes() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let typing = try alice.tim.createCustomMessage(
            to: bob.name, conversationType: .c2c, data: "typing", description: "", extension: "")
        let sent = try await alice.tim.sendMessage(typing, options: SendOptions(onlineUserOnly: true))
        XCTAssertTrue(sent.isOnlineOnly && sent.status == .success && sent.sequence == 0)
        let heard = try await bob.nextMessage()
        XCTAssertTrue(heard.isOnlineOnly && heard.custom?.data == "typing" && heard.sequence == 0)
        let list = try await bob.tim.getMessageList(conversationID: heard.conversationID).messageList
        XCTAssertEqual(list.count, 0)
    }

    func testContentOfTheAppsOwnPassedOn() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let custom = try alice.tim.createCustomMessage(
            to: bob.name, conversationType: .c2c, data: "gift 7", description: "a gift", extension: "",
            options: CreateOptions(cloudCustomData: "wrapped"))
        let sent = try await alice.tim.sendMessage(custom, options: SendOptions(excludedFromLastMessage: true))
        XCTAssertTrue(sent.isExcludedFromLastMessage)
        let gift = try await bob.nextMessage()
        XCTAssertEqual([gift.custom?.data, gift.cloudCustomData], ["gift 7", "wrapped"])
        let face = try alice.tim.createFaceMessage(to: bob.name, conversationType: .c2c, index: 3, data: "tea")
        try await alice.tim.sendMessage(face)
        let sticker = try await bob.nextMessage()
        XCTAssertEqual(sticker.face, FaceBody(index: 3, data: "tea"))
        let forwarded = try bob.tim.createForwardMessage(to: alice.name, conversationType: .c2c, original: gift)
        try await bob.tim.sendMessage(forwarded)
        let back = try await alice.nextMessage()
        XCTAssertEqual(back.payload, sent.payload)
        let merger = try bob.tim.createMergerMessage(
            to: alice.name, conversationType: .c2c, messageList: [gift, sticker], title: "Gifts", abstractList: ["a gift"],
            compatibleText: "[Merged messages]")
        try await bob.tim.sendMessage(merger)
        let merged = try await alice.nextMessage()
        XCTAssertEqual(merged.merger?.messageList.map(\.id), [gift.id, sticker.id])
        let parts = try await alice.tim.downloadMergerMessage(merged)
        XCTAssertEqual(parts.map(\.payload), [gift.payload, sticker.payload])
    }

    func testAFileKeepsItsNameAndBytes() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let minutes = "\(alice.folder)/minutes.txt"
        try Data("tea at four".utf8).write(to: URL(fileURLWithPath: minutes))
        let shown = try alice.tim.createFileMessage(
            to: bob.name, conversationType: .c2c, file: minutes, name: "")
        XCTAssertEqual(shown.localPath, minutes)
        try await alice.tim.sendMessage(shown)
        let got = try await bob.nextMessage()
        guard case .file(let file) = got.payload else { return XCTFail("no file: \(got)") }
        XCTAssertEqual(file.fileName, "minutes.txt")
        XCTAssertEqual(file.fileSize, 11)
        let saved = "\(bob.folder)/saved.txt"
        try await bob.tim.downloadAttachment(of: got, to: saved)
        let cached = try await bob.tim.getAttachmentFile(of: got)
        XCTAssertEqual(try Data(contentsOf: cached), try Data(contentsOf: URL(fileURLWithPath: saved)))
        XCTAssertEqual(try String(contentsOfFile: saved, encoding: .utf8), "tea at four")

        let list = try alice.tim.createFileMessage(
            to: bob.name, conversationType: .c2c, bytes: Data("cake, too".utf8), name: "list.txt")
        try await alice.tim.sendMessage(list)
        guard case .file(let named) = try await bob.nextMessage().payload else { return XCTFail("no file") }
        XCTAssertEqual(named.fileName, "list.txt")
    }

    func testAVoiceMessageAndAVideoArriveWithTheirFiles() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        func file(_ name: String, _ data: Data) throws -> String {
            let path = "\(alice.folder)/\(name)"
            try data.write(to: URL(fileURLWithPath: path))
            return path
        }
        let voice = try alice.tim.createAudioMessage(
            to: bob.name, conversationType: .c2c, file: file("voice.m4a", Data("hello".utf8)), second: 3)
        try await alice.tim.sendMessage(voice)
        let heard = try await bob.nextMessage().audio
        XCTAssertEqual(heard?.second, 3)
        XCTAssertEqual(heard?.size, 5)

        let made = try alice.tim.createVideoMessage(
            to: bob.name, conversationType: .c2c, file: file("film.mp4", Data("a film".utf8)), second: 12,
            snapshot: file("film.png", picture(30, 20)))
        XCTAssertEqual(made.localSnapshotPath, "\(alice.folder)/film.png")
        try await alice.tim.sendMessage(made)
        let got = try await bob.nextMessage()
        XCTAssertEqual(got.video?.videoFormat, "mp4")
        XCTAssertEqual(got.video?.snapshotWidth, 30)
        let saved = "\(bob.folder)/saved"
        try await bob.tim.downloadAttachment(of: got, to: saved)
        let cached = try await bob.tim.getAttachmentFile(of: got)
        XCTAssertEqual(try Data(contentsOf: cached), try Data(contentsOf: URL(fileURLWithPath: saved)))
        XCTAssertEqual(try String(contentsOfFile: saved, encoding: .utf8), "a film")
        try await bob.tim.downloadAttachment(of: got, to: saved, rendition: .snapshot)
        XCTAssertEqual(FileManager.default.contents(atPath: saved), picture(30, 20))
    }

    func testAMessageThatWasRefusedIsSentAgain() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        try await bob.tim.addToBlacklist(userIDList: [alice.name])
        let message = try alice.tim.createTextMessage(to: bob.name, conversationType: .c2c, text: "are you angry?")
        let refused = await failure { try await alice.tim.sendMessage(message) }
        XCTAssertEqual(refused?.code, TimCode.blacklisted)
        let shown = try await alice.tim.getMessageList(conversationID: .c2c(bob.name)).messageList
        XCTAssertEqual(shown.map(\.errorCode), [TimCode.blacklisted])
        try await bob.tim.removeFromBlacklist(userIDList: [alice.name])
        let sent = try await alice.tim.resendMessage(message)
        XCTAssertEqual([sent.id, sent.text], [message.id, "are you angry?"])
        let heard = try await bob.nextMessage()
        XCTAssertEqual(heard.id, message.id)
    }

    func testAMessageThatWasRefusedIsTakenBack() async throws {
        let alice = try await Person.ready("alice")
        let message = try alice.tim.createTextMessage(to: "nobody-at-all", conversationType: .c2c, text: "hello?")
        _ = await failure { try await alice.tim.sendMessage(message) }
        try await alice.tim.cancelMessage(message)
        let gone = await failure { try await alice.tim.resendMessage(message) }
        XCTAssertEqual(gone?.code, TimCode.messageInvalid)
    }

    func testTheBlacklist() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        try await bob.tim.addToBlacklist(userIDList: [alice.name])
        try await bob.next { $0 == .blacklistUpdated(userIDList: [alice.name]) }
        let full = try await bob.tim.getBlacklist()
        XCTAssertEqual(full, [alice.name])
        try await bob.tim.removeFromBlacklist(userIDList: [alice.name])
        let empty = try await bob.tim.getBlacklist()
        XCTAssertEqual(empty, [])
    }

    func testProfiles() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let updated = try await alice.tim.updateMyProfile(ProfileFields(nick: "Alice 🌻", gender: .female))
        try await alice.next { $0 == .profileUpdated(profiles: [updated]) }
        let own = try await alice.tim.getMyProfile()
        XCTAssertEqual([own.nick, own.userID], ["Alice 🌻", alice.name])
        XCTAssertEqual(own.gender, .female)
        let seen = try await bob.tim.getUserProfile(userIDList: [alice.name, "nobody-of-this-name"])
        XCTAssertEqual(seen.map(\.nick), ["Alice 🌻"])
    }

    func testNightsAreQuiet() async throws {
        let alice = try await Person.ready("alice")
        let nights = AllReceiveMessageOpt(
            messageRemindType: .acceptNotNotify, startTime: TimeOfDay(hour: 22, minute: 30), duration: 9 * 3600)
        try await alice.tim.setAllReceiveMessageOpt(nights)
        try await alice.next { $0 == .allReceiveMessageOptUpdated(opt: nights) }
        let known = try await alice.tim.getAllReceiveMessageOpt()
        XCTAssertEqual(known, nights)
        XCTAssertEqual(try remindTypeAt(opt: nights, time: 0, utcOffset: 0), .acceptNotNotify)
        XCTAssertEqual(try remindTypeAt(opt: nights, time: 12 * 3600, utcOffset: 0), .acceptAndNotify)
    }

    func testALoginHasABeginningAndAnEnd() async throws {
        let alice = try await Person.ready("alice")
        XCTAssertTrue(alice.tim.isReady())
        XCTAssertEqual(alice.tim.getLoginUser(), alice.name)
        let repeated = try await alice.tim.login(userID: alice.name, userSig: alice.sig)
        XCTAssertTrue(repeated.repeatLogin)
        let note = try await alice.say("to myself", to: alice)
        let now = try await alice.tim.getServerTime()
        XCTAssertLessThan(abs(now - note.time), 60, "both are the server's clock")
        try await alice.tim.logout()
        try await alice.next { $0 == .sdkNotReady }
        XCTAssertFalse(alice.tim.isReady())
        XCTAssertNil(alice.tim.getLoginUser())
    }

    func testAnotherDeviceTakesThePlace() async throws {
        let alice = try await Person.ready("alice")
        let phone = try Tim.create(options: TimOptions(
            sdkAppID: theServer.app, server: theServer.address, dataDir: freshFolder(), instance: "\(alice.name)-phone"
        ))
        try await phone.login(userID: alice.name, userSig: alice.sig)
        try await alice.next { $0 == .kickedOut(type: .multipleDevice) }
        let error = await failure { _ = try await alice.tim.getConversationList() }
        XCTAssertEqual(error?.code, TimCode.kickedMultipleDevice)
        try await phone.destroy()
    }

    func testTheVersionIsTheServersToo() {
        XCTAssertEqual(theServer.version, "tim-server \(version())")
    }

    /// Each attempt waits longer than the one before it, up to a minute, unless the host says that the network is back.
    func testTheNetworkIsBack() async throws {
        let alice = try Person("alice")
        let (tim, attempts) = (try alice.alone(loginTimeoutMs: 120_000), Shared(0))
        tim.onAll { event in
            guard event == .netStateChange(state: .disconnected) else { return }
            attempts.change { $0 += 1 }
            tim.networkChanged(up: true)
        }
        let login = Task { await failure { try await tim.login(userID: alice.name, userSig: alice.sig) } }
        try await attempts.first { $0 >= 50 ? true : nil }
        try await tim.destroy()
        _ = await login.value
    }
}
