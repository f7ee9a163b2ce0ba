// The contents of messages as TIM's Web SDK has them: what the engine has, and the further names under which programs look for it. So the
// engine can read them again, but for those of tips, which it need not.

import { TYPES } from './types.js';

/** What the server does not tell of a file: whether it has an address. It has. */
const HAS_ADDRESS = 2;

const SHOWN = {
  [TYPES.MSG_IMAGE]: (image) => ({
    ...image,
    imageInfoArray: image.imageInfoArray.map((it) => ({ ...it, sizeType: it.type + 1, imageUrl: it.url })),
  }),
  [TYPES.MSG_AUDIO]: (audio) => ({ ...audio, remoteAudioUrl: audio.url, downloadFlag: HAS_ADDRESS }),
  [TYPES.MSG_VIDEO]: (video) => ({
    ...video,
    remoteVideoUrl: video.videoUrl,
    videoDownloadFlag: HAS_ADDRESS,
    thumbUUID: video.snapshotUUID,
    thumbUrl: video.snapshotUrl,
    thumbWidth: video.snapshotWidth,
    thumbHeight: video.snapshotHeight,
    thumbSize: video.snapshotSize,
  }),
  [TYPES.MSG_FILE]: (file) => ({ ...file, downloadFlag: HAS_ADDRESS }),
  [TYPES.MSG_MERGER]: (merger) => ({
    ...merger,
    version: 1,
    layersOverLimit: false,
    messageList: merger.messageList.map(simplified),
  }),
  [TYPES.MSG_GRP_TIP]: tip,
  [TYPES.MSG_GRP_SYS_NOTICE]: (notice, message) => ({
    ...notice,
    groupProfile: { from: message.from, to: message.to, ...notice.groupProfile },
    authentication: '',
    messageKey: message.ID,
    userDefinedField: '',
  }),
};

/**
 * A payload as programs look for it.
 * @param {{type: string, payload: object}} message as the engine has it
 */
export const shownPayload = (message) => SHOWN[message.type]?.(message.payload, message) ?? message.payload;

/** A message of a merger. */
export function simplified(message) {
  const elements = [message, ...(message.elements ?? [])];
  return { ...message, messageBody: elements.map((it) => ({ type: it.type, payload: shownPayload(it) })) };
}

function tip(given, message) {
  const { newGroupProfile, ownerID, ...rest } = given;
  return {
    ...rest,
    memberNum: given.memberCount,
    memberList: given.memberList.map((member) => memberChange(member, message.time)),
    groupProfile: { from: message.from, to: message.to, groupID: message.to },
    newGroupProfile: groupChanges(newGroupProfile, ownerID),
  };
}

function memberChange(member, time) {
  const { muteUntil } = member;
  return typeof muteUntil === 'number' ? { ...member, muteTime: Math.max(0, muteUntil - time) } : member;
}

/** Only what changed: programs look at the first name. */
function groupChanges(changes = {}, ownerID = undefined) {
  const { name, groupCustomField = [], ...rest } = changes;
  return {
    ...(name !== undefined && { groupName: name }),
    ...rest,
    ...(ownerID !== undefined && { ownerID }),
    ...(groupCustomField.length > 0 && { groupCustomField }),
  };
}
