// The package: what `import TIM from 'tim-js-sdk'` gives.

import { creator } from '../face/create.js';
import { EVENT as COMMON } from '../face/event-names.js';
import { UNGATED } from '../face/gate.js';
import { METHOD } from '../face/methods/index.js';
import { TOLD } from '../face/told.js';
import { TYPES } from '../face/types.js';

/** The version of the API that this package has. */
const VERSION = '2.27.6';

const EVENT = { ...COMMON, GROUP_SYSTEM_NOTICE_RECEIVED: 'receiveGroupSystemNotice', SDK_RELOAD: 'sdkReload' };

const create = creator({ name: 'TIM', methods: METHOD, ungated: new Set(UNGATED), told: TOLD });

export default { create, TYPES, EVENT, VERSION };
