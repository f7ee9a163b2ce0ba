/** Who is online: asked, subscribed to, and what a user says of themselves. */
package im.tim.sdk

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith

class StatusTest {
    @Test
    fun bobHearsWhatAliceSaysAndThatSheGoes() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val unknown = bob.tim.subscribeUserStatus(listOf(alice.name, "nobody")).single()
        assertEquals("nobody" to TimCode.UNKNOWN_USER, unknown.userID to unknown.code)
        assertEquals(UserStatus(alice.name, UserStatusType.ONLINE, ""), bob.next<TimEvent.UserStatusUpdated>().statuses.single())

        val said = alice.tim.setSelfStatus("on the mountain")
        assertEquals(UserStatus(alice.name, UserStatusType.ONLINE, "on the mountain"), said)
        for (person in listOf(alice, bob)) assertEquals(listOf(said), person.next<TimEvent.UserStatusUpdated>().statuses)
        val asked = bob.tim.getUserStatus(listOf(alice.name, "nobody"))
        assertEquals(listOf(said) to listOf(unknown), asked.successUserList to asked.failureUserList)

        alice.tim.logout()
        val gone = UserStatus(alice.name, UserStatusType.UNLOGINED, "")
        assertEquals(listOf(gone), bob.next<TimEvent.UserStatusUpdated>().statuses)
        bob.tim.unsubscribeUserStatus(emptyList())
        val why = assertFailsWith<TimException.Refused> { bob.tim.subscribeUserStatus(listOf(bob.name)) }
        assertEquals(TimCode.STATUS_OF_SELF, why.code)
    }
}
