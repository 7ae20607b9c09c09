/**
 * The figures of units in a window, summed from the cells that every customer contributed to. What a cell says
 * is told in `views/contribution.ts`; here it is read back.
 */
import { plus, times, type Whole, type Month } from '#kernel';
import type { Kind } from '../views/cell-names.js';
import { endOf, LONGEST, type Window } from '../windows.js';

/** What a loyalty segment is computed for. */
export const UNIT_KINDS = ['organisation', 'unit', 'segment', 'product'] as const;
export type UnitKind = (typeof UNIT_KINDS)[number];

/** Customers of a unit in a window. */
export interface Counts {
  /** N: there on the window's first day. */
  readonly customers: number;
  /** Of those, there on the first day after the window too. */
  readonly retained: number;
  /** First occasion or subscription ever in the window. */
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

type Cell = readonly [name: string, amount: Whole];

const WHOLE: readonly Kind[] = [
  'here',
  'kept1',
  'kept3',
  'kept6',
  'kept12',
  'first',
  'recurring',
  'foreign',
  'foreignRecurring',
];
const BY_MONTH: readonly Kind[] = ['covered', 'margin', 'bare'];

/** The beginnings of the names of all cells that figures of these windows need; sales are read by the month. */
export function prefixesFor(by: UnitKind, windows: readonly Window[]): string[] {
  const scope = by === 'product' ? 'p' : 'c';
  const months = new Set<Month>();
  for (const window of windows) for (let m = window.start; m < endOf(window); m++) months.add(m);
  return [
    ...WHOLE.map((kind) => `${scope}|${kind}|`),
    ...BY_MONTH.flatMap((kind) => [...months].map((month) => `${scope}|${kind}|${month}|`)),
  ];
}

/** The cells of each unit by its code; of the organisation by the code ''. */
export function byUnit(by: UnitKind, cells: Iterable<Cell>): Map<string, UnitCells> {
  const units = new Map<string, UnitCells>();
  for (const [name, amount] of cells) {
    const [, kind, month, lag, ...codes] = name.split('|');
    const code = by === 'organisation' ? '' : decodeURIComponent(codes[by === 'unit' ? 1 : 0] ?? '');
    let unit = units.get(code);
    if (unit === undefined) units.set(code, (unit = new UnitCells()));
    unit.add(kind as Kind, Number(month), Number(lag), amount);
  }
  return units;
}

export class UnitCells {
  /** Sums by month and lag, of each kind. */
  private readonly kinds = new Map<Kind, Map<number, Whole>>();

  add(kind: Kind, month: Month, lag: number, amount: Whole): void {
    let sums = this.kinds.get(kind);
    if (sums === undefined) this.kinds.set(kind, (sums = new Map()));
    const at = month * LONGEST + lag;
    sums.set(at, plus(sums.get(at) ?? 0, amount));
  }

  counts(window: Window): Counts {
    return {
      customers: Number(this.upTo('here', window.start)),
      retained: Number(this.upTo(`kept${window.length}`, window.start)),
      acquired: Number(this.within('first', window)),
    };
  }

  sales(window: Window): Sales {
    const withoutMargin = plus(this.salesOf('bare', window), this.recurring(window));
    return {
      revenue: plus(this.salesOf('covered', window), withoutMargin),
      margin: this.salesOf('margin', window),
      withoutMargin,
    };
  }

  foreign(window: Window): Foreign {
    return {
      purchases: Number(this.within('foreign', window)),
      subscriptions: Number(this.upTo('foreignRecurring', window.start)),
    };
  }

  private *of(kind: Kind): Generator<[month: Month, lag: number, amount: Whole]> {
    for (const [at, amount] of this.kinds.get(kind) ?? [])
      yield [Math.floor(at / LONGEST), at % LONGEST, amount];
  }

  /** What changes come to by this month. */
  private upTo(kind: Kind, last: Month): Whole {
    let sum: Whole = 0;
    for (const [month, , amount] of this.of(kind)) if (month <= last) sum = plus(sum, amount);
    return sum;
  }

  private within(kind: Kind, window: Window): Whole {
    let sum: Whole = 0;
    for (const [month, , amount] of this.of(kind)) {
      if (month >= window.start && month < endOf(window)) sum = plus(sum, amount);
    }
    return sum;
  }

  /** Of month start + k, the sales of lag k: changes of lags up to k. */
  private salesOf(kind: Kind, { start, length }: Window): Whole {
    let sum: Whole = 0;
    for (const [month, lag, amount] of this.of(kind)) {
      const k = month - start;
      if (k >= 0 && k < length && lag <= k) sum = plus(sum, amount);
    }
    return sum;
  }

  /** Over the lags 0 to length − 1, a change of lag k is in all that are not less. */
  private recurring({ start, length }: Window): Whole {
    let sum: Whole = 0;
    for (const [month, lag, amount] of this.of('recurring')) {
      if (month <= start && lag < length) sum = plus(sum, times(length - lag, amount));
    }
    return sum;
  }
}
