/** Either side of P4, and ours of R4, in a process of its own; prints the seconds it took. */
import { setTimeout as delay } from 'node:timers/promises';
import { ProjectionRunner, ViewReader } from '#projections/index.js';
import { allPartitions } from '#test/support/leases.js';
import { viewsFor } from '../../apps/composition/contexts.js';
import { openStores } from '../../apps/composition/stores.js';

const [work, folder] = process.argv.slice(2) as ['read' | 'rebuild', string];
const stores = await openStores({ dataFolder: folder, redisUrl: process.env['REDIS_URL'] });
const { eventStore, readStore, codec, identities, partitions } = stores;
const started = performance.now();

if (work === 'read') {
  for await (const { data, metadata } of eventStore.readAll()) {
    JSON.parse(data);
    JSON.parse(metadata);
  }
} else {
  const views = viewsFor(identities);
  const runner = new ProjectionRunner({
    store: eventStore,
    codec,
    readStore,
    views,
    partitions,
    notice: (notice) => notice.kind === 'failed' && process.stderr.write(`${String(notice.error)}\n`),
  });
  runner.start();
  await runner.hold(await allPartitions(readStore, partitions));
  const reader = new ViewReader(readStore);
  const live = async (): Promise<boolean> =>
    (await Promise.all(views.map((view) => reader.status(view)))).every(
      ({ collection }) => collection !== null,
    );
  while (!(await live())) await delay(20);
  await runner.stop();
}
process.stdout.write(String((performance.now() - started) / 1000));
await stores.close();
