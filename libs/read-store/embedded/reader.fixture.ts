/** A thread that only reads, for embedded.spec.ts: answers each message with the document of `a`. */
import { parentPort, workerData } from 'node:worker_threads';
import { openEmbeddedReadStore } from './open.js';

const store = await openEmbeddedReadStore({ path: String(workerData), readOnly: true });
parentPort?.on('message', async (message) => {
  if (message === 'read') return parentPort?.postMessage(await store.get('v@1', ['a']));
  await store.close();
  parentPort?.close();
});
