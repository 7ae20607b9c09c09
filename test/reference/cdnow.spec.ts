/** The reference on the CDNOW sample, against what is published of it. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { told, recorded } from './example.js';
import { factsAsOf } from './facts.js';
import { occasionsOf } from './purchases.js';

// From dist/test/reference to the sources, where the data is.
const SAMPLE = new URL('../../../test/data/cdnow/CDNOW_sample.txt', import.meta.url);

async function customers() {
  const lines = (await readFile(SAMPLE, 'utf8')).trim().split('\n');
  const events = lines.map((line, number) => {
    const [, id = '', date = '', , dollars = ''] = line.trim().split(/\s+/);
    const day = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`;
    const amount = { minor: Math.round(Number(dollars) * 100), currency: 'USD' };
    return told(id, day, 'PurchaseRecorded', { touchpointId: `${number}`, amount });
  });
  return factsAsOf(recorded(events), { asOf: '1998-06-30', zone: 'UTC' });
}

describe('the CDNOW sample', () => {
  // domain.md D17: 6,696 occasions, free ones among them. Fader & Hardie: 2,357 customers, 946 of them repeat buyers by the
  // end of 1997-09-30 (analytics.md, "Gamma-Gamma on the 946 repeaters").
  it('has as many customers, occasions and repeat buyers as are published', async () => {
    const facts = await customers();
    expect(facts).toHaveLength(2357);
    const days = facts.map(({ purchases }) => occasionsOf(purchases));
    expect(days.flat()).toHaveLength(6696);
    const repeaters = days.filter((own) => own.filter((day) => day <= '1997-09-30').length > 1);
    expect(repeaters).toHaveLength(946);
  });
});
