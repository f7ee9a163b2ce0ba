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
        assertEquals(Role.OWNER to 1, made.selfInfo?.role to made.memberCount)

        val joined = bob.tim.joinGroup(made.groupID)
        assertEquals(JoinStatus.JOINED_SUCCESS to 2, joined.status to joined.group?.memberCount)
        assertEquals(made.groupID, bob.next<TimEvent.GroupListUpdated>().groups.single().groupID)
        val profile = bob.tim.getGroupProfile(made.groupID)
        assertEquals("every Sunday" to Role.MEMBER, profile.introduction to profile.selfInfo?.role)
        val members = bob.tim.getGroupMemberProfile(made.groupID, listOf(alice.name, bob.name, "mallory"))
        assertEquals(listOf(alice.name to Role.OWNER, bob.name to Role.MEMBER), members.map { it.userID to it.role })
        val owners = bob.tim.getGroupMemberList(made.groupID, role = Role.OWNER)
        assertEquals(listOf(alice.name) to null, owners.memberList.map { it.userID } to owners.next)

        val tip = alice.hears { message -> message.takeIf { it.groupTip != null } }
        assertEquals(GroupTipType.JOIN to listOf(bob.name), tip.groupTip?.let { it.type to it.userIDList })
        assertEquals(ConversationType.GROUP to made.groupID, tip.conversationType to tip.groupID)
        assertNull(tip.peer)

        val said = alice.tim.sendMessage(alice.tim.createTextMessage(made.groupID, ConversationType.GROUP, "tomorrow at nine?"))
        assertEquals(alice.name, alice.tim.pinGroupMessage(made.groupID, said, true).pinOperator)
        val pinned = bob.next<TimEvent.PinnedGroupMessageUpdated>()
        assertEquals(said.sequence to true, pinned.messageSequence to pinned.isPinned)
        assertEquals(listOf(said.id), bob.tim.getPinnedGroupMessageList(made.groupID).map { it.id })

        val changes = GroupChanges(notification = "rain: we stay at home", groupCustomField = listOf(CustomField("boots", "yes")))
        assertEquals(1L, alice.tim.updateGroupProfile(made.groupID, changes).infoSequence)
        val changed = bob.hears { message -> message.groupTip?.takeIf { it.type == GroupTipType.PROFILE_UPDATED } }
        assertEquals(changes, changed.newGroupProfile)
        assertEquals(changes.groupCustomField, bob.tim.getGroupList().single().groupCustomField)
        val refused = assertFailsWith<TimException.Refused> { bob.tim.updateGroupProfile(made.groupID, changes) }
        assertEquals(TimCode.GROUP_PERMISSION_DENIED, refused.code)

        bob.tim.quitGroup(made.groupID)
        val quit = alice.hears { message -> message.groupTip?.takeIf { it.type == GroupTipType.QUIT } }
        assertEquals(listOf(bob.name), quit.userIDList)
        assertEquals(emptyList(), bob.tim.getGroupList())
        assertNull(bob.tim.getGroupProfile(made.groupID).selfInfo)

        alice.tim.dismissGroup(made.groupID)
        assertEquals(emptyList(), alice.tim.getGroupList())
        val gone = assertFailsWith<TimException.Refused> { bob.tim.joinGroup(made.groupID) }
        assertEquals(TimCode.GROUP_NOT_FOUND, gone.code)
    }

    @Test
    fun membersAreAddedPromotedAndRemoved() = story {
        val (alice, bob, carol) = listOf(ready("alice"), ready("bob"), ready("carol"))
        val open = NewGroup("choir", GroupType.PUBLIC, inviteOption = InviteOption.FREE_ACCESS)
        val choir = alice.tim.createGroup(open).groupID
        val added = alice.tim.addGroupMember(choir, listOf(bob.name, carol.name, alice.name))
        assertEquals(listOf(bob.name, carol.name) to listOf(alice.name), added.successUserIDList to added.existedUserIDList)

        assertEquals(Role.ADMIN, alice.tim.setGroupMemberRole(choir, bob.name, Role.ADMIN).role)
        val promoted = carol.hears { message -> message.groupTip?.takeIf { it.type == GroupTipType.ADMINS_ADDED } }
        assertEquals(listOf(bob.name), promoted.userIDList)

        bob.tim.setGroupMemberMuteTime(choir, carol.name, 60)
        val muted = carol.hears { message -> message.groupTip?.takeIf { it.type == GroupTipType.MEMBERS_UPDATED } }
        assertEquals(carol.name, muted.memberList.single().userID)
        assertEquals("Soprano", carol.tim.setGroupMemberNameCard(choir, "Soprano").nameCard)
        val voice = listOf(CustomField("voice", "high"))
        assertEquals(voice, bob.tim.setGroupMemberCustomField(choir, voice, carol.name).memberCustomField)

        bob.tim.deleteGroupMember(choir, listOf(carol.name), "sings too loud", 60)
        assertEquals("sings too loud", carol.nextNotice(SystemNoticeType.REMOVED).handleMessage)
        val banned = assertFailsWith<TimException.Refused> { carol.tim.joinGroup(choir) }
        assertEquals(TimCode.GROUP_BANNED, banned.code)

        assertEquals(bob.name, alice.tim.changeGroupOwner(choir, bob.name).ownerID)
        assertEquals(Role.OWNER, bob.tim.getGroupProfile(choir).selfInfo?.role)
    }

    @Test
    fun membersFollowTheAttributesOfAGroup() = story {
        val (alice, bob) = ready("alice") to ready("bob")
        val stage = alice.tim.createGroup(NewGroup("stage", GroupType.MEETING, memberList = listOf(bob.name))).groupID
        bob.hears { message -> message.groupTip?.takeIf { it.type == GroupTipType.JOIN } }
        assertEquals(2, alice.tim.getGroupOnlineMemberCount(stage))
        assertEquals(listOf(stage), bob.tim.searchGroups(listOf("sta")).map { it.groupID })
        assertEquals(emptyList(), bob.tim.searchGroups(listOf("stage", "tea"), KeywordMatch.AND))
        assertEquals("stage", bob.tim.searchGroupByID(stage).name)
        val members = bob.tim.searchGroupMembers(GroupMemberSearchParam(listOf(bob.name), isSearchMemberRemark = false)).single()
        assertEquals(Triple(stage, bob.name, true), Triple(members.groupID, members.memberList.single().userID, members.isComplete))
        val free = listOf(CustomField("first", "free"), CustomField("second", "free"))
        assertEquals(GroupAttributes(free, 2), alice.tim.initGroupAttributes(stage, free))
        val told = bob.next<TimEvent.GroupAttributesUpdated>()
        assertEquals(free to 2L, told.groupAttributes to told.version)
        bob.tim.setGroupAttributes(stage, listOf(CustomField("first", "bob")), told.version)
        val late = assertFailsWith<TimException.Refused> {
            alice.tim.setGroupAttributes(stage, listOf(CustomField("first", "alice")), told.version)
        }
        assertEquals(TimCode.GROUP_ATTRIBUTES_CHANGED, late.code)
        assertEquals(listOf(CustomField("second", "")), alice.tim.deleteGroupAttributes(stage, listOf("second")).groupAttributes)
        assertEquals(GroupAttributes(listOf(CustomField("first", "bob")), 4), bob.tim.getGroupAttributes(stage))
    }

    @Test
    fun anOwnerDecidesWhoMayJoin() = story {
        val (alice, bob, carol) = listOf(ready("alice"), ready("bob"), ready("carol"))
        val group = alice.tim.createGroup(NewGroup("allotment", GroupType.PUBLIC)).groupID

        suspend fun apply(person: Person, words: String, accept: Boolean, answer: String): SystemNotice {
            assertEquals(JoinStatus.WAIT_ADMIN_APPROVAL, person.tim.joinGroup(group, words).status)
            val asked = alice.nextNotice(SystemNoticeType.JOIN_APPLICATION)
            assertEquals(person.name to words, asked.operatorID to asked.handleMessage)
            alice.tim.handleGroupApplication(group, person.name, accept, answer)
            return person.nextNotice(if (accept) SystemNoticeType.APPLICATION_ACCEPTED else SystemNoticeType.APPLICATION_REFUSED)
        }
        assertEquals("bring boots", apply(bob, "I have a spade", accept = true, "bring boots").handleMessage)
        assertEquals("we are full", apply(carol, "me too", accept = false, "we are full").handleMessage)
        assertEquals(listOf(group), bob.tim.getGroupList().map { it.groupID })
        assertEquals(emptyList(), carol.tim.getGroupList())

        val again = assertFailsWith<TimException.Refused> { alice.tim.handleGroupApplication(group, bob.name, true) }
        assertEquals(TimCode.APPLICATION_HANDLED, again.code)
    }

    /** The next notice of a kind that the server gives. */
    private suspend fun Person.nextNotice(type: SystemNoticeType): SystemNotice =
        hears { message ->
            message.systemNotice?.takeIf { it.type == type }?.also {
                assertEquals(ConversationType.SYSTEM, message.conversationType)
                assertNull(message.peer ?: message.groupID)
            }
        }

    /** What is found in the next message that has it. */
    private suspend fun <T : Any> Person.hears(find: (Message) -> T?): T {
        while (true) find(nextMessage())?.let { return it }
    }
}
