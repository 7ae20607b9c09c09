/** The CDNOW sample as the events of its customers. */
import { readFile } from 'node:fs/promises';
import { customerStream, parseMoney, type CustomerId, type Instant, type Recorded } from '#kernel';
import type { LedgerEvent } from '#ledger/index.js';

// From dist/test/support to the sources, where the data is.
const SAMPLE = new URL('../../../test/data/cdnow/CDNOW_sample.txt', import.meta.url);

export async function cdnowEvents(): Promise<Recorded<LedgerEvent>[]> {
  const lines = (await readFile(SAMPLE, 'utf8')).trim().split('\n');
  return lines.map((line, index) => {
    const [, id = '', date = '', , dollars = ''] = line.trim().split(/\s+/);
    const day = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`;
    const time = `${day}T12:00:00.000Z` as Instant;
    return {
      type: 'PurchaseRecorded',
      data: { touchpointId: `p${index}`, amount: parseMoney(dollars, 'USD') },
      id: String(index),
      stream: customerStream(`cdnow-${id}` as CustomerId),
      revision: BigInt(index),
      position: BigInt(index),
      schema: 1,
      occurredAt: time,
      recordedAt: time,
      actor: { id: 'cdnow', role: 'system' },
      commandId: String(index),
      correlationId: String(index),
      causationId: String(index),
      hash: '',
    };
  });
}
