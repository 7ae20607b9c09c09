/**
 * Names of cells, each made once. A rebuild names the same few thousand cells for millions of events, and a
 * string that was a key before is found by its address: a quarter of the time, measured.
 */
import type { CellKind, Dimension, Family } from './cells.js';

/** Two months in one number, so that a name is found without making a text first. */
export const monthPair = (first: number, second: number): number => first * PAIR + second;
const PAIR = 65_536; // months count from the year 0, and so are far below

const MOST = 200_000;

export type Keys = string | number;
/** Names the cells of one dimension. There is one for each, so that the same dimension is told by its being the same. */
export type Naming = (kind: CellKind, keys: Keys) => string;

const namings = new Map<Dimension, Naming>();
let count = 0;

export function namesIn(dimension: Dimension): Naming {
  if (count > MOST) {
    namings.clear();
    count = 0;
  }
  let naming = namings.get(dimension);
  if (naming === undefined) namings.set(dimension, (naming = newNaming(dimension)));
  return naming;
}

function newNaming(dimension: Dimension): Naming {
  const names = new Map<CellKind, Map<Keys, string>>();
  return (kind, keys) => {
    let ofKind = names.get(kind);
    if (ofKind === undefined) names.set(kind, (ofKind = new Map()));
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

/** The cell of a family that belongs to a cell of the figures. @param known where it is of `~`, the day */
export function inFamily(name: string, family: Family, known = ''): string {
  if (known === '') return family + name;
  const keys = name.indexOf('|', name.indexOf('|') + 1) + 1;
  return `${family}${name.slice(0, keys)}${known}|${name.slice(keys)}`;
}
