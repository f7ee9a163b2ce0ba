// The contents of messages as TIM's Web SDK has them, and back: what the engine has, and the further names under which programs look
// for it.

import { TYPES } from './types.js';

/** What the server does not tell of a file: whether it has an address. It has. */
const HAS_ADDRESS = 2;

/** Renditions of files. */
const [ORIGINAL, SNAPSHOT] = [0, 3];

// Where an address is shown, `path` is what the engine has.
const SHOWN = {
  [TYPES.MSG_IMAGE]: (image, message) => ({
    ...image,
    imageInfoArray: image.imageInfoArray.map((it) => picture(it, address(message, it.type, it.url))),
  }),
  [TYPES.MSG_AUDIO]: (audio, message) => {
    const url = address(message, ORIGINAL, audio.url);
    return { ...audio, path: audio.url, url, remoteAudioUrl: url, downloadFlag: HAS_ADDRESS };
  },
  [TYPES.MSG_VIDEO]: (video, message) => {
    const videoUrl = address(message, ORIGINAL, video.videoUrl);
    const snapshotUrl = address(message, SNAPSHOT, video.snapshotUrl);
    const { snapshotUUID: thumbUUID, snapshotWidth: thumbWidth, snapshotHeight: thumbHeight, snapshotSize: thumbSize } = video;
    const thumb = { thumbUUID, thumbUrl: snapshotUrl, thumbWidth, thumbHeight, thumbSize };
    const paths = { path: video.videoUrl, snapshotPath: video.snapshotUrl };
    return { ...video, ...thumb, ...paths, videoUrl, remoteVideoUrl: videoUrl, snapshotUrl, videoDownloadFlag: HAS_ADDRESS };
  },
  [TYPES.MSG_FILE]: (file, message) => ({
    ...file,
    path: file.fileUrl,
    fileUrl: address(message, ORIGINAL, file.fileUrl),
    downloadFlag: HAS_ADDRESS,
  }),
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

const address = ({ addresses }, rendition, path) => addresses?.[rendition] ?? path;

const picture = (it, url) => ({ ...it, path: it.url, url, imageUrl: url, sizeType: it.type + 1 });

const READ = {
  [TYPES.MSG_IMAGE]: (image) => ({ ...image, imageInfoArray: image.imageInfoArray.map((it) => ({ ...it, url: it.path })) }),
  [TYPES.MSG_AUDIO]: (audio) => ({ ...audio, url: audio.path }),
  [TYPES.MSG_VIDEO]: (video) => ({ ...video, videoUrl: video.path, snapshotUrl: video.snapshotPath }),
  [TYPES.MSG_FILE]: (file) => ({ ...file, fileUrl: file.path }),
  // What a tip tells of a group has other names there, and is of no use there.
  [TYPES.MSG_GRP_TIP]: (tipShown) => ({ ...tipShown, newGroupProfile: null }),
};

/** A payload as the engine reads it. */
export const payloadForEngine = ({ type, payload }) => READ[type]?.(payload) ?? payload;

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
