/** A process to be killed, for embedded.spec.ts: commits numbers for ever and says so after each commit. */
import { openEmbeddedReadStore } from './open.js';

const [path = ''] = process.argv.slice(2);
const store = await openEmbeddedReadStore({ path });
for (const collection of ['numbers@1', 'twin@1']) await store.begin(collection, '{}');
const [before] = await store.states('numbers@1');
let expected = before?.checkpoint ?? null;
for (;;) {
  const n = (expected ?? 0n) + 1n;
  const key = String(n).padStart(8, '0');
  const common = { expected, checkpoint: n, unlisted: [], progress: new Map([[0, '{}']]) };
  await store.commit([
    {
      ...common,
      collection: 'numbers@1',
      documents: new Map([[key, key.repeat(250)]]),
      listed: [{ list: 'all', sort: key, key }],
      cells: new Map([['n', 1]]),
    },
    { ...common, collection: 'twin@1', documents: new Map(), listed: [], cells: new Map() },
  ]);
  expected = n;
  process.send?.(key);
  await new Promise((resolve) => setImmediate(resolve));
}
