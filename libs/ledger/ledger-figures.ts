/** Reads the cells of a question, with the definition they were counted by and the position they stand at. */
import { Injectable } from '@nestjs/common';
import { DomainError, minus, plus, type Whole } from '#kernel';
import { parseCollection, ViewReader } from '#projections/index.js';
import {
  BUILT_IN_DEFINITION,
  definitionNamed,
  DEFINITIONS_VIEW,
  type RetentionDefinition,
} from '#retention/events.js';
import {
  groupsOf,
  knownOn,
  prefixOf,
  type Breakdown,
  type CellKind,
  type Cells,
  type Family,
} from './figures/cells.js';
import { LEDGER } from './ledger.view.js';

/** By what customers are grouped: what they belonged to at the time in question, or what they belong to now. */
export const GROUPINGS = ['dated', 'now'] as const;
export type GroupedBy = (typeof GROUPINGS)[number];

export interface Asked {
  readonly by: Breakdown | null;
  readonly membership: GroupedBy;
  /** A day that is over: nothing that became known after it is counted. Null for all that is known. */
  readonly asOf: string | null;
}

/** What was read for an answer. */
export interface Figures {
  readonly definition: RetentionDefinition;
  readonly position: string | null;
  /** Of all customers. */
  readonly all: Cells;
  /** Of each group; where no breakdown was asked for, of all customers under the name null. */
  readonly groups: readonly Group[];
  readonly by: Breakdown | null;
  readonly membership: GroupedBy;
}

/** `group` is null for all customers, or for those who belong to no group. */
export interface Group {
  readonly group: string | null;
  readonly cells: Cells;
}

@Injectable()
export class LedgerFigures {
  constructor(private readonly views: ViewReader) {}

  /** The definition that the live figures were counted by. */
  async definition(): Promise<RetentionDefinition> {
    const { version } = parseCollection(await this.views.collection(LEDGER));
    const published = version.split('+d')[1] ?? '0';
    if (published === '0') return BUILT_IN_DEFINITION;
    const [found] = await this.views.get<RetentionDefinition>(DEFINITIONS_VIEW, [definitionNamed(published)]);
    if (found === undefined) {
      throw new DomainError('view.not_ready', 'The definitions are still being read.', 'unavailable');
    }
    const { zone, inactivityDays, atRiskDays, currency, note } = found;
    return {
      version: found.version, zone, inactivityDays, atRiskDays, currency, ...(note !== undefined && { note }),
    }; // prettier-ignore
  }

  /** The position is read first: the figures are of it or of a later one. */
  async read(kinds: readonly CellKind[], asked: Asked): Promise<Figures> {
    for (;;) {
      const collection = await this.views.collection(LEDGER);
      const definition = await this.definition();
      const { checkpoint } = await this.views.status(LEDGER);
      const figures = await figuresOf(kinds, asked, (prefix) => this.views.cells(LEDGER, prefix));
      // A new definition may have taken over in between; then these are figures of two.
      if ((await this.views.collection(LEDGER)) !== collection) continue;
      return { definition, position: checkpoint === null ? null : String(checkpoint), ...figures };
    }
  }
}

type ReadCells = (prefix: string) => Promise<readonly (readonly [name: string, amount: Whole])[]>;

/** @param cells those of which the name begins so */
export async function figuresOf(
  kinds: readonly CellKind[],
  { by, membership, asOf }: Asked,
  cells: ReadCells,
): Promise<Omit<Figures, 'definition' | 'position'>> {
  const read = async (breakdown: Breakdown | undefined) => {
    const prefixes = familiesFor(breakdown, membership, asOf).flatMap((family) =>
      kinds.map((kind) => prefixOf(kind, breakdown, family)),
    );
    const found = (await Promise.all(prefixes.map(cells))).flat();
    return groupsOf(found.filter(([name]) => asOf === null || !name.startsWith('~') || knownOn(name) > asOf));
  };
  const [all, groups] = await Promise.all([read(undefined), by === null ? new Map() : read(by)]);
  const everybody: Cells = all.get(null) ?? new Map();
  return { all: everybody, groups: groupsBy(by, everybody, groups), by, membership };
}

/** Whoever belongs to what changes no figure of all customers, or of a product. */
function familiesFor(by: Breakdown | undefined, membership: GroupedBy, asOf: string | null): Family[] {
  const regrouped = membership === 'now' && by !== undefined && by !== 'product';
  return [
    '',
    ...(regrouped ? (['now.'] as const) : []),
    ...(asOf === null ? [] : (['~'] as const)),
    ...(regrouped && asOf !== null ? (['~now.'] as const) : []),
  ];
}

/**
 * Groups in the order of their names, and last, under the name null, those who belong to none: all customers less
 * those of the groups. A customer may have several products, so of products there is no such rest: under null is what no
 * line tells.
 */
export function groupsBy(
  by: Breakdown | null,
  all: Cells,
  read: ReadonlyMap<string | null, Cells>,
): readonly Group[] {
  if (by === null) return [{ group: null, cells: all }];
  const groups = [...read]
    .flatMap(([group, cells]) => (group === null ? [] : [{ group, cells }]))
    .sort((a, b) => (a.group < b.group ? -1 : 1));
  const rest =
    by === 'product'
      ? (read.get(null) ?? new Map())
      : less(
          all,
          groups.map(({ cells }) => cells),
        );
  return rest.size === 0 ? groups : [...groups, { group: null, cells: rest }];
}

function less(all: Cells, groups: readonly Cells[]): Cells {
  const rest: Map<CellKind, Map<string, Whole>> = new Map();
  const addAll = (cells: Cells, change: typeof plus): void => {
    for (const [kind, entries] of cells) {
      let sums = rest.get(kind);
      if (sums === undefined) rest.set(kind, (sums = new Map()));
      for (const [keys, amount] of entries) {
        const key = keys.join('|');
        sums.set(key, change(sums.get(key) ?? 0, amount));
      }
    }
  };
  addAll(all, plus);
  for (const cells of groups) addAll(cells, minus);
  const left = new Map<CellKind, [string[], Whole][]>();
  for (const [kind, sums] of rest) {
    const entries = [...sums]
      .filter(([, amount]) => amount !== 0)
      .map(([key, amount]): [string[], Whole] => [key.split('|'), amount]);
    if (entries.length > 0) left.set(kind, entries);
  }
  return left;
}
