/**
 * A lens says in which groups something of a customer counts, on a given day. Most customers belong to the same groups all
 * the time: they are looked at once, for all dimensions together.
 */
import { dayIn, type Month } from '#kernel';
import { inOrder, MEMBERSHIPS, type Account } from '../account/account.js';
import { eveOfMonth } from '../account/presence.js';
import { dimension } from './cells.js';
import { namesIn, type Naming } from './names.js';

export interface Lens {
  on(day: string): readonly Naming[];
  /** On the last day before a month. */
  atEve(month: Month): readonly Naming[];
  /** Days on which groups change. */
  readonly changes: readonly string[];
}

const NONE: readonly Naming[] = [];

const fixed = (names: readonly Naming[]): Lens => ({ on: () => names, atEve: () => names, changes: [] });

export const lensOfProduct = (product: string): Lens => fixed([namesIn(dimension('product', product))]);

type History = readonly (readonly [from: string, names: readonly Naming[]])[];

export interface Lenses {
  /** All customers, and the groups to which this one belongs all the time. */
  readonly fixed: Lens;
  /** One for each dimension in which it moved from group to group: by what it belonged to on each day. */
  readonly moving: readonly Lens[];
  /** Of these dimensions, by what it belongs to now. */
  readonly now: Lens;
}

export const onlyLens = (lens: Lens): Lenses => ({ fixed: lens, moving: [], now: fixed([]) });

/**
 * @param first day on which anything of the customer is counted
 * @param also further groups to which it belongs all the time
 */
export function lensesOf(
  { memberships }: Account,
  zone: string,
  first: string,
  also: readonly Naming[],
): Lenses {
  const constant: Naming[] = [namesIn('all'), ...also];
  const moving: Lens[] = [];
  const now: Naming[] = [];
  for (const membership of MEMBERSHIPS) {
    const history = inOrder(memberships[membership]).map(({ at, code }) => [dayIn(zone, at), code] as const);
    const last = history.at(-1);
    if (last === undefined) continue;
    const name = namesIn(dimension(membership, last[1]));
    // What it belonged to before anything of it is counted does not matter.
    const counted = history.slice(
      Math.max(
        0,
        history.findLastIndex(([from]) => from <= first),
      ),
    );
    if (counted[0]![0] <= first && counted.every(([, code]) => code === last[1]))
      constant.push(name); // the last is one of them
    else {
      now.push(name);
      moving.push(varying(counted.map(([from, code]) => [from, [namesIn(dimension(membership, code))]])));
    }
  }
  return { fixed: fixed(constant), moving, now: fixed(now) };
}

function varying(history: History): Lens {
  const at = new Map<Month, readonly Naming[]>();
  const on = (day: string): readonly Naming[] => history.findLast(([from]) => from <= day)?.[1] ?? NONE;
  return {
    on,
    atEve: (month) => {
      let names = at.get(month);
      if (names === undefined) at.set(month, (names = on(eveOfMonth(month))));
      return names;
    },
    changes: history.map(([from]) => from),
  };
}
