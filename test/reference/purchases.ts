/**
 * Purchases as of a day: what was bought by then, less what was taken back by then. A correction replaces the fields that it
 * gives, from the time at which it was made (domain.md D3); a refund or a retraction counts from its own time.
 */
import { portion, split, sum } from './amounts.js';
import { dayOf, type Day } from './calendar.js';
import { byName, every, type Line, type Money, type RecordedEvent } from './events.js';

export interface Purchase {
  readonly purchaseId: string;
  /** Day in the organisation's zone. */
  readonly day: Day;
  readonly currency: string;
  /** The rest of the amount after refunds; 0 for a free purchase. */
  readonly net: number;
  /** The rest of the margin, in the proportion in which the amount is left; null where none was recorded. */
  readonly margin: number | null;
  /** `net` and `margin` by product. Of no product (null): a purchase without lines, and what its lines do not tell. */
  readonly parts: readonly Part[];
}

export interface Part {
  readonly product: string | null;
  readonly net: number;
  readonly margin: number | null;
}

/** As of a day in a zone. */
export interface Moment {
  readonly asOf: Day;
  readonly zone: string;
}

/** Whether it occurred up to the end of the day. */
export const occurred = (at: string, { asOf, zone }: Moment): boolean => dayOf(at, zone) <= asOf;

interface Touchpoint {
  readonly occurredAt: string;
  readonly amount: Money;
  readonly margin?: Money;
  readonly lines?: readonly Line[];
}

/** The purchases of one customer that are not wholly taken back, in the order of days. */
export function purchasesAsOf(events: readonly RecordedEvent[], moment: Moment): Purchase[] {
  const refunds = every(events, 'PurchaseRefunded')
    .map((event) => ({ ...asCorrected(event, event.data, events, moment), ...idsOf(event.data) }))
    .filter((refund) => stands(refund.touchpointId, refund.occurredAt, events, moment));

  return every(events, 'PurchaseRecorded')
    .map((event) => ({ ...asCorrected(event, event.data, events, moment), ...idsOf(event.data) }))
    .filter((bought) => stands(bought.touchpointId, bought.occurredAt, events, moment))
    .flatMap((bought) => {
      const { minor, currency } = bought.amount;
      const taken = sum(
        refunds
          .filter(
            ({ purchaseId, amount }) => purchaseId === bought.touchpointId && amount.currency === currency,
          )
          .map(({ amount }) => amount.minor),
      );
      if (minor > 0 && taken >= minor) return []; // wholly taken back
      const net = Math.max(0, minor - taken);
      const margin = marginLeft(bought, net);
      return [
        {
          purchaseId: bought.touchpointId,
          day: dayOf(bought.occurredAt, moment.zone),
          currency,
          net,
          margin,
          parts: partsOf(bought, net, margin),
        },
      ];
    })
    .sort((a, b) => byName(a.day, b.day) || byName(a.purchaseId, b.purchaseId));
}

const idsOf = ({ touchpointId, purchaseId }: { touchpointId: string; purchaseId?: string }) => ({
  touchpointId,
  purchaseId,
});

/** The touchpoint happened by the day, and was not retracted by then. */
function stands(id: string, at: string, events: readonly RecordedEvent[], moment: Moment): boolean {
  const retracted = every(events, 'TouchpointRetracted').some(
    ({ data, occurredAt }) => data.touchpointId === id && occurred(occurredAt, moment),
  );
  return occurred(at, moment) && !retracted;
}

function asCorrected(
  { occurredAt }: RecordedEvent,
  { touchpointId, amount, margin, lines }: Omit<Touchpoint, 'occurredAt'> & { touchpointId: string },
  events: readonly RecordedEvent[],
  moment: Moment,
): Touchpoint {
  let now: Touchpoint = { occurredAt, amount, margin, lines };
  for (const { data, occurredAt: made } of every(events, 'TouchpointCorrected')) {
    if (data.touchpointId !== touchpointId || !occurred(made, moment)) continue;
    now = {
      occurredAt: data.occurredAt ?? now.occurredAt,
      amount: data.amount ?? now.amount,
      margin: data.margin ?? now.margin,
      lines: data.lines ?? scaled(now, data.amount),
    };
  }
  return now;
}

/** A correction of the amount alone scales the lines (domain.md D6). */
function scaled({ lines, amount }: Touchpoint, corrected: Money | undefined): readonly Line[] | undefined {
  if (corrected === undefined || amount.minor === 0) return lines;
  return lines?.map((line) =>
    line.amount === undefined
      ? line
      : {
          ...line,
          amount: {
            minor: portion(line.amount.minor, corrected.minor, amount.minor),
            currency: corrected.currency,
          },
        },
  );
}

function marginLeft({ margin, amount }: Touchpoint, net: number): number | null {
  if (margin === undefined || margin.currency !== amount.currency) return null;
  return amount.minor === 0 ? margin.minor : portion(margin.minor, net, amount.minor);
}

function partsOf({ lines, amount }: Touchpoint, net: number, margin: number | null): Part[] {
  if (lines === undefined || lines.length === 0) return [{ product: null, net, margin }];
  const told = new Map<string | null, number>();
  for (const { product, amount: line } of lines)
    told.set(product, (told.get(product) ?? 0) + (line?.currency === amount.currency ? line.minor : 0));
  const untold = amount.minor - sum(told.values());
  if (untold > 0) told.set(null, untold);
  const products = [...told].sort(([a], [b]) => byName(a, b));
  const weights = products.map(([, weight]) => weight);
  const nets = split(net, weights);
  const margins = margin === null ? null : split(margin, weights);
  return products.map(([product], place) => ({
    product,
    net: nets[place]!, // one for each weight
    margin: margins === null ? null : margins[place]!,
  }));
}

/** Purchase occasions: the days with a purchase that is not wholly taken back (analytics.md, "Who counts"). */
export const occasionsOf = (purchases: readonly Purchase[]): Day[] => [
  ...new Set(purchases.map(({ day }) => day)),
];
