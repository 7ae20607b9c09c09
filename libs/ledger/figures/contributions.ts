/**
 * What an account adds to the figures. Beside the figures themselves it adds what they were before something became known
 * of earlier days, and what they would be by what the customer belongs to now: each as a difference, which most accounts
 * do not have.
 */
import { minus, monthNamed, plus, type Month, type Whole } from '#kernel';
import type { Slice } from '#projections/index.js';
import type { RetentionRules } from '#retention/events.js';
import type { Account, LedgerDocument, ProductAccount } from '../account/account.js';
import { daysIn, type MonthSales } from '../account/sales.js';
import {
  eveOf,
  factsOf,
  factsOfNone,
  factsOfProduct,
  laterVersions,
  versionOf,
  type Facts,
} from '../account/version.js';
import { dimension, type Family } from './cells.js';
import { frameOf, presentFrame, type Frame } from './frame.js';
import { lensesOf, lensOfProduct, onlyLens, type Lens, type Lenses } from './lens.js';
import { contributeLife, dueOf, lapseOf } from './life.js';
import { contributeLosses } from './losses.js';
import { contributeMonth, frameKey } from './month.js';
import { inFamily, namesIn, type Naming } from './names.js';
import { contributeRisk } from './risk.js';
import type { Add } from './steps.js';
import { contributePresence, contributeRecurring, contributeSpent } from './windows.js';

type Amounts = Map<string, Whole>;

/** What is counted anew, and by what it is seen. */
interface Counted {
  readonly frame: Frame;
  readonly lenses: Lenses;
}

type Contribute = (counted: Counted, lens: Lens, add: Add) => void;

/** Purchases and refunds add nothing by themselves: the account and the products have what they come to. */
export function slicesOf(document: LedgerDocument, rules: RetentionRules): Slice[] {
  switch (document.is) {
    case 'account':
      return slicesOfAccount(document, rules);
    case 'product': {
      const { product, sales, subscriptions, defections, since, erasedAt } = document;
      const parts = new Parts(factsOfProduct(document, rules.zone), rules, document, lensOfProduct(product));
      return [
        {
          name: 'product',
          inputs: [sales, subscriptions, defections, since, erasedAt],
          slices: parts.slices,
        },
      ];
    }
    case 'purchase':
    case 'refund':
      return [];
    default:
      return document satisfies never;
  }
}

function slicesOfAccount(account: Account, rules: RetentionRules): Slice[] {
  const { bought, ofNone, subscriptions, defections, since, erasedAt, memberships, silences } = account;
  const isAll = isOfNoProduct(account);
  const all = new Parts(factsOf(account, rules.zone), rules, account, null, isAll ? NONE : []);
  const inputs = [subscriptions, defections, since, erasedAt];
  const slices = [
    { name: 'all', inputs: [isAll, bought, ...inputs, memberships, silences], slices: all.slices },
  ];
  // What belongs to no product is nearly always all there is, or nothing.
  const isNothing = Object.keys(ofNone).length === 0 && Object.keys(defections).length === 0;
  if (isAll || isNothing) return slices;
  const none = new Parts(factsOfNone(account, rules.zone), rules, account, lensOfProduct(''));
  return [...slices, { name: 'none', inputs: [ofNone, bought, ...inputs], slices: none.slices }];
}

/** No line tells a product, so that all of the account belongs to none: it is counted with everything else. */
const isOfNoProduct = ({ products, since }: Account): boolean => products.length === 0 && since.length === 0;

const NONE = [namesIn(dimension('product', ''))];

/** The slices of all of an account, or of one product: by months, as far as that is what they are made of. */
class Parts {
  private known: readonly Slice[] | undefined;

  constructor(
    private readonly facts: Facts,
    private readonly rules: RetentionRules,
    private readonly document: Account | ProductAccount,
    private readonly product: Lens | null,
    private readonly also: readonly Naming[] = [],
  ) {}

  /** Made when they are first asked for. */
  readonly slices = (): readonly Slice[] =>
    (this.known ??= partsOf(this.document, this.facts, this.rules, this.product, this.also));
}

function partsOf(
  document: Account | ProductAccount,
  facts: Facts,
  rules: RetentionRules,
  product: Lens | null,
  also: readonly Naming[],
): Slice[] {
  const account = document.is === 'account' && product === null ? document : null;
  const days = laterVersions(facts);
  const known = [
    ...days.map((day) => ({ until: day, asOf: eveOf(day) as string | null })),
    { until: '', asOf: null },
  ];
  const versions = known.map(({ until, asOf }) => {
    const frame =
      asOf === null && facts.of !== 'none'
        ? presentFrame(document, facts, rules)
        : frameOf(versionOf(facts, asOf), rules);
    const lenses =
      account !== null ? lensesOf(account, rules.zone, firstDayOf(frame), also) : onlyLens(product!); // what is no account is seen as a product
    return { until, asOf, frame, lenses };
  });
  const whole: Contribute = ({ frame }, lens, add) => {
    contributePresence(frame, lens, add);
    contributeRecurring(frame, lens, add);
    contributeSpent(frame, lens, add);
    contributeLife(frame, lens, add, product !== null);
    contributeRisk(frame, lens, add, document);
    contributeLosses(frame, lens, add);
    contributeForeignContracts(frame, lens, add);
  };
  const slices: Slice[] = [
    {
      name: 'whole',
      inputs: [document],
      cells: once(() => {
        const amounts = familiesOf(versions, whole);
        const { frame, lenses } = versions.at(-1)!; // the last is of all that is known
        addLapse(amounts, frame, lenses, account);
        return amounts;
      }),
    },
  ];
  for (const [name, sales] of Object.entries(facts.sales))
    slices.push(monthSlice(name, monthNamed(name), sales, versions));
  return slices;
}

/** What an event adds the next one takes away again: it is counted once. */
function once<T>(count: () => T): () => T {
  let counted: T | undefined;
  return () => (counted ??= count());
}

interface Known extends Counted {
  /** The day until which this is all that is known; empty for the last. */
  readonly until: string;
  readonly asOf: string | null;
}

function monthSlice(name: string, month: Month, sales: MonthSales, versions: readonly Known[]): Slice {
  const inputs = versions.flatMap(({ until, frame, lenses }) => [
    until,
    ...frameKey(month, frame, [lenses.fixed, ...lenses.moving, lenses.now]),
  ]);
  return {
    name,
    inputs: [sales, ...inputs],
    cells: once(() =>
      familiesOf(versions, ({ frame, asOf }: Counted & Pick<Known, 'asOf'>, lens, add) =>
        contributeMonth(month, daysIn(name, sales, asOf), frame, lens, add),
      ),
    ),
  };
}

const firstDayOf = ({ stays, version }: Frame): string =>
  [stays[0]?.from, version.days[0]?.day, version.defections[0]?.effectiveOn, version.contracts[0]?.startsOn]
    .filter((day) => day !== undefined)
    .sort()[0] ?? '';

function familiesOf<C extends Counted>(
  versions: readonly (C & Pick<Known, 'until'>)[],
  contribute: (counted: C, lens: Lens, add: Add) => void,
): Amounts {
  const counted = versions.map((version) => countedIn(version, contribute));
  const last = counted.at(-1)!; // there is always one
  const amounts: Amounts = versions.length === 1 ? last.dated : new Map(last.dated);
  addAll(amounts, 'now.', '', last.regrouped);
  for (const [index, { until }] of versions.slice(0, -1).entries()) {
    const [before, after] = [counted[index]!, counted[index + 1]!]; // one for each version
    addAll(amounts, '~', until, difference(before.dated, after.dated));
    addAll(amounts, '~now.', until, difference(before.regrouped, after.regrouped));
  }
  return amounts;
}

interface InVersion {
  readonly dated: Amounts;
  /** What is more by what the customer belongs to now than by what it belonged to. */
  readonly regrouped: Amounts;
}

function countedIn<C extends Counted>(
  of: C,
  contribute: (counted: C, lens: Lens, add: Add) => void,
): InVersion {
  const { fixed, moving, now } = of.lenses;
  const through = (lenses: readonly Lens[]): Amounts => {
    const amounts: Amounts = new Map();
    const add: Add = (cell, amount) => void amounts.set(cell, plus(amounts.get(cell) ?? 0, amount));
    for (const lens of lenses) contribute(of, lens, add);
    return amounts;
  };
  const dated = through([fixed]);
  if (moving.length === 0) return { dated, regrouped: new Map() };
  const moved = through(moving);
  addAll(dated, '', '', moved);
  return { dated, regrouped: difference(through([now]), moved) };
}

function difference(a: Amounts, b: Amounts): Amounts {
  const result: Amounts = new Map(a);
  for (const [cell, amount] of b) result.set(cell, minus(result.get(cell) ?? 0, amount));
  return result;
}

function addAll(to: Amounts, family: Family, known: string, amounts: Amounts): void {
  for (const [cell, amount] of amounts) {
    if (amount === 0) continue;
    const name = family === '' ? cell : inFamily(cell, family, known);
    to.set(name, plus(to.get(name) ?? 0, amount));
  }
}

/** Days that are known of today only: no figure of a past day is made of them. */
function addLapse(amounts: Amounts, frame: Frame, { fixed, moving }: Lenses, account: Account | null): void {
  const lapse = lapseOf(frame);
  if (lapse === null) return;
  const add = (cell: string): void => void amounts.set(cell, plus(amounts.get(cell) ?? 0, 1));
  for (const lens of [fixed, ...moving]) for (const name of lens.on(lapse)) add(name('lapse', lapse));
  const due = account === null ? null : dueOf(frame, account);
  if (due !== null) add(namesIn('all')('due', due.lostFrom));
}

/** In force, in another currency than the reporting one. */
function contributeForeignContracts({ version, rules }: Frame, lens: Lens, add: Add): void {
  for (const { startsOn, endsOn, prices } of version.contracts) {
    if (prices.every(({ recurring }) => recurring.currency === rules.currency)) continue;
    if (endsOn !== null && endsOn <= startsOn) continue;
    for (const name of lens.on(startsOn)) {
      add(name('foreignStart', startsOn), 1);
      if (endsOn !== null) add(name('foreignEnd', endsOn), 1);
    }
  }
}
