// What the quick start needs beside the engine: waiting, words for events, a picture. Nothing here calls the engine.

import Foundation
import TimSDK

/// Waits for an event.
func first(of events: AsyncStream<TimEvent>, where isIt: @Sendable (TimEvent) -> Bool) async {
    for await event in events where isIt(event) { return }
}

/// The next message that comes.
func next(of events: AsyncStream<TimEvent>) async -> Message {
    for await case .messageReceived(let messages) in events { return messages[0] }
    fatalError("the instance has ended")
}

/// Every event there is.
func describe(_ event: TimEvent) -> String {
    switch event {
    case .sdkReady: "sdkReady"
    case .sdkNotReady: "sdkNotReady"
    case .sdkDestroy(let app): "sdkDestroy \(app)"
    case .messageReceived(let messages): "messageReceived from \(messages.map(\.from))"
    case .messageStatusChanged(let messages): "messageStatusChanged \(messages.map { "\($0.id) \($0.status)" })"
    case .messageRevoked(let messages): "messageRevoked \(messages.map(\.id))"
    case .messageModified(let messages): "messageModified \(messages.map(\.id))"
    case .messageReactionsUpdated(let messages): "messageReactionsUpdated \(messages.map(\.id))"
    case .pinnedGroupMessageUpdated(let group, let place, let isPinned, _): "pinnedGroupMessageUpdated \(group) \(place) \(isPinned)"
    case .messageDeleted(_, let deleted): "messageDeleted \(deleted)"
    case .messageReadByPeer(let messages): "messageReadByPeer \(messages.count) messages"
    case .messageReadReceiptReceived(let receipts): "messageReadReceiptReceived \(receipts.map(\.messageID))"
    case .conversationListUpdated(let list): "conversationListUpdated \(list.map { "\($0.showName): \($0.messageForShow) (\($0.unreadCount) unread)" })"
    case .conversationChanged(let changed, let deleted, _): "conversationChanged \(changed.map(\.conversationID) + deleted)"
    case .unreadMessageCountChangedByFilter(_, let count): "unreadMessageCountChangedByFilter \(count)"
    case .totalUnreadMessageCountUpdated(let count): "totalUnreadMessageCountUpdated \(count)"
    case .groupListUpdated(let groups): "groupListUpdated \(groups.map(\.groupID))"
    case .profileUpdated(let profiles): "profileUpdated \(profiles.map(\.userID))"
    case .blacklistUpdated(let users): "blacklistUpdated \(users)"
    case .friendListUpdated(let friends): "friendListUpdated \(friends.map(\.userID))"
    case .friendGroupListUpdated(let groups): "friendGroupListUpdated \(groups.map(\.name))"
    case .newInvitationReceived(let it): "newInvitationReceived from \(it.inviter)"
    case .inviteeAccepted(let it): "inviteeAccepted \(it.invitee)"
    case .inviteeRejected(let it): "inviteeRejected \(it.invitee)"
    case .invitationCancelled(let it): "invitationCancelled by \(it.inviter)"
    case .invitationModified(let it): "invitationModified by \(it.inviter)"
    case .invitationTimeout(let it): "invitationTimeout \(it.inviteeList)"
    case .userStatusUpdated(let statuses): "userStatusUpdated \(statuses.map(\.userID))"
    case .friendApplicationListUpdated(let it): "friendApplicationListUpdated \(it.unreadCount) unread"
    case .groupAttributesUpdated(let group, _, _, let version): "groupAttributesUpdated \(group) version \(version)"
    case .allReceiveMessageOptUpdated(let opt): "allReceiveMessageOptUpdated \(opt.messageRemindType)"
    case .error(let code, let reason): "error \(code) \(reason)"
    case .kickedOut(let reason): "kickedOut \(reason)"
    case .netStateChange(let state): "netStateChange \(state)"
    }
}

/// Something to look at: a BMP file of 320 x 240 pixels.
func draw() -> Data {
    let (width, height, head) = (320, 240, 54)
    var file = Data(count: head)
    for (place, byte) in [(0, 0x42), (1, 0x4d), (10, head), (14, 40), (18, width & 255), (19, width >> 8), (22, height), (26, 1), (28, 24)] {
        file[place] = UInt8(byte)
    }
    for y in 0..<height {
        for x in 0..<width { file.append(contentsOf: [UInt8(x & 255 ^ y), UInt8(x * 255 / width), UInt8(y)]) }
    }
    return file
}
