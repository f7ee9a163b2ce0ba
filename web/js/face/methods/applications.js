// Methods of applications to join groups, which come to owners and admins as notices of the server.

import { CODE, invalid } from '../errors.js';
import { TYPES } from '../types.js';
import { steps } from './verb.js';

/** The mark of an application among the server's notices. */
const APPLICATION = 1;

/** What an application is: of a user's own, or of a member who invites others. */
const [OWN, INVITED] = [0, 2];

/** So many notices are looked at: these many pages of so many. */
const [PAGES, PAGE] = [10, 100];

export const applications = {
  getGroupApplicationList: steps(() => undefined, waiting),
  handleGroupApplication: steps(decision, async (session, { groupID, users, notice, ...how }) => {
    for (const userID of users) await decide(session, notice, { groupID, userID, ...how });
    return { group: await session.group(groupID) };
  }),
};

/** Of a notice of the server, or of an application that was listed. */
function decision({ handleAction, handleMessage = '', message, application } = {}) {
  return { ...applicants(message, application), accept: handleAction === 'Agree', handleMessage };
}

function applicants(message, application) {
  if (application) {
    const { groupID, applicant, applicationType, userID, messageKey } = application;
    return { groupID, users: [applicationType === INVITED ? userID : applicant], notice: messageKey };
  }
  if (!isApplication(message)) throw invalid();
  return { groupID: message.payload.groupProfile.groupID, users: applied(message.payload), notice: message.ID };
}

const isApplication = (message) => message?.type === TYPES.MSG_GRP_SYS_NOTICE && message.payload.operationType === APPLICATION;

/** Who would join: those whom a member invites, or else who asks. */
const applied = ({ userIDList = [], operatorID }) => (userIDList.length > 0 ? userIDList : [operatorID]);

/** One user's application of a notice. */
const nameOf = (notice, userID) => `${notice} ${userID}`;

async function decide(session, notice, given) {
  const decided = () => session.decided.add(nameOf(notice, given.userID));
  try {
    await session.call('handleGroupApplication', given);
    decided();
  } catch (why) {
    if (why.code === CODE.APPLICATION_HANDLED) decided();
    throw why;
  }
}

/**
 * The newest of each user for each group, if nobody has decided it, as far as is known here: the user is no member, and this instance
 * has not decided. What another admin decided is told to the user alone, so that of who is no member it is listed until it is too late to decide.
 */
async function waiting(session) {
  const newest = new Map();
  for (const message of (await notices(session)).filter(isApplication)) {
    const { groupID } = message.payload.groupProfile;
    for (const userID of applied(message.payload)) newest.set(`${groupID} ${userID}`, { message, userID });
  }
  const open = [...newest.values()].filter(({ message, userID }) => !session.decided.has(nameOf(message.ID, userID))).map(application);
  const outside = await Promise.all(open.map((it) => isOutside(session, it)));
  return { applicationList: open.filter((_, place) => outside[place]) };
}

/** The server's notices, oldest first. */
async function notices(session) {
  const pages = [];
  let next = null;
  do {
    const page = await session.call('getMessageList', { conversationID: TYPES.CONV_SYSTEM, nextReqMessageID: next, count: PAGE });
    pages.unshift(page.messageList);
    next = page.isCompleted ? null : page.nextReqMessageID;
  } while (next && pages.length < PAGES);
  return pages.flat();
}

function application({ message: { payload, ID }, userID }) {
  const { operatorID, groupProfile, handleMessage } = payload;
  const isInvited = userID !== operatorID;
  return {
    applicant: operatorID,
    applicantNick: '',
    groupID: groupProfile.groupID,
    groupName: groupProfile.name,
    applicationType: isInvited ? INVITED : OWN,
    userID: isInvited ? userID : '',
    note: handleMessage,
    authentication: '',
    messageKey: ID,
  };
}

/** Whether the user of an application is no member of the group, which this user still sees. */
async function isOutside(session, { groupID, applicant, userID }) {
  const found = session.call('getGroupMemberProfile', { groupID, userIDList: [userID || applicant] });
  return found.then((members) => members.length === 0, () => false);
}
