/** Personal-data keys and the ids made with them: the port, and its embedded adapter. */
export * from './port.js';
export { openEmbeddedKeyStore } from './embedded/embedded.js';
export { Identities } from './identities.js';
