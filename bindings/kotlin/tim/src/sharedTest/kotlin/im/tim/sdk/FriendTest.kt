/** Friends: added at once or by an application, called what a user likes, put into groups, and what both are told. */
package im.tim.sdk

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith

class FriendTest {
    @Test
    fun aFriendIsAddedChangedAndDeleted() = story {
        val (alice, bob) = listOf(ready("alice"), ready("bob"))
        val added = alice.tim.addFriend(NewFriend(bob.name, SOURCE, wording = "we met on the mountain", remark = "Bobby"))
        assertEquals(FriendResult(bob.name, 0), added)
        val friend = alice.next<TimEvent.FriendListUpdated>().friends.single()
        assertEquals(listOf(bob.name, "Bobby", SOURCE), listOf(friend.userID, friend.remark, friend.source))
        assertEquals("we met on the mountain" to bob.name, friend.wording to friend.profile.userID)
        assertEquals(listOf(alice.name to ""), bob.next<TimEvent.FriendListUpdated>().friends.map { it.userID to it.remark })

        val team = listOf(CustomField("Tag_SNS_Custom_Team", "red"))
        val changed = alice.tim.updateFriend(bob.name, "B.", team)
        assertEquals("B." to team, changed.remark to changed.friendCustomField)
        assertEquals(listOf(changed), alice.next<TimEvent.FriendListUpdated>().friends)
        assertEquals(listOf(changed), alice.tim.getFriendList())
        assertEquals(listOf(changed), alice.tim.getFriendProfile(listOf(bob.name, "mallory")))

        val checked = alice.tim.checkFriend(listOf(bob.name, "mallory"), CheckType.BOTH)
        val nobody = CheckedFriend("mallory", Relation.NO_RELATION, TimCode.FRIEND_ACCOUNT_NOT_FOUND)
        assertEquals(listOf(CheckedFriend(bob.name, Relation.BOTH_WAY, 0), nobody), checked)

        val deleted = alice.tim.deleteFriend(listOf(bob.name, "mallory"), DeleteType.BOTH)
        assertEquals(listOf(FriendResult(bob.name, 0), FriendResult("mallory", TimCode.NOT_FRIENDS)), deleted)
        for (person in listOf(alice, bob)) person.next<TimEvent.FriendListUpdated> { it.friends.isEmpty() }
    }

    @Test
    fun anApplicationIsReadAndAccepted() = story {
        val (alice, bob) = listOf(ready("alice"), waryOne("bob"))
        alice.appliesTo(bob, "it is me", remark = "Bobby")
        val sent = alice.tim.getFriendApplicationList()
        assertEquals(listOf(bob.name to ApplicationType.SEND_OUT), sent.friendApplicationList.map { it.userID to it.type })
        val received = bob.nextApplications { it.unreadCount == 1 }.friendApplicationList.single()
        assertEquals(ApplicationType.COME_IN to "it is me", received.type to received.wording)
        assertEquals(alice.name to SOURCE, received.userID to received.source)

        bob.tim.setFriendApplicationRead()
        assertEquals(listOf(received), bob.nextApplications { it.unreadCount == 0 }.friendApplicationList)
        bob.tim.acceptFriendApplication(alice.name, ResponseAction.AGREE_AND_ADD, "Al")
        assertEquals(listOf("Bobby"), alice.next<TimEvent.FriendListUpdated>().friends.map { it.remark })
        assertEquals(listOf("Al"), bob.tim.getFriendList().map { it.remark })
        assertEquals(FriendApplications(emptyList(), 0), bob.tim.getFriendApplicationList())
    }

    @Test
    fun anApplicationIsRefusedOrTakenBack() = story {
        val (alice, bob) = listOf(ready("alice"), waryOne("bob"))
        alice.appliesTo(bob, "it is me")
        bob.nextApplications { it.unreadCount == 1 }
        bob.tim.refuseFriendApplication(alice.name)
        alice.nextApplications { it.friendApplicationList.isEmpty() }

        alice.appliesTo(bob, "please")
        alice.tim.deleteFriendApplication(bob.name, ApplicationType.SEND_OUT)
        assertEquals(emptyList(), alice.tim.getFriendApplicationList().friendApplicationList)
        val gone = assertFailsWith<TimException.Refused> {
            alice.tim.deleteFriendApplication(bob.name, ApplicationType.SEND_OUT)
        }
        assertEquals(TimCode.FRIEND_APPLICATION_NOT_FOUND, gone.code)
        assertEquals(listOf("please"), bob.nextApplications { it.unreadCount == 1 }.friendApplicationList.map { it.wording })
        assertEquals(emptyList(), alice.tim.getFriendList())
    }

    @Test
    fun friendGroupsAreFilledRenamedAndDeleted() = story {
        val (alice, bob, carol) = listOf(ready("alice"), ready("bob"), ready("carol"))
        alice.tim.addFriend(NewFriend(bob.name, SOURCE))
        val made = alice.tim.createFriendGroup("work", listOf(bob.name, carol.name))
        assertEquals(listOf(FriendResult(bob.name, 0), FriendResult(carol.name, TimCode.NOT_FRIENDS)), made)
        alice.toldOf(FriendGroup("work", 1, listOf(bob.name)))
        alice.tim.addFriend(NewFriend(carol.name, SOURCE, type = AddType.SINGLE, groupName = "work"))
        alice.toldOf(FriendGroup("work", 2, listOf(bob.name, carol.name)))

        alice.tim.renameFriendGroup("work", "office")
        alice.toldOf(FriendGroup("office", 2, listOf(bob.name, carol.name)))
        assertEquals(listOf(FriendResult(bob.name, 0)), alice.tim.removeFromFriendGroup("office", listOf(bob.name)))
        alice.toldOf(FriendGroup("office", 1, listOf(carol.name)))
        assertEquals(listOf(FriendResult(bob.name, 0)), alice.tim.addToFriendGroup("office", listOf(bob.name)))
        alice.toldOf(FriendGroup("office", 2, listOf(bob.name, carol.name)))
        assertEquals(listOf(listOf("office"), listOf("office")), alice.tim.getFriendList().map { it.groupList })

        alice.tim.deleteFriendGroup("office")
        alice.toldOf()
        assertEquals(listOf(emptyList<String>(), emptyList()), alice.tim.getFriendList().map { it.groupList })
        val gone = assertFailsWith<TimException.Refused> { alice.tim.deleteFriendGroup("office") }
        assertEquals(TimCode.FRIEND_GROUP_NOT_FOUND, gone.code)
    }

    /** Somebody who is asked before anybody is a friend. */
    private suspend fun Story.waryOne(name: String): Person =
        ready(name).apply { tim.updateMyProfile(ProfileFields(allowType = AllowType.NEED_CONFIRM)) }

    private suspend fun Person.appliesTo(other: Person, words: String, remark: String = "") {
        val asked = tim.addFriend(NewFriend(other.name, SOURCE, wording = words, remark = remark))
        assertEquals(FriendResult(other.name, TimCode.FRIEND_WAITS), asked)
    }

    private suspend fun Person.nextApplications(isIt: (FriendApplications) -> Boolean): FriendApplications =
        next<TimEvent.FriendApplicationListUpdated> { isIt(it.applications) }.applications

    /** Waits until the friend groups are these, and lists them. */
    private suspend fun Person.toldOf(vararg groups: FriendGroup) {
        next<TimEvent.FriendGroupListUpdated> { it.friendGroups == groups.toList() }
        assertEquals(groups.toList(), tim.getFriendGroupList())
    }

    private companion object {
        const val SOURCE = "AddSource_Type_Kotlin"
    }
}
