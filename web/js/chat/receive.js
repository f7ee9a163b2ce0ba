// How a user wants to be told of messages of all conversations: from the program's form to the engine's, and back.

import { TYPES } from '../face/types.js';

const SECOND_MS = 1_000;

/** What the engine is told. Without `isRepeated` it holds every day. */
export function optionForEngine(given = {}) {
  const { messageRemindType = TYPES.MSG_REMIND_ACPT_NOT_NOTE, duration = 0, isRepeated = true } = given;
  if (messageRemindType === TYPES.MSG_REMIND_ACPT_AND_NOTE) return { messageRemindType };
  const { startHour: hour = 0, startMinute: minute = 0, startSecond: second = 0 } = given;
  const startTime = { hour, minute, second };
  return { messageRemindType, duration, ...(isRepeated ? { startTime } : { startTimestamp: today(startTime) }) };
}

/** What the program is told: the times of one day in seconds since 1970, that of today if it holds every day. */
export function shownOption({ messageRemindType, startTime: daily, startTimestamp, duration }) {
  const startTime = daily ? today(daily) : (startTimestamp ?? 0);
  return { messageRemindType, startTime, endTime: startTime + duration, isRepeated: Boolean(daily) };
}

function today({ hour, minute, second }) {
  return Math.floor(new Date().setHours(hour, minute, second, 0) / SECOND_MS);
}
