/**
 * L: a customer of 5,000 purchases, each of three lines of fifty products, buys on. How soon is a note about another customer
 * seen meanwhile, and what does each of these purchases cost? Against the same with a customer of ten purchases.
 */
import { purchaseOf, writeBuyer } from './history.js';
import { remove, startServer, temporaryFolder, type BenchServer } from './load.js';
import { row, type Row } from './row.js';

const [GREAT, SMALL] = ['benchgreat', 'benchsmall'];
const NOTES = 300;

export async function benchLedger(): Promise<readonly Row[]> {
  const folder = temporaryFolder();
  await writeBuyer(folder, GREAT, 5_000);
  await writeBuyer(folder, SMALL, 10);
  const server = await startServer(folder);
  try {
    await server.settled();
    const reference = await beside(server, SMALL);
    const ours = await beside(server, GREAT);
    return [
      row('L', 'note seen while a great customer buys, p99', ours.p99, reference.p99, 'ms', {
        oursAtMost: 50,
      }),
      row('L', 'CPU of a purchase, all of the server', ours.cpu, reference.cpu, 'ms', 'none'),
      row('L', 'CPU of it for being of a great customer', ours.cpu - reference.cpu, reference.cpu, 'ms', {
        oursAtMost: 2,
      }),
    ];
  } finally {
    await server.stop();
    remove(folder);
  }
}

/** Notes about one customer, one after the other, each until it is seen, while another buys without a pause. */
async function beside(server: BenchServer, buyer: string): Promise<{ p99: number; cpu: number }> {
  const { customerId } = (await sent(server, '/v1/customers', { kind: 'person' })).body;
  let buying = true;
  const buyOn = (async () => {
    let bought = 0;
    for (; buying; bought++) {
      const { amount, lines } = purchaseOf(bought).data as { amount: object; lines: object };
      await sent(server, `/v1/customers/${buyer}/purchases`, { amount, lines });
    }
    return bought;
  })();
  const seen: number[] = [];
  for (let note = 0; note < NOTES; note++) {
    const start = performance.now();
    const { position } = await sent(server, `/v1/customers/${customerId}/notes`, { text: `Note ${note}` });
    const headers = { ...server.headers, 'touchstone-at-least': position };
    await (await fetch(`${server.url}/v1/customers/${customerId}/timeline?limit=1`, { headers })).text();
    seen.push(performance.now() - start);
  }
  buying = false;
  await buyOn;
  await server.settled();
  return { p99: seen.sort((a, b) => a - b)[Math.floor(NOTES * 0.99)]!, cpu: await cpuOf(server, buyer) };
}

const PURCHASES = 300;

async function cpuOf(server: BenchServer, buyer: string): Promise<number> {
  const before = server.cpu();
  for (let n = 0; n < PURCHASES; n++) {
    const { amount, lines } = purchaseOf(n).data as { amount: object; lines: object };
    await sent(server, `/v1/customers/${buyer}/purchases`, { amount, lines });
  }
  await server.settled();
  return (server.cpu() - before) / PURCHASES;
}

interface Sent {
  readonly position: string;
  readonly body: { readonly customerId: string };
}

async function sent(server: BenchServer, path: string, body: object): Promise<Sent> {
  const answer = await fetch(server.url + path, {
    method: 'POST',
    headers: server.headers,
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return {
    position: answer.headers.get('touchstone-position') ?? '0',
    body: (await answer.json()) as Sent['body'],
  };
}
