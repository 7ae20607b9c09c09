/** A process to be killed, for embedded.spec.ts: takes a lease for an hour, says so, and stays while its test does. */
import { openEmbeddedReadStore } from './open.js';

const [path = ''] = process.argv.slice(2);
const store = await openEmbeddedReadStore({ path });
await store.lease('p0', 'killed', 3_600_000);
process.on('disconnect', () => process.exit());
process.send?.('taken');
