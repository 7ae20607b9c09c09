/** P2: interactions recorded over HTTP, against the same server doing nothing with the same request. */
import { remove, sideBySide, startServer, temporaryFolder } from './load.js';
import { row, type Row } from './row.js';

const CUSTOMERS = 500;
const BODY = JSON.stringify({
  channel: 'phone',
  direction: 'inbound',
  subject: 'Late delivery',
  text: 'Asked where the parcel is. '.repeat(8),
  outcome: 'resolved',
  durationSeconds: 240,
  mood: 'irritable',
});

export async function benchCommands(): Promise<readonly Row[]> {
  const folder = temporaryFolder();
  const server = await startServer(folder);
  try {
    const ids: string[] = [];
    for (let index = 0; index < CUSTOMERS; index++) {
      const answer = await fetch(`${server.url}/v1/customers`, {
        method: 'POST',
        headers: server.headers,
        body: '{"kind":"person"}',
      });
      ids.push(((await answer.json()) as { customerId: string }).customerId);
    }
    const record = ids.map((id) => ({
      method: 'POST' as const,
      path: `/v1/customers/${id}/interactions`,
      body: BODY,
    }));
    const [ours, reference] = await sideBySide(server, record, [
      { method: 'POST', path: '/nothing', body: BODY },
    ]);
    return [
      row('P2', 'interactions over HTTP, 64 connections', ours.perSecond, reference.perSecond, 'requests/s', {
        atLeast: 0.5,
      }),
      row('P2', 'the same, p99', ours.p99, reference.p99, 'ms', { atMost: 3 }),
    ];
  } finally {
    await server.stop();
    remove(folder);
  }
}
