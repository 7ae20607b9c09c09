/** A process whose trust is settled when it starts, for open.spec.ts: begins a collection and says which there are. */
import process from 'node:process';
import { openRedisReadStore } from './open.js';

const [url = ''] = process.argv.slice(2);
const store = await openRedisReadStore({ url });
await store.begin('v@1', '{}');
process.send?.(await store.collections());
await store.close();
process.disconnect();
