// The contents of messages as TIM's Web SDK has them, and back: what the engine has, and the further names under which programs look
// for it.

import { TYPES } from './types.js';

/** What the server does not tell of a file: whether it has an address. It has. */
const HAS_ADDRESS = 2;

/** Renditions of files. */
const [ORIGINAL, SNAPSHOT] = [0, 3];

// Where an address is shown, `path` is what the engine has.
const SHOWN = {
  [TYPES.MSG_IMAGE]: (image, _, { addresses }) => ({
    ...image,
    imageInfoArray: image.imageInfoArray.map((it) => picture(it, address(addresses, it.type, it.url))),
  }),
  [TYPES.MSG_AUDIO]: (audio, _, { addresses }) => {
    const url = address(addresses, ORIGINAL, audio.url);
    return { ...audio, path: audio.url, url, remoteAudioUrl: url, downloadFlag: HAS_ADDRESS };
  },
  [TYPES.MSG_VIDEO]: (video, _, { addresses }) => {
    const videoUrl = address(addresses, ORIGINAL, video.videoUrl);
    const snapshotUrl = address(addresses, SNAPSHOT, video.snapshotUrl);
    const { snapshotUUID: thumbUUID, snapshotWidth: thumbWidth, snapshotHeight: thumbHeight, snapshotSize: thumbSize } = video;
    const thumb = { thumbUUID, thumbUrl: snapshotUrl, thumbWidth, thumbHeight, thumbSize };
    const paths = { path: video.videoUrl, snapshotPath: video.snapshotUrl };
    return { ...video, ...thumb, ...paths, videoUrl, remoteVideoUrl: videoUrl, snapshotUrl, videoDownloadFlag: HAS_ADDRESS };
  },
  [TYPES.MSG_FILE]: (file, _, { addresses }) => ({
    ...file,
    path: file.fileUrl,
    fileUrl: address(addresses, ORIGINAL, file.fileUrl),
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
 * @param {{addresses?: Record<number, string>, groupName?: string}} known what else is known
 */
export const shownPayload = (message, known = {}) => SHOWN[message.type]?.(message.payload, message, known) ?? message.payload;

/** Where a file is. A peer chose the path: only a full address of the web is shown without the engine's word. */
const address = (addresses, rendition, path) => addresses?.[rendition] ?? (path.startsWith('https://') ? path : '');

const picture = (it, url) => ({ ...it, path: it.url, url, imageUrl: url, sizeType: it.type + 1 });

const READ = {
  [TYPES.MSG_IMAGE]: (image) => ({ ...image, imageInfoArray: image.imageInfoArray.map((it) => ({ ...it, url: it.path })) }),
  [TYPES.MSG_AUDIO]: (audio) => ({ ...audio, url: audio.path }),
  [TYPES.MSG_VIDEO]: (video) => ({ ...video, videoUrl: video.path, snapshotUrl: video.snapshotPath }),
  [TYPES.MSG_FILE]: (file) => ({ ...file, fileUrl: file.path }),
  // TIM has other names for what a tip tells of a group, and programs do not read it.
  [TYPES.MSG_GRP_TIP]: (tipShown) => ({ ...tipShown, newGroupProfile: null }),
};

/** A payload as the engine reads it. */
export const payloadForEngine = ({ type, payload }) => READ[type]?.(payload) ?? payload;

/** A message of a merger. */
export function simplified({ known, ...message }) {
  const elements = [message, ...(message.elements ?? [])];
  return { ...message, messageBody: elements.map((it) => ({ type: it.type, payload: shownPayload(it, known) })) };
}

function tip(given, { from, to, time }, { groupName = '' }) {
  const { newGroupProfile, ownerID, ...rest } = given;
  const changes = given.memberList.map((member) => memberChange(member, time));
  return {
    ...rest,
    memberNum: given.memberCount,
    memberList: changes.length > 0 ? changes : given.userIDList.map((userID) => ({ userID, nick: '', avatar: '' })),
    groupProfile: { from, to, groupID: to, groupName },
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
