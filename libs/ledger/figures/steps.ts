/** A figure that holds from a month or a day on, until it changes: it is kept as its changes. */
import { minus, type Whole } from '#kernel';
import type { CellKind } from './cells.js';
import type { Keys, Naming } from './names.js';

/** Adds to a cell. */
export type Add = (cell: string, amount: Whole) => void;

export class Steps {
  private names: readonly Naming[] = [];
  private value: Whole = 0;

  constructor(
    private readonly kind: CellKind,
    private readonly add: Add,
  ) {}

  /** From here on it is this much, in these groups. Asked in the order of the keys. */
  from(keys: Keys, value: Whole, names: readonly Naming[]): void {
    if (value === this.value && (value === 0 || names === this.names)) return;
    if (this.value !== 0)
      for (const name of this.names) this.add(name(this.kind, keys), minus(0, this.value));
    if (value !== 0) for (const name of names) this.add(name(this.kind, keys), value);
    this.names = names;
    this.value = value;
  }
}
