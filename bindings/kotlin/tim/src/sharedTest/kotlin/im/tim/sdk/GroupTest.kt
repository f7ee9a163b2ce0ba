/** Groups, from their making to their end, and what their members are told. */
package im.tim.sdk

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNull

class GroupTest {
    @Test
    fun aGroupIsJoinedLeftAndDismissed() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val made = alice.tim.createGroup(NewGroup("walks", GroupType.MEETING, introduction = "every Sunday"))
        assertEquals(Role.OWNER to 1u, made.selfRole to made.memberCount)

        val joined = bob.tim.joinGroup(made.groupId, "")
        assertEquals(JoinStatus.JOINED_SUCCESS to 2u, joined.status to joined.group?.memberCount)
        assertEquals(made.groupId, bob.next<TimEvent.GroupListUpdated>().groups.single().groupId)
        val profile = bob.tim.getGroupProfile(made.groupId)
        assertEquals("every Sunday" to Role.MEMBER, profile.introduction to profile.selfRole)

        bob.tim.quitGroup(made.groupId)
        assertEquals(emptyList(), bob.tim.getGroupList())
        assertNull(bob.tim.getGroupProfile(made.groupId).selfRole)

        alice.tim.dismissGroup(made.groupId)
        assertEquals(emptyList(), alice.tim.getGroupList())
        val gone = assertFailsWith<TimException.Refused> { bob.tim.joinGroup(made.groupId, "") }
        assertEquals(10_010u, gone.code)
    }

    @Test
    fun anOwnerDecidesWhoMayJoin() = story {
        val (alice, bob, carol) = listOf(ready("alice"), ready("bob"), ready("carol"))
        val group = alice.tim.createGroup(NewGroup("allotment", GroupType.PUBLIC)).groupId

        suspend fun apply(person: Person, words: String, accept: Boolean, answer: String): SystemNotice {
            assertEquals(JoinStatus.WAIT_ADMIN_APPROVAL, person.tim.joinGroup(group, words).status)
            val asked = alice.nextNotice(1u)
            assertEquals(person.name to words, asked.operatorId to asked.handleMessage)
            alice.tim.handleGroupApplication(group, person.name, accept, answer)
            return person.nextNotice(if (accept) 2u else 3u)
        }
        assertEquals("bring boots", apply(bob, "I have a spade", accept = true, "bring boots").handleMessage)
        assertEquals("we are full", apply(carol, "me too", accept = false, "we are full").handleMessage)
        assertEquals(listOf(group), bob.tim.getGroupList().map { it.groupId })
        assertEquals(emptyList(), carol.tim.getGroupList())

        val again = assertFailsWith<TimException.Refused> { alice.tim.handleGroupApplication(group, bob.name, true, "") }
        assertEquals(10_024u, again.code)
    }

    /** The next notice of a kind that the server gives. */
    private suspend fun Person.nextNotice(kind: UInt): SystemNotice {
        while (true) {
            val notice = (nextMessage().payload as? Payload.GroupSystemNotice)?.v1
            if (notice?.operationType == kind) return notice
        }
    }
}
