// What UI kits such as TUIKit ask an instance: whether it has a module, and whether the application may use an ability. There is no
// other experimental call.

import { response } from '../../face/errors.js';
import { refusing } from '../../face/methods/not-yet.js';

/** The numbers of abilities: a power of two each. */
const [READ_RECEIPTS, STATUSES, REACTIONS] = [5, 7, 48].map((bit) => 2 ** bit);
const ABILITIES = READ_RECEIPTS + STATUSES + REACTIONS;

/** Whether all of a sum of abilities are there. */
const hasAll = (sum) => Number.isInteger(sum) && (BigInt(sum) & ~BigInt(ABILITIES)) === 0n;

const ANSWERS = new Map([
  // Everything is in every file. The answer is no promise.
  ['canIUseModule', () => true],
  ['isCommercialAbilityEnabled', (sum) => Promise.resolve(response({ enabled: hasAll(sum) }))],
  // What a program uses is reported to nobody.
  ['statTUIKeyFeatures', () => Promise.resolve(response())],
]);

const { callExperimentalAPI: refuse } = refusing({ callExperimentalAPI: 'there is no experimental call of this name' });

export const experimental = {
  callExperimentalAPI: (_, name, given) => (ANSWERS.get(name) ?? refuse)(given),
};
