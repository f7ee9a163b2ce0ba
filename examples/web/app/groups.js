// Groups: a new one, who is in it, and more members.

import { avatar } from './avatar.js';
import { people } from './demo.js';
import { does, opens } from './dialogs.js';
import { element, find } from './dom.js';
import { me } from './login.js';
import { learn, nameOf } from './names.js';
import { openConversation, openTalk } from './talk.js';
import { TYPES, tim } from './tim.js';
import { toast, trying } from './toast.js';

/** How many members are shown. */
const SHOWN = 100;
const ROLES = { [TYPES.GRP_MBR_ROLE_OWNER]: 'owner', [TYPES.GRP_MBR_ROLE_ADMIN]: 'admin' };

opens('new-group', 'group-dialog', () => trying('The people are not known', showChoices));
does('group-dialog', 'The group could not be created', async (form) => {
  const memberList = form.getAll('member').map((userID) => ({ userID }));
  const { data } = await tim.createGroup({ name: form.get('name').trim(), type: TYPES.GRP_WORK, memberList });
  await openTalk(`${TYPES.CONV_GROUP}${data.group.groupID}`);
});

async function showChoices() {
  const others = (await people()).filter((userID) => userID !== me);
  find('choices').replaceChildren(...others.map(choice));
}

const choice = (value) => element('label', {}, element('input', { type: 'checkbox', name: 'member', value }), nameOf(value));

const groupID = () => openConversation().groupProfile.groupID;

opens('show-members', 'members-dialog', () => trying('The members could not be listed', showMembers));
does('members-dialog', 'The user could not be added', async (form) => {
  const userID = form.get('userID').trim();
  const { data } = await tim.addGroupMember({ groupID: groupID(), userIDList: [userID] });
  if (data.failureUserIDList.includes(userID)) toast(`${userID} could not be added: nobody with this ID has logged in yet`);
  find('members-dialog').querySelector('form').reset();
  await showMembers();
  return false;
});

async function showMembers() {
  const { memberList } = (await tim.getGroupMemberList({ groupID: groupID(), count: SHOWN })).data;
  memberList.forEach(learn);
  find('members').replaceChildren(...memberList.map(member));
}

function member({ userID, nick, nameCard, avatar: address, role }) {
  const name = nameCard || nick || userID;
  return element('li', {}, avatar(name, address), element('span', { className: 'name' }, name), element('small', {}, ROLES[role] ?? ''));
}
