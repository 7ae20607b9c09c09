/** Loyalty classes of units: a page of them, or one. */
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, type Page } from '#http/index.js';
import { classified, header, windowOf, type Asked, type ClassifiedUnit, type Header } from './answer.js';
import { BENCHMARKS, type Benchmarks } from './benchmarks.js';
import type { Unit } from './classify.js';
import type { UnitKind } from './figures.js';
import { currentPolicy, Units, type Excluded } from './units.js';

export type UnitAnswer = Header & ClassifiedUnit & { readonly benchmarks: Benchmarks };
export type UnitsAnswer = Header &
  Page<ClassifiedUnit> & {
    readonly by: UnitKind;
    readonly n: number;
    readonly excluded: Excluded;
    readonly benchmarks: Benchmarks;
  };

export class ListLoyaltySegments extends Query<UnitsAnswer> {
  constructor(
    readonly by: UnitKind,
    readonly asked: Asked,
    readonly page: { readonly limit: number; readonly cursor?: string | undefined },
  ) {
    super();
  }
}

export class GetLoyaltySegment extends Query<UnitAnswer> {
  constructor(
    readonly unit: Unit,
    readonly asked: Asked,
  ) {
    super();
  }
}

@QueryHandler(ListLoyaltySegments)
export class ListLoyaltySegmentsHandler implements IQueryHandler<ListLoyaltySegments> {
  constructor(private readonly units: Units) {}

  async execute({ by, asked, page }: ListLoyaltySegments): Promise<UnitsAnswer> {
    const ground = await this.units.ground();
    const policy = currentPolicy(ground);
    const window = windowOf(asked, ground);
    const kind = await this.units.of(by, window);
    const after = decodeCursor(page.cursor, 1)?.[0];
    const codes = kind.codes(window).filter((code) => after === undefined || code > after);
    const items: ClassifiedUnit[] = [];
    for (const code of codes.slice(0, page.limit)) {
      items.push(classified(kind, { by, code }, window, policy, ground));
      await yieldToOthers(); // a bootstrap is long to others who wait
    }
    const last = items.at(-1);
    return {
      ...header(ground, policy, window, asked.now),
      by,
      n: kind.customers(window),
      excluded: by === 'organisation' ? {} : { [`customers_without_${by}`]: kind.unassigned(window) },
      benchmarks: BENCHMARKS,
      items,
      next: codes.length > items.length && last ? encodeCursor(last.code) : null,
    };
  }
}

@QueryHandler(GetLoyaltySegment)
export class GetLoyaltySegmentHandler implements IQueryHandler<GetLoyaltySegment> {
  constructor(private readonly units: Units) {}

  async execute({ unit, asked }: GetLoyaltySegment): Promise<UnitAnswer> {
    const ground = await this.units.ground();
    const policy = currentPolicy(ground);
    const window = windowOf(asked, ground);
    const kind = await this.units.of(unit.by, window);
    return {
      ...header(ground, policy, window, asked.now),
      ...classified(kind, unit, window, policy, ground),
      benchmarks: BENCHMARKS,
    };
  }
}
