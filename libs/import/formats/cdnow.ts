/**
 * The CDNOW files that B. Hardie publishes: every purchase of the customers who first bought in the first quarter of
 * 1997, until 1998-06-30; and the 1/10 sample of them. Columns are parted by spaces: customer, in the sample also its
 * number there, day, CDs, dollars. A day is its midnight in UTC.
 *
 * A customer of the sample is the same customer as in the master file, and so are its purchases: whichever comes
 * second adds only what the first did not have.
 */
import { parseMoney } from '#kernel';
import { line, numbering, textLines, type Open, type Row } from './rows.js';

interface Purchase {
  readonly customer: string;
  /** YYYYMMDD */
  readonly day: string;
  readonly cds: string;
  readonly dollars: string;
}

type ReadRow = (columns: readonly string[]) => Purchase | undefined;

const master: ReadRow = ([customer, day, cds, dollars]) => purchase(customer, day, cds, dollars);
const sample: ReadRow = ([customer, , day, cds, dollars]) => purchase(customer, day, cds, dollars);

export const cdnow = (open: Open, source = 'cdnow'): AsyncGenerator<Row> => rows(open, source, master);
export const cdnowSample = (open: Open, source = 'cdnow'): AsyncGenerator<Row> => rows(open, source, sample);

async function* rows(open: Open, source: string, read: ReadRow): AsyncGenerator<Row> {
  const firstDays = new Map<string, string>();
  for await (const columns of columnsOf(open)) {
    const row = read(columns);
    if (row !== undefined && row.day < (firstDays.get(row.customer) ?? '9'))
      firstDays.set(row.customer, row.day);
  }
  const registered = new Set<string>();
  const numbered = numbering();
  for await (const columns of columnsOf(open)) {
    const row = read(columns);
    if (row === undefined) {
      yield { skipped: 'not a purchase' };
      continue;
    }
    const { customer, day, cds, dollars } = row;
    const reference = { source, value: customer };
    if (!registered.has(customer)) {
      registered.add(customer);
      yield line({
        kind: 'customer',
        key: `${source}-${customer}`,
        occurredAt: midnight(firstDays.get(customer) ?? day),
        data: { kind: 'person', relationship: 'customer', externalId: reference },
      });
    }
    const amount = parseMoney(dollars, 'USD');
    yield line({
      kind: 'purchase',
      key: numbered(`${source}-${customer}-${day}-${cds}-${dollars}`),
      customer: reference,
      occurredAt: midnight(day),
      data: { amount, channel: 'web', lines: [{ product: 'cd', quantity: Number(cds), amount }] },
    });
  }
}

/** Rows that have numbers in them; the header of the master file has none. */
async function* columnsOf(open: Open): AsyncGenerator<string[]> {
  for await (const text of textLines(open)) {
    const columns = text.trim().split(/\s+/);
    if (columns[0] !== '' && columns[0] !== 'customer_id') yield columns;
  }
}

function purchase(...[customer, day, cds, dollars]: readonly (string | undefined)[]): Purchase | undefined {
  if (
    !customer ||
    !/^\d{8}$/.test(day ?? '') ||
    !/^\d+$/.test(cds ?? '') ||
    !/^\d+(\.\d\d?)?$/.test(dollars ?? '')
  )
    return undefined;
  return { customer, day: day ?? '', cds: cds ?? '', dollars: dollars ?? '' };
}

const midnight = (day: string): string =>
  `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00.000Z`;
