/**
 * UCI Online Retail (Chen 2015) with a row an invoice: InvoiceNo, CustomerID, InvoiceDate in the local time of
 * London, Country, lines, units, amount_gbp. Its customers are mostly wholesalers.
 *
 * A cancellation (InvoiceNo C…) does not say what it cancels. It refunds the customer's earlier purchases, the newest
 * first, up to what is left of each; what is left of the cancellation after that was bought before the file begins,
 * and is skipped. So are rows without a customer: guest sales and corrections of stock.
 */
import { parse } from 'csv-parse';
import { Readable } from 'node:stream';
import { parseMoney, type Instant } from '#kernel';
import { line, numbering, type Open, type Row } from './rows.js';
import { instantIn } from './zoned.js';

type Invoice = Readonly<
  Record<'InvoiceNo' | 'CustomerID' | 'InvoiceDate' | 'Country' | 'amount_gbp', string>
>;

/** What of a purchase has not been refunded, in pence. */
interface Refundable {
  readonly key: string;
  left: number;
}

export async function* retail(open: Open, source = 'retail'): AsyncGenerator<Row> {
  const firsts = await firstInvoices(open);
  const registered = new Set<string>();
  const numbered = numbering();
  const purchases = new Map<string, Refundable[]>();
  for await (const invoice of invoices(open)) {
    const { CustomerID: customer, InvoiceNo: number, InvoiceDate: local } = invoice;
    const occurredAt = londonTime(local);
    if (customer === '') yield { skipped: 'no customer' };
    else if (occurredAt === undefined || !/^-?\d+(\.\d\d?)?$/.test(invoice.amount_gbp))
      yield { skipped: 'not an invoice' };
    else {
      const reference = { source, value: customer };
      if (!registered.has(customer)) {
        registered.add(customer);
        yield line(registration(reference, firsts.get(customer) ?? invoice));
      }
      const key = numbered(`${source}-${number}-${local.replace(/\D/g, '')}-${invoice.amount_gbp}`);
      const { minor } = parseMoney(invoice.amount_gbp, 'GBP');
      const known = purchases.get(customer) ?? [];
      purchases.set(customer, known);
      if (minor >= 0) {
        known.push({ key, left: minor });
        const data = { amount: { minor, currency: 'GBP' }, channel: 'web' };
        yield line({ kind: 'purchase', key, customer: reference, occurredAt, data });
      } else {
        const { parts, rest } = refunded(known, -minor);
        for (const { of, minor: part } of parts) {
          const data = { amount: { minor: part, currency: 'GBP' }, reason: 'cancellation' };
          yield line({
            kind: 'refund',
            key: `${key}-${of}`,
            customer: reference,
            of: { key: of },
            occurredAt,
            data,
          });
        }
        if (rest > 0) yield { skipped: 'cancellation of a purchase that is not in the file' };
      }
    }
  }
}

/** Takes the amount from the newest purchases, in pence; `rest` is what they could not cover. */
function refunded(
  purchases: readonly Refundable[],
  amount: number,
): { parts: { of: string; minor: number }[]; rest: number } {
  const parts: { of: string; minor: number }[] = [];
  let rest = amount;
  for (let place = purchases.length - 1; place >= 0 && rest > 0; place--) {
    const purchase = purchases[place]!; // within its length
    const minor = Math.min(rest, purchase.left);
    if (minor === 0) continue;
    purchase.left -= minor;
    rest -= minor;
    parts.push({ of: purchase.key, minor });
  }
  return { parts, rest };
}

const registration = (reference: { source: string; value: string }, first: Invoice): object => ({
  kind: 'customer',
  key: `${reference.source}-${reference.value}`,
  occurredAt: londonTime(first.InvoiceDate),
  data: {
    kind: 'organisation',
    relationship: 'customer',
    externalId: reference,
    region:
      first.Country.toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '') || 'unknown',
  },
});

async function firstInvoices(open: Open): Promise<ReadonlyMap<string, Invoice>> {
  const firsts = new Map<string, Invoice>();
  for await (const invoice of invoices(open)) {
    const known = firsts.get(invoice.CustomerID);
    if (known === undefined || invoice.InvoiceDate < known.InvoiceDate)
      firsts.set(invoice.CustomerID, invoice);
  }
  return firsts;
}

const invoices = (open: Open): AsyncIterable<Invoice> =>
  Readable.from(open()).pipe(parse({ columns: true, bom: true, trim: true, skip_empty_lines: true }));

function londonTime(local: string): Instant | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(local);
  if (parts === null) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  return instantIn('Europe/London', { year, month, day, hour, minute, second });
}
