/** Set after a suite's environment is there: what its stores were is stopped at its end, also when it fails. */
import { afterAll } from '@jest/globals';
import { closeAllStores } from './production-pair.js';

afterAll(closeAllStores);
