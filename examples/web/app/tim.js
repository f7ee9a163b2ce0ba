// The instance of the SDK that the whole page uses.

import TIM from 'tim-js-sdk';

import { application } from './demo.js';

export const tim = TIM.create(await application());
export const { EVENT, TYPES } = TIM;
