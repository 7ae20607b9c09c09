/** P5: a timeline page of 50, a profile and a page of a segment, against the same server answering nothing. */
import { customerAt, writeHistory } from './history.js';
import { remove, sideBySide, startServer, temporaryFolder } from './load.js';
import { row, type Row } from './row.js';

const CUSTOMERS = 1_000;
const EVENTS = 100_000; // a hundred a customer, so that every page is full

export async function benchQueries(): Promise<readonly Row[]> {
  const folder = temporaryFolder();
  await writeHistory(folder, EVENTS, CUSTOMERS);
  const server = await startServer(folder);
  try {
    await server.settled();
    const everyone = Array.from({ length: CUSTOMERS }, (_, index) => customerAt(index));
    const asked = {
      'timeline page of 50': everyone.map((id) => ({ path: `/v1/customers/${id}/timeline?limit=50` })),
      profile: everyone.map((id) => ({ path: `/v1/customers/${id}` })),
      'segment list, page of 50': ['basic', 'plus', 'premium'].map((segment) => ({
        path: `/v1/customers?segment=${segment}&limit=50`,
      })),
    };
    const rows: Row[] = [];
    for (const [name, requests] of Object.entries(asked)) {
      const [ours, reference] = await sideBySide(server, requests, [{ path: '/nothing' }]);
      rows.push(
        row('P5', name, ours.perSecond, reference.perSecond, 'requests/s', { atLeast: 0.5 }),
        row('P5', `${name}, p99`, ours.p99, reference.p99, 'ms', { atMost: 3 }),
      );
    }
    return rows;
  } finally {
    await server.stop();
    remove(folder);
  }
}
