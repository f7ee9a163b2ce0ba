// The package: what `import TIM from 'tim-js-sdk'` gives.

import { create } from './create.js';
import { EVENT } from './event-names.js';
import { TYPES } from './types.js';

/** The version of the API that this package has. */
const VERSION = '2.27.6';

export default { create, TYPES, EVENT, VERSION };
