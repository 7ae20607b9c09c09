/** Personal-data keys: the port, and its embedded adapter. */
export * from './port.js';
export { openEmbeddedKeyStore } from './embedded/embedded.js';
