import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { checkMapping, MappingError, rowsOf, type Format, type FormatOptions, type Open } from './index.js';
import { parseTime } from './time-format.js';

interface Line {
  readonly kind: string;
  readonly key: string;
  readonly customer?: { readonly source: string; readonly value: string };
  readonly of?: { readonly key: string };
  readonly occurredAt?: string;
  readonly data: {
    readonly amount?: { readonly minor: number; readonly currency: string };
    readonly [field: string]: unknown;
  };
}

async function read(
  format: Format,
  open: Open,
  options: FormatOptions = {},
): Promise<{ lines: Line[]; skipped: string[] }> {
  const lines: Line[] = [];
  const skipped: string[] = [];
  for await (const row of rowsOf(format, open, options)) {
    if ('skipped' in row) skipped.push(row.skipped);
    else lines.push(JSON.parse(row.line) as Line);
  }
  return { lines, skipped };
}

const opening = (text: string): Open =>
  async function* () {
    yield Buffer.from(text);
  };

const SAMPLE = fileURLToPath(new URL('../../../../test/data/cdnow/CDNOW_sample.txt', import.meta.url));
const sample: Open = () => createReadStream(SAMPLE);
const minor = (lines: readonly Line[], kind: string): number =>
  lines.filter((line) => line.kind === kind).reduce((sum, { data }) => sum + (data.amount?.minor ?? 0), 0);
const keys = (lines: readonly Line[]): string[] => lines.map(({ key }) => key).sort();

describe('CDNOW', () => {
  it('has 6,919 purchases of 2,357 customers for $244,091.94 in its sample, each under a key of its own', async () => {
    const { lines, skipped } = await read('cdnow-sample', sample);
    expect(lines.filter(({ kind }) => kind === 'purchase')).toHaveLength(6_919);
    expect(lines.filter(({ kind }) => kind === 'customer')).toHaveLength(2_357);
    expect(minor(lines, 'purchase')).toBe(24_409_194);
    expect(new Set(keys(lines)).size).toBe(lines.length);
    expect(skipped).toEqual([]);
  });

  it('registers a customer once, on the first day of purchase, before the first purchase', async () => {
    const text = ' 00009 19970301  1   9.50\n 00009 19970102  2   20.76\n';
    const { lines } = await read('cdnow', opening(text));
    expect(lines.map(({ kind }) => kind)).toEqual(['customer', 'purchase', 'purchase']);
    expect(lines[0]).toMatchObject({ key: 'cdnow-00009', occurredAt: '1997-01-02T00:00:00.000Z' });
    expect(lines[2]).toMatchObject({
      customer: { source: 'cdnow', value: '00009' },
      occurredAt: '1997-01-02T00:00:00.000Z',
      data: { amount: { minor: 2_076, currency: 'USD' }, lines: [{ product: 'cd', quantity: 2 }] },
    });
  });

  it('gives the same lines whatever order its rows are in', async () => {
    const rows = (await readFile(SAMPLE, 'utf8')).split('\n').slice(0, 300);
    const backwards = await read('cdnow-sample', opening(rows.toReversed().join('\n')));
    const forwards = await read('cdnow-sample', opening(rows.join('\n')));
    const texts = (lines: readonly Line[]): string[] => lines.map((line) => JSON.stringify(line)).sort();
    expect(texts(backwards.lines)).toEqual(texts(forwards.lines));
  });

  it('tells identical rows apart, and knows a row of the sample in the master file', async () => {
    const twice = await read('cdnow', opening(' 00004 19970101  2   29.33\n 00004 19970101  2   29.33\n'));
    expect(keys(twice.lines)).toEqual([
      'cdnow-00004',
      'cdnow-00004-19970101-2-29.33-1',
      'cdnow-00004-19970101-2-29.33-2',
    ]);
    const once = await read('cdnow-sample', opening(' 00004 0001 19970101  2   29.33\n'));
    expect(twice.lines).toEqual(expect.arrayContaining(once.lines));
  });

  it('passes its header by, and counts a row that is none', async () => {
    const text =
      ' customer_id  date number_of_cds  dollar_value\r\n 00001 19970101  1   11.77\r\n 00002 someday 1 12\r\n';
    const { lines, skipped } = await read('cdnow', opening(text));
    expect(lines).toHaveLength(2);
    expect(skipped).toEqual(['not a purchase']);
  });
});

describe('Online Retail', () => {
  const HEADER = 'InvoiceNo,CustomerID,InvoiceDate,Country,lines,units,amount_gbp\n';
  const invoices = (...rows: readonly string[]): Open => opening(HEADER + rows.join('\n'));

  it('is in the local time of London', async () => {
    const { lines } = await read(
      'retail',
      invoices('1,17850,2011-01-04 10:00:00,EIRE,1,1,5.00', '2,17850,2011-07-04 10:00:00,EIRE,1,1,6.00'),
    );
    expect(lines.map(({ occurredAt }) => occurredAt)).toEqual([
      '2011-01-04T10:00:00.000Z',
      '2011-01-04T10:00:00.000Z',
      '2011-07-04T09:00:00.000Z',
    ]);
    expect(lines[0]?.data).toMatchObject({ kind: 'organisation', region: 'eire' });
  });

  it('refunds the newest purchases first by a cancellation, and skips what none can cover', async () => {
    const { lines, skipped } = await read('retail', invoices(
      '1,17850,2011-01-04 10:00:00,France,1,1,10.00',
      '2,17850,2011-01-05 10:00:00,France,1,1,4.00',
      'C3,17850,2011-01-06 10:00:00,France,1,-1,-6.00',
      'C4,17850,2011-01-07 10:00:00,France,1,-1,-9.00',
    )); // prettier-ignore
    const refunds = lines.filter(({ kind }) => kind === 'refund');
    expect(refunds.map(({ of, data }) => [of?.key.split('-')[1], data.amount?.minor])).toEqual([['2', 400], ['1', 200], ['1', 800]]); // prettier-ignore
    expect(skipped).toEqual(['cancellation of a purchase that is not in the file']);
  });

  it('counts rows without a customer', async () => {
    const { lines, skipped } = await read(
      'retail',
      invoices('536414,,2010-12-01 11:52:00,United Kingdom,1,56,0.00'),
    );
    expect({ lines, skipped }).toEqual({ lines: [], skipped: ['no customer'] });
  });
});

describe('Any CSV', () => {
  const MAPPING = checkMapping({
    kind: 'purchase',
    key: 'order',
    customer: { source: 'shop', column: 'buyer' },
    occurredAt: { column: 'when', zone: 'Europe/Paris', format: 'dd/MM/yyyy HH:mm' },
    data: {
      amount: { money: 'total', currency: 'EUR' },
      channel: { constant: 'web' },
      campaign: 'promo',
      lines: [{ product: 'item', quantity: { number: 'pieces' } }],
    },
  });

  it('is made into lines by a mapping of its columns', async () => {
    const csv = 'order,buyer,when,total,promo,item,pieces\nA1,7,3/07/2026 14:05,"12.30",,tea,2\n';
    const { lines } = await read('csv', opening(csv), { source: 'shop', mapping: MAPPING });
    expect(lines).toEqual([
      {
        kind: 'purchase',
        key: 'shop-purchase-A1',
        customer: { source: 'shop', value: '7' },
        occurredAt: '2026-07-03T12:05:00.000Z',
        data: {
          amount: { minor: 1_230, currency: 'EUR' },
          channel: 'web',
          lines: [{ product: 'tea', quantity: 2 }],
        },
      },
    ]);
  });

  it('has keys by the content of its rows where no column has one', async () => {
    const { key: _none, ...mapping } = { ...MAPPING, data: { amount: { money: 'total', currency: 'EUR' } } };
    const csv = (...rows: readonly string[]): Open => opening(['order,buyer,when,total', ...rows].join('\n'));
    const rows = ['A,7,03/07/2026 14:05,1', 'A,7,03/07/2026 14:05,1', 'B,7,03/07/2026 14:05,1'];
    const forwards = await read('csv', csv(...rows), { mapping });
    const backwards = await read('csv', csv(...rows.toReversed()), { mapping });
    expect(new Set(keys(forwards.lines)).size).toBe(3);
    expect(keys(backwards.lines)).toEqual(keys(forwards.lines));
  });

  it('counts rows that hold no time or no amount', async () => {
    const csv =
      'order,buyer,when,total,promo,item,pieces\nA,7,soon,1,,tea,1\nB,7,03/07/2026 14:05,1.234,,tea,1\n';
    const { lines, skipped } = await read('csv', opening(csv), { mapping: MAPPING });
    expect({ lines, skipped }).toEqual({ lines: [], skipped: ['not a time', 'not an amount'] });
  });

  it('names the column that is not there', async () => {
    const reading = read('csv', opening('order,total\nA,1\n'), { mapping: MAPPING });
    await expect(reading).rejects.toThrow('There is no column "buyer". There are: order, total.');
  });

  it('wants a mapping that says what its rows are', () => {
    expect(() => checkMapping({ data: {} })).toThrow(MappingError);
  });
});

describe('A local time', () => {
  it.each([
    ['2026-03-29 01:30', '2026-03-29T01:30:00.000Z', 'is never shown in spring: as long after the gap'],
    ['2026-10-25 01:30', '2026-10-25T00:30:00.000Z', 'is shown twice in autumn: the first of the two'],
    ['2026-10-25 02:30', '2026-10-25T02:30:00.000Z', 'is past that'],
    ['2026-03-29 03:00', '2026-03-29T02:00:00.000Z', 'is in summer'],
  ])('%s of London is %s: it %s', (local, instant) => {
    expect(parseTime(local, 'Europe/London', 'yyyy-MM-dd HH:mm')).toBe(instant);
  });

  it('that there is not is refused', () => {
    expect(() => parseTime('31/02/2026', 'UTC', 'dd/MM/yyyy')).toThrow(RangeError);
  });
});
