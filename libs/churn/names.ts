/**
 * Names of cells, each made once. A rebuild names the same few thousand cells for millions of events, and a
 * string that was a key before is found by its address: a quarter of the time, measured.
 */
import type { CellKind, Dimension } from './cells.js';

/** Two months in one number, so that a name is found without making a text first. */
export const monthPair = (first: number, second: number): number => first * PAIR + second;
const PAIR = 65_536; // months count from the year 0, and so are far below

const MOST = 100_000;

type Keys = string | number;
type ByKind = Map<CellKind, Map<Keys, string>>;

const names = new Map<Dimension, ByKind>();
let count = 0;

/** A function that names the cells of one dimension. */
export function namesIn(dimension: Dimension): (kind: CellKind, keys: Keys) => string {
  if (count > MOST) {
    names.clear();
    count = 0;
  }
  let kinds = names.get(dimension);
  if (kinds === undefined) names.set(dimension, (kinds = new Map()));
  const known = kinds;
  return (kind, keys) => {
    let ofKind = known.get(kind);
    if (ofKind === undefined) known.set(kind, (ofKind = new Map()));
    let name = ofKind.get(keys);
    if (name === undefined) {
      ofKind.set(keys, (name = `${kind}|${dimension}|${textOf(keys)}`));
      count += 1;
    }
    return name;
  };
}

const textOf = (keys: Keys): Keys =>
  typeof keys === 'number' && keys >= PAIR ? `${Math.floor(keys / PAIR)}|${keys % PAIR}` : keys;
