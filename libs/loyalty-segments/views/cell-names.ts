/**
 * Names of cells: `scope|kind|month|lag|code`. Every purchase of every customer names some dozens of them, mostly
 * the same ones, and to make such a text anew costs more than all else about a cell; so they are remembered.
 */
import type { Month } from '#kernel';
import { LENGTHS, LONGEST } from '../windows.js';

export type Kind =
  | 'here'
  | `kept${(typeof LENGTHS)[number]}`
  | 'first'
  | 'covered'
  | 'margin'
  | 'bare'
  | 'recurring'
  | 'foreign'
  | 'foreignRecurring';

export type Scope = 'c' | 'p';

/** Of one scope and code: kinds, then month and lag in one number. */
type Names = { [K in Kind]?: Map<number, string> };

const MOST_NAMES = 200_000;
const remembered = new Map<string, Names>();
let count = 0;

export class CellNames {
  private readonly names: Names;

  constructor(
    private readonly scope: Scope,
    private readonly code: string,
  ) {
    if (count > MOST_NAMES) forget();
    const known = remembered.get(`${scope}|${code}`);
    this.names = known ?? {};
    if (known === undefined) remembered.set(`${scope}|${code}`, this.names);
  }

  of(kind: Kind, month: Month, lag: number): string {
    const names = (this.names[kind] ??= new Map<number, string>());
    const at = month * LONGEST + lag;
    let name = names.get(at);
    if (name === undefined) {
      name = `${this.scope}|${kind}|${month}|${lag}|${this.code}`;
      names.set(at, name);
      count++;
    }
    return name;
  }
}

function forget(): void {
  remembered.clear();
  count = 0;
}
