/** Reads the cells of a query, with the definition they were counted by and the position they stand at. */
import { Injectable } from '@nestjs/common';
import { DomainError, type Whole } from '#kernel';
import { parseCollection, ViewReader } from '#projections/index.js';
import {
  BUILT_IN_DEFINITION,
  definitionNamed,
  DEFINITIONS_VIEW,
  type RetentionDefinition,
} from '#retention/events.js';
import { groupsOf, prefixOf, type Breakdown, type CellKind } from './cells.js';
import { groupsBy, type Figures } from './queries/answer.js';
import { CHURN } from './views/churn.js';

@Injectable()
export class ChurnFigures {
  constructor(private readonly views: ViewReader) {}

  /** The definition that the live figures were counted by. */
  async definition(): Promise<RetentionDefinition> {
    const { version } = parseCollection(await this.views.collection(CHURN));
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
  async read(kinds: readonly CellKind[], by: Breakdown | null): Promise<Figures> {
    for (;;) {
      const collection = await this.views.collection(CHURN);
      const definition = await this.definition();
      const { checkpoint } = await this.views.status(CHURN);
      const [all, read] = await Promise.all([
        this.cells(kinds.map((kind) => prefixOf(kind))),
        this.cells(by === null ? [] : kinds.map((kind) => prefixOf(kind, by))),
      ]);
      // A new definition may have taken over in between; then these are figures of two.
      if ((await this.views.collection(CHURN)) !== collection) continue;
      const cells = groupsOf(all).get(null) ?? new Map();
      return {
        definition,
        position: checkpoint === null ? null : String(checkpoint),
        all: cells,
        groups: groupsBy(by, cells, groupsOf(read)),
        by,
      };
    }
  }

  private async cells(prefixes: readonly string[]): Promise<[string, Whole][]> {
    const read = await Promise.all(prefixes.map((prefix) => this.views.cells(CHURN, prefix)));
    return read.flat();
  }
}
