/**
 * What the demonstration adds to the real purchases, because nobody published it: market segments by a stated rule,
 * and a ledger of marketing spend that is made up. It says so wherever it shows.
 */
import { cdnowSample, type Open } from '#import/formats/index.js';

export const RULE = 'under $15 is small-basket, under $35 medium-basket, the rest large-basket';

/** In cents of the first day's purchases. */
const segmentOf = (cents: number): string =>
  cents < 1_500 ? 'small-basket' : cents < 3_500 ? 'medium-basket' : 'large-basket';

export const DEFINITION = {
  zone: 'UTC',
  inactivityDays: 180,
  atRiskDays: 90,
  currency: 'USD',
  note: 'Demonstration.',
} as const;

/** Acquisition and retention as they are weighed; ceilings are declared, because one year cannot show them. */
export const POLICY = {
  shareBand: 0.1,
  regretBand: 0.05,
  confidence: 0.8,
  draws: 500,
  seed: 20_260_101,
  discount: 0.15,
  marginRate: 0.45,
  currency: 'USD',
  acquisitionCeiling: 0.15,
  retentionCeiling: 0.6,
  freeRetention: 0.1,
  note: 'Demonstration: made up.',
} as const;

interface Spend {
  readonly segment: string;
  readonly purpose: 'acquisition' | 'retention';
  /** Dollars a month. */
  readonly dollars: number;
  /** Prospects a month. */
  readonly addressed?: number;
}

const SPEND: readonly Spend[] = [
  { segment: 'small-basket', purpose: 'acquisition', dollars: 2_000, addressed: 4_000 },
  { segment: 'small-basket', purpose: 'retention', dollars: 10 },
  { segment: 'medium-basket', purpose: 'acquisition', dollars: 700, addressed: 4_000 },
  { segment: 'medium-basket', purpose: 'retention', dollars: 120 },
  { segment: 'large-basket', purpose: 'acquisition', dollars: 700, addressed: 4_000 },
  { segment: 'large-basket', purpose: 'retention', dollars: 30 },
];

const ACQUIRING = ['1997-01', '1997-02', '1997-03'];
const KEEPING = ['1997-02', '1997-03', '1997-04', '1997-05', '1997-06', '1997-07', '1997-08', '1997-09', '1997-10', '1997-11', '1997-12', '1998-01']; // prettier-ignore

/** The file's own lines, and with each customer's registration the segment of its first day. */
export async function* illustrated(open: Open): AsyncGenerator<string> {
  const segments = await firstDays(open);
  for await (const row of cdnowSample(open)) {
    if ('skipped' in row) continue;
    yield row.line;
    const { kind, key, occurredAt, data } = JSON.parse(row.line) as Registration;
    if (kind !== 'customer') continue;
    const segment = segmentOf(segments.get(data.externalId.value) ?? 0);
    yield JSON.stringify({
      kind: 'market-segment',
      key: `${key}-segment`,
      customer: data.externalId,
      occurredAt,
      data: { segment },
    });
  }
  yield* spendLines();
}

interface Registration {
  readonly kind: string;
  readonly key: string;
  readonly occurredAt: string;
  readonly data: { readonly externalId: { readonly source: string; readonly value: string } };
}

interface Purchase {
  readonly kind: string;
  readonly occurredAt: string;
  readonly customer: { readonly value: string };
  readonly data: { readonly amount: { readonly minor: number } };
}

/** Cents of each customer's first day. */
async function firstDays(open: Open): Promise<ReadonlyMap<string, number>> {
  const firsts = new Map<string, { day: string; cents: number }>();
  for await (const row of cdnowSample(open)) {
    if ('skipped' in row) continue;
    const { kind, occurredAt: day, customer, data } = JSON.parse(row.line) as Purchase;
    if (kind !== 'purchase') continue;
    const first = firsts.get(customer.value);
    if (first === undefined || day < first.day) firsts.set(customer.value, { day, cents: data.amount.minor });
    else if (day === first.day) first.cents += data.amount.minor;
  }
  return new Map([...firsts].map(([customer, { cents }]) => [customer, cents]));
}

function* spendLines(): Generator<string> {
  for (const { segment, purpose, dollars, addressed } of SPEND) {
    for (const month of purpose === 'acquisition' ? ACQUIRING : KEEPING) {
      const spendId = `demo-${month}-${segment}-${purpose}`;
      const amount = { minor: dollars * 100, currency: 'USD' };
      const data = { spendId, purpose, spentOn: `${month}-15`, amount, addressed, segment };
      yield JSON.stringify({ kind: 'spend', key: spendId, data });
    }
  }
}
