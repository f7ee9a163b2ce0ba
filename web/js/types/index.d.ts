// The types of tim-js-sdk: what `import TIM from 'tim-js-sdk'` gives.

import type { EventNames, Types } from './constants.js';
import type { CreateOptions, Methods } from './methods.js';

export type * from './constants.js';
export type * from './methods.js';
export type * from './nouns.js';

/** An instance. */
export interface ChatSDK extends Methods {}

declare const TIM: {
  /** The instance for an SDKAppID; null if that is no number. */
  create(options: CreateOptions): ChatSDK;
  EVENT: EventNames;
  TYPES: Types;
  VERSION: string;
};

export default TIM;
