/** Invitations: made, accepted, rejected and cancelled, in C2C and in a group. */
package im.tim.sdk

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith

class SignalingTest {
    @Test
    fun bobAcceptsACallAndTheNextIsCancelled() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val call = alice.tim.invite(bob.name, "a call", 60, false)
        val info = bob.next<TimEvent.NewInvitationReceived>().invitation
        assertEquals(SignalingInfo(call, "", alice.name, listOf(bob.name), "a call", SignalingActionType.INVITE, 60), info)
        val message = bob.tim.getMessageList(c2c(alice.name)).messageList.last()
        assertEquals(info, bob.tim.getSignalingInfo(message))
        alice.tim.modifyInvitation(call, "a call with video")
        assertEquals("a call with video", bob.next<TimEvent.InvitationModified>().invitation.data)
        bob.tim.accept(call, "coming")
        assertEquals(InvitationAnswer(call, "", alice.name, bob.name, "coming"), alice.next<TimEvent.InviteeAccepted>().answer)

        val other = alice.tim.invite(bob.name, "another", 60, true)
        bob.next<TimEvent.NewInvitationReceived> { it.invitation.inviteID == other }
        alice.tim.cancel(other, "never mind")
        assertEquals("never mind", bob.next<TimEvent.InvitationCancelled>().invitation.data)
        val why = assertFailsWith<TimException.Refused> { bob.tim.reject(other, "") }
        assertEquals(TimCode.INVITATION_UNKNOWN, why.code)
    }

    @Test
    fun aMemberOfAGroupRejects() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val group = alice.tim.createGroup(NewGroup("Tea", GroupType.WORK, memberList = listOf(bob.name)))
        val call = alice.tim.inviteInGroup(group.groupID, listOf(bob.name), "a call", 60, false)
        assertEquals(group.groupID, bob.next<TimEvent.NewInvitationReceived>().invitation.groupID)
        bob.tim.reject(call, "busy")
        assertEquals("busy", alice.next<TimEvent.InviteeRejected>().answer.data)
    }
}
