// Methods that make a message. Nothing is sent.

import { invalid } from '../errors.js';
import { forEngine } from '../message.js';
import { TYPES } from '../types.js';
import { commonOf } from './common.js';

/**
 * A method that makes a message.
 * @param {string} name the engine's verb
 * @param {(payload: any) => object} take its own parameters, of the payload
 * @param {(payload: any) => object} options what else the message is created with
 */
const creator = (name, take, options = () => ({})) => (session, given) => {
  const { payload, ...common } = commonOf(given);
  const parameters = { ...common, ...take(payload) };
  return session.create(name, { ...parameters, options: { ...common.options, ...options(payload) } });
};

const text = ({ text: given }) => {
  if (typeof given !== 'string') throw invalid();
  return { text: given };
};

export const createMessages = {
  createTextMessage: creator('createTextMessage', text),
  createTextAtMessage: creator('createTextMessage', text, ({ atUserList = [TYPES.MSG_AT_ALL] }) => ({ atUserList })),
  createCustomMessage: creator('createCustomMessage', ({ data = '', description = '', extension = '' }) => ({ data, description, extension })),
  createFaceMessage: creator('createFaceMessage', ({ index, data = '' }) => ({ index, data })),
  createLocationMessage: creator('createLocationMessage', (place) => ({
    description: place.description ?? '',
    longitude: place.longitude,
    latitude: place.latitude,
  })),
  createForwardMessage: creator('createForwardMessage', (original) => ({ original: forEngine(original) })),
  createMergerMessage: creator('createMergerMessage', ({ messageList, title = '', abstractList = [], compatibleText }) => {
    if (!Array.isArray(messageList)) throw invalid();
    return { messageList: messageList.map(forEngine), title, abstractList, compatibleText };
  }),
};
