// Methods of signals: invitations, to a call or whatever the program makes of it, and the answers to them.

import { CODE, fromEngine } from '../../face/errors.js';
import { logError } from '../../face/log.js';
import { forEngine } from '../../face/message.js';
import { lifecycle } from '../../face/methods/lifecycle.js';
import { one } from '../../face/methods/messages.js';
import { having, listing, pick, verb } from '../../face/methods/verb.js';

const invitation = ({ data = '', timeout = 0, onlineUserOnly = false }) => ({ data, timeout, onlineUserOnly });
const itsID = (inviteID) => ({ inviteID });

/** A method that says something about an invitation. */
const about = (name) =>
  verb(
    name,
    (options) => ({ data: '', ...pick(having(options, 'inviteID'), 'inviteID', 'data') }),
    (_, { args: [{ inviteID }] }) => ({ inviteID }),
  );

const invite = verb('invite', (options) => ({ userID: having(options, 'userID').userID, ...invitation(options) }), itsID);

const inviteInGroup = verb(
  'inviteInGroup',
  (options) => ({ ...pick(listing(having(options, 'groupID'), 'inviteeList'), 'groupID', 'inviteeList'), ...invitation(options) }),
  itsID,
);

/** A method that calls back: with the invitation, or with the number and the text of an error. */
const calling = (work) => (session, options, succeeded, failed) => {
  const told = work(session, options).then(
    ({ data }) => succeeded?.(data),
    ({ code, message }) => failed?.(code, message),
  );
  told.catch((why) => logError('a callback of an invitation threw', why));
};

export const signaling = {
  addSignalingListener: lifecycle.on,
  removeSignalingListener: lifecycle.off,
  invite,
  inviteSync: calling(invite),
  inviteInGroup,
  inviteInGroupSync: calling(inviteInGroup),
  cancel: about('cancel'),
  accept: about('accept'),
  reject: about('reject'),
  modifyInvitation: about('modifyInvitation'),
  getSignalingInfo(session, message) {
    const given = { message: forEngine(one(message)) };
    try {
      return session.engine.create('getSignalingInfo', given);
    } catch (why) {
      if (why.code === CODE.MESSAGE_INVALID) return null;
      throw fromEngine(why);
    }
  },
};
