/** Purchases as recorded events, and what takes them back or corrects them; all of one purchase in one currency. */
import { portion } from './amounts.js';
import { dayOf, plusDays } from './calendar.js';
import { compare, type Line } from './events.js';
import {
  idOf,
  instantOf,
  money,
  placed,
  type Bought,
  type FactOf,
  type Kept,
  type Put,
} from './history-kept.js';

type TouchpointFact = FactOf<'purchase' | 'refund' | 'correction' | 'retraction'>;

export function putTouchpoint(
  fact: TouchpointFact,
  number: number,
  kept: Kept,
  put: Put,
  zone: string,
): void {
  if (fact.is === 'purchase') return purchase(fact, number, kept, put, zone);
  const bought = placed(kept.purchases, fact.place);
  if (bought === undefined || bought.gone) return;
  // Nothing happens to a purchase before it was made.
  const at = [instantOf(fact, zone), bought.at].sort(compare).at(-1)!; // of two
  switch (fact.is) {
    case 'refund': {
      const minor = Math.min(bought.minor - bought.taken, portion(bought.minor, fact.percent, 100));
      if (minor <= 0) return;
      bought.taken += minor;
      const amount = { minor, currency: bought.currency };
      return put('PurchaseRefunded', { touchpointId: idOf(3, number), purchaseId: bought.id, amount }, at);
    }
    case 'correction':
      return correct(fact, bought, at, put, zone);
    case 'retraction':
      bought.gone = true;
      return put('TouchpointRetracted', { touchpointId: bought.id, reason: 'mistake' }, at);
    default:
      fact satisfies never;
  }
}

function purchase(fact: FactOf<'purchase'>, number: number, kept: Kept, put: Put, zone: string): void {
  const { minor, foreign, margin } = fact;
  const amount = money(minor, foreign);
  const at = instantOf(fact, zone);
  kept.purchases.push({ id: idOf(6, number), ...amount, taken: 0, at, gone: false });
  const lines: Line[] = fact.lines.map((percent, place) => ({
    product: `product-${place}`,
    quantity: 1,
    amount: { minor: Math.floor((minor * percent) / 100), currency: amount.currency },
  }));
  put(
    'PurchaseRecorded',
    {
      touchpointId: idOf(6, number),
      amount,
      ...(margin === null
        ? {}
        : { margin: { minor: portion(minor, margin, 100), currency: amount.currency } }),
      ...(lines.length === 0 ? {} : { lines }),
    },
    at,
  );
}

function correct(fact: FactOf<'correction'>, bought: Bought, at: string, put: Put, zone: string): void {
  if (fact.minor === null && fact.movedBy === null) return;
  // Not below what was taken back, nor to after what took it back or the correction itself.
  const minor = fact.minor === null ? null : Math.max(fact.minor, bought.taken);
  const day = fact.movedBy === null ? null : plusDays(dayOf(bought.at, zone), fact.movedBy);
  const meant = day === null || bought.taken > 0 ? null : instantOf({ day, minute: 720 }, zone);
  const moved = meant !== null && meant <= at ? meant : null;
  if (minor === null && moved === null) return;
  if (minor !== null) bought.minor = minor;
  if (moved !== null) bought.at = moved;
  put(
    'TouchpointCorrected',
    {
      touchpointId: bought.id,
      reason: 'mistake',
      ...(minor === null ? {} : { amount: { minor, currency: bought.currency } }),
      ...(moved === null ? {} : { occurredAt: moved }),
    },
    at,
  );
}
