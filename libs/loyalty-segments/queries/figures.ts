/** The figures of units in a window, read from the cells of the ledger. */
import { firstDay, plus, portion, type Month, type Whole } from '#kernel';
import { type Breakdown, type CellKind, type Cells } from '#ledger/index.js';
import { endOf, type Length, type Window } from '../windows.js';

/** What a loyalty segment is computed for. */
export const UNIT_KINDS = ['organisation', 'unit', 'segment', 'product'] as const;
export type UnitKind = (typeof UNIT_KINDS)[number];

/** The breakdown whose groups the units of a kind are; null for the organisation, which is everybody. */
export const breakdownOf = (by: UnitKind): Breakdown | null => (by === 'organisation' ? null : by);

/** Customers of a unit in a window. */
export interface Counts {
  /** N: there at the last instant before the window. */
  readonly customers: number;
  /** Of those, there at the last instant of the window too. */
  readonly retained: number;
  /** There for the first time in the window. */
  readonly acquired: number;
}

/** Minor units that the customers counted in N brought in the window. */
export interface Sales {
  readonly revenue: Whole;
  /** Margin of the purchases that carry one. */
  readonly margin: Whole;
  /** The part of the revenue that carries none: other purchases, and subscriptions. */
  readonly withoutMargin: Whole;
}

/** Not counted, because they are in another currency. */
export interface Foreign {
  readonly purchases: number;
  readonly subscriptions: number;
}

/** The kinds of cells that figures of windows of a length need. */
export const kindsFor = (length: Length): readonly CellKind[] => [
  'here',
  `lost${length}`,
  'came',
  'covered',
  'margin',
  'bare',
  `yearlyIn${length}`,
  'foreign',
  'foreignStart',
  'foreignEnd',
];

export class UnitCells {
  constructor(private readonly cells: Cells = new Map()) {}

  counts(window: Window): Counts {
    const customers = Number(this.upTo('here', window.start));
    return {
      customers,
      retained: customers - Number(this.upTo(`lost${window.length}`, window.start)),
      acquired: Number(
        this.sum('came', ([month]) => Number(month) >= window.start && Number(month) < endOf(window)),
      ),
    };
  }

  sales(window: Window): Sales {
    // A contract earns a twelfth of its yearly price a month: it is divided once.
    const recurring = portion(this.upTo(`yearlyIn${window.length}`, window.start), 1, 12);
    const withoutMargin = plus(this.salesOf('bare', window), recurring);
    return {
      revenue: plus(this.salesOf('covered', window), withoutMargin),
      margin: this.salesOf('margin', window),
      withoutMargin,
    };
  }

  foreign(window: Window): Foreign {
    const [start, end] = [firstDay(window.start), firstDay(endOf(window))] as [string, string];
    const begun = this.sum('foreignStart', ([day = '']) => day < end);
    const over = this.sum('foreignEnd', ([day = '']) => day <= start);
    return {
      purchases: Number(this.sum('foreign', ([day = '']) => day >= start && day < end)),
      subscriptions: Number(begun) - Number(over),
    };
  }

  /** What changes come to by this month. */
  private upTo(kind: CellKind, last: Month): Whole {
    return this.sum(kind, ([month]) => Number(month) <= last);
  }

  /** Of month start + k, the sales of lag k: changes of lags up to k. */
  private salesOf(kind: CellKind, { start, length }: Window): Whole {
    return this.sum(kind, ([month, lag]) => {
      const k = Number(month) - start;
      return k >= 0 && k < length && Number(lag) <= k;
    });
  }

  private sum(kind: CellKind, counts: (keys: readonly string[]) => boolean): Whole {
    let sum: Whole = 0;
    for (const [keys, amount] of this.cells.get(kind) ?? []) if (counts(keys)) sum = plus(sum, amount);
    return sum;
  }
}
