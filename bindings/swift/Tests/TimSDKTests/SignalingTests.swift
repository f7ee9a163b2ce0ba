// Invitations, from Swift: made, accepted, rejected and cancelled, in C2C and in a group.

import TimSDK
import XCTest

final class SignalingTests: XCTestCase {
    func testBobAcceptsACallAndTheNextIsCancelled() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let call = try await alice.tim.invite(userID: bob.name, data: "a call", timeout: 60, onlineUserOnly: false)
        _ = try await bob.next { if case .newInvitationReceived(let it) = $0 { it.inviteID == call } else { false } }
        let page = try await bob.tim.getMessageList(conversationID: "C2C\(alice.name)")
        let info = try await bob.tim.getSignalingInfo(message: page.messageList[0])
        XCTAssertEqual(info.inviteeList, [bob.name])
        XCTAssertEqual(info.actionType, .invite)
        try await alice.tim.modifyInvitation(inviteID: call, data: "a call with video")
        _ = try await bob.next { if case .invitationModified(let it) = $0 { it.data == "a call with video" } else { false } }
        try await bob.tim.accept(inviteID: call, data: "coming")
        _ = try await alice.next { if case .inviteeAccepted(let it) = $0 { it.data == "coming" } else { false } }

        let other = try await alice.tim.invite(userID: bob.name, data: "another", timeout: 60, onlineUserOnly: true)
        _ = try await bob.next { if case .newInvitationReceived(let it) = $0 { it.inviteID == other } else { false } }
        try await alice.tim.cancel(inviteID: other, data: "never mind")
        _ = try await bob.next { if case .invitationCancelled(let it) = $0 { it.data == "never mind" } else { false } }
    }

    func testAMemberOfAGroupRejects() async throws {
        let (alice, bob) = (try await Person.ready("alice"), try await Person.ready("bob"))
        let group = try await alice.tim.createGroup(NewGroup(name: "Tea", type: .work, memberList: [bob.name]))
        let call = try await alice.tim.inviteInGroup(
            groupID: group.groupID, inviteeList: [bob.name], data: "a call", timeout: 60, onlineUserOnly: false)
        _ = try await bob.next { if case .newInvitationReceived(let it) = $0 { it.groupID == group.groupID } else { false } }
        try await bob.tim.reject(inviteID: call, data: "busy")
        _ = try await alice.next { if case .inviteeRejected(let it) = $0 { it.data == "busy" } else { false } }
    }
}
