/**
 * The facts that a history is drawn from. The thing that a fact refers to (a purchase, a contract, a defection) is told by its place
 * among those of the same customer, so that a fact makes sense wherever it stands.
 */
import fc from 'fast-check';
import { daysBetween, plusDays, type Day } from './calendar.js';

export const FIRST_DAY: Day = '2025-01-01';
export const LAST_DAY: Day = plusDays(FIRST_DAY, 480);

/** When a fact happened, and how long after it was recorded. */
export interface When {
  readonly customer: number;
  readonly day: Day;
  /** Of the day, in the zone of the organisation. */
  readonly minute: number;
  readonly daysLate: number;
}

export type Fact = When &
  (
    | {
        readonly is: 'purchase';
        readonly minor: number;
        readonly foreign: boolean;
        readonly margin: number | null;
        readonly lines: readonly number[];
      }
    | { readonly is: 'refund'; readonly place: number; readonly percent: number }
    | {
        readonly is: 'correction';
        readonly place: number;
        readonly minor: number | null;
        readonly movedBy: number | null;
      }
    | { readonly is: 'retraction'; readonly place: number }
    | {
        readonly is: 'move';
        readonly into: 'segment' | 'region' | 'unit' | 'owner' | 'relationship';
        readonly code: number;
      }
    | { readonly is: 'tag'; readonly code: number; readonly added: boolean }
    | {
        readonly is: 'start';
        readonly minor: number;
        readonly foreign: boolean;
        readonly yearly: boolean;
        readonly product: number;
        readonly ahead: number;
      }
    | { readonly is: 'reprice'; readonly place: number; readonly minor: number; readonly ahead: number }
    | {
        readonly is: 'cancel';
        readonly place: number;
        readonly notice: number;
        readonly reason: number | null;
      }
    | { readonly is: 'renew'; readonly place: number }
    | { readonly is: 'withdraw'; readonly place: number }
    | { readonly is: 'retract-contract'; readonly place: number }
    | {
        readonly is: 'defect';
        readonly ahead: number;
        readonly reason: number;
        readonly yearlyValue: number | null;
      }
    | {
        readonly is: 'attribute';
        readonly place: number;
        readonly cause: number;
        readonly controllable: boolean;
      }
    | { readonly is: 'win-back'; readonly place: number; readonly ahead: number }
    | { readonly is: 'retract-defection'; readonly place: number }
    | {
        readonly is: 'spend';
        readonly purpose: 'acquisition' | 'retention';
        readonly minor: number;
        readonly foreign: boolean;
        readonly addressed: number;
        readonly code: number | null;
      }
    | { readonly is: 'erase' }
  );

const place = fc.nat(3);
const code = fc.nat(2);
const minor = fc.oneof(fc.constantFrom(0, 1, 99, 10_000), fc.integer({ min: 0, max: 200_000 }));
const ahead = fc.oneof(fc.constant(0), fc.integer({ min: -60, max: 120 }));
const seldom = fc.integer({ min: 0, max: 9 }).map((roll) => roll === 9);

const when = {
  customer: fc.nat(2),
  day: fc.nat(daysBetween(FIRST_DAY, LAST_DAY) - 1).map((days) => plusDays(FIRST_DAY, days)),
  // The first and the last minutes of a day are where zones go wrong.
  minute: fc.oneof(fc.constantFrom(0, 1439), fc.nat(1439)),
  daysLate: fc.oneof(fc.constant(0), fc.nat(200)),
};

export const factOf = (): fc.Arbitrary<Fact> => {
  const none = fc.constant(null);
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        ...when,
        is: fc.constant('purchase' as const),
        minor,
        foreign: seldom,
        margin: fc.oneof(none, fc.integer({ min: 0, max: 100 })),
        lines: fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 2 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        ...when,
        is: fc.constant('refund' as const),
        place,
        percent: fc.constantFrom(1, 33, 50, 100),
      }),
    },
    fc.record({
      ...when,
      is: fc.constant('correction' as const),
      place,
      minor: fc.oneof(none, minor),
      movedBy: fc.oneof(none, fc.integer({ min: -40, max: 40 })),
    }),
    fc.record({ ...when, is: fc.constant('retraction' as const), place }),
    {
      weight: 3,
      arbitrary: fc.record({
        ...when,
        is: fc.constant('move' as const),
        into: fc.constantFrom('segment' as const, 'region', 'unit', 'owner', 'relationship'),
        code,
      }),
    },
    fc.record({ ...when, is: fc.constant('tag' as const), code, added: fc.boolean() }),
    {
      weight: 2,
      arbitrary: fc.record({
        ...when,
        is: fc.constant('start' as const),
        minor,
        foreign: seldom,
        yearly: fc.boolean(),
        product: code,
        ahead,
      }),
    },
    fc.record({ ...when, is: fc.constant('reprice' as const), place, minor, ahead }),
    {
      weight: 2,
      arbitrary: fc.record({
        ...when,
        is: fc.constant('cancel' as const),
        place,
        notice: fc.nat(90),
        reason: fc.oneof(none, code),
      }),
    },
    fc.record({ ...when, is: fc.constant('renew' as const), place }),
    fc.record({ ...when, is: fc.constant('withdraw' as const), place }),
    fc.record({ ...when, is: fc.constant('retract-contract' as const), place }),
    {
      weight: 2,
      arbitrary: fc.record({
        ...when,
        is: fc.constant('defect' as const),
        ahead,
        reason: code,
        yearlyValue: fc.oneof(none, minor),
      }),
    },
    fc.record({
      ...when,
      is: fc.constant('attribute' as const),
      place,
      cause: code,
      controllable: fc.boolean(),
    }),
    fc.record({ ...when, is: fc.constant('win-back' as const), place, ahead }),
    fc.record({ ...when, is: fc.constant('retract-defection' as const), place }),
    {
      weight: 4,
      arbitrary: fc.record({
        ...when,
        is: fc.constant('spend' as const),
        purpose: fc.constantFrom('acquisition' as const, 'retention'),
        minor: fc.integer({ min: 0, max: 20_000 }),
        foreign: seldom,
        addressed: fc.nat(6),
        code: fc.oneof(none, code),
      }),
    },
    fc.record({ ...when, is: fc.constant('erase' as const) }),
  );
};
