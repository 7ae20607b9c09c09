/** Loyalty classes of units: a page of them, one, and how one came to change. */
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, type Page } from '#http/index.js';
import { DomainError, type Instant } from '#kernel';
import { firstDay, monthNamed, monthName, startOfDay } from '#ledger/index.js';
import type { SpendPolicy } from '#marketing/events.js';
import type { RetentionDefinition } from '#retention/events.js';
import { endOf, shown, type Length, type Window } from '../windows.js';
import { BENCHMARKS, type Benchmarks } from './benchmarks.js';
import { classify, type Classification, type Unit } from './classify.js';
import type { UnitKind } from './figures.js';
import {
  currentPolicy,
  monthNow,
  policyAt,
  Units,
  type Excluded,
  type Ground,
  type UnitsOfKind,
} from './units.js';

/** Which window an answer is for: `length` months up to the first day of the month `to`, exclusive. */
export interface Asked {
  readonly length: Length;
  /** `YYYY-MM`; the running month if not given, so that all months of the window are complete. */
  readonly to: string | undefined;
  readonly now: Instant;
}

/** What every answer says of itself. */
export interface Header {
  readonly definition: {
    readonly retention: RetentionDefinition;
    readonly spendPolicy: Omit<SpendPolicy, 'units'>;
  };
  readonly asOf: Instant;
  readonly window: ReturnType<typeof shown>;
  /** False while the window's last month runs. */
  readonly complete: boolean;
  readonly currency: string;
  /** Of the log; text, for it may pass 2^53. */
  readonly position: string | null;
}

export type ClassifiedUnit = Classification & { readonly excluded: Excluded };
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
    const kind = await this.units.of(by, [window]);
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
      n: items.reduce((sum, { n }) => sum + n, 0),
      excluded: { [`customers_without_${by}`]: kind.unassigned(window) },
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
    const kind = await this.units.of(unit.by, [window]);
    return {
      ...header(ground, policy, window, asked.now),
      ...classified(kind, unit, window, policy, ground),
      benchmarks: BENCHMARKS,
    };
  }
}

/** @throws `window.in_the_future`; a month that runs may be in it, and the answer is then not complete */
export function windowOf({ length, to, now }: Asked, ground: Ground): Window {
  const running = monthNow(ground, now);
  const end = to === undefined ? running : monthNamed(to);
  if (end > running + 1) {
    throw new DomainError(
      'window.in_the_future',
      `The latest window ends with the month that runs: to=${monthName(running + 1)}.`,
      'invalid',
    );
  }
  return { start: end - length, length };
}

export function header(ground: Ground, policy: SpendPolicy, window: Window, now: Instant): Header {
  const { units: _units, ...spendPolicy } = policy;
  return {
    definition: { retention: ground.definition, spendPolicy },
    asOf: now,
    window: shown(window, ground.definition.zone),
    complete: endOf(window) <= monthNow(ground, now),
    currency: policy.currency,
    position: ground.position,
  };
}

export const classified = (
  kind: UnitsOfKind,
  unit: Unit,
  window: Window,
  policy: SpendPolicy,
  { definition }: Ground,
): ClassifiedUnit => ({
  ...classify(kind.inWindow(unit, window, policy, definition), policy),
  excluded: kind.excluded(unit, window, policy),
});

/** The class at the end of a window, briefly. */
export interface Verdict extends Pick<Classification, 'class' | 'confidence' | 'share' | 'reasons'> {
  readonly policyVersion: number;
  readonly optimalShare: number | null;
  readonly regret: number | null;
}

export interface HistoryPoint {
  readonly window: Header['window'];
  readonly complete: boolean;
  readonly n: number;
  /** Under the policy in force at the window's end, and under the current one. */
  readonly then: Verdict;
  readonly now: Verdict;
  /** Why the class then differs from that of the point before; null where it does not. */
  readonly change: 'data' | 'policy' | 'data_and_policy' | null;
}

export type HistoryAnswer = Omit<Header, 'window' | 'complete'> &
  Unit & { readonly items: readonly HistoryPoint[] };

export class GetLoyaltyHistory extends Query<HistoryAnswer> {
  constructor(
    readonly unit: Unit,
    readonly asked: Asked,
    /** Number of month-ends. */
    readonly months: number,
  ) {
    super();
  }
}

@QueryHandler(GetLoyaltyHistory)
export class GetLoyaltyHistoryHandler implements IQueryHandler<GetLoyaltyHistory> {
  constructor(private readonly units: Units) {}

  async execute({ unit, asked, months }: GetLoyaltyHistory): Promise<HistoryAnswer> {
    const ground = await this.units.ground();
    const latest = windowOf(asked, ground);
    const windows = Array.from({ length: months }, (_, n) => ({
      ...latest,
      start: latest.start - (months - 1 - n),
    }));
    const kind = await this.units.of(unit.by, windows);
    const items: HistoryPoint[] = [];
    for (const window of windows) {
      items.push(pointOf(kind, unit, window, ground, asked.now, items.at(-1)));
      await yieldToOthers();
    }
    const {
      window: _window,
      complete: _complete,
      ...rest
    } = header(ground, currentPolicy(ground), latest, asked.now);
    return { ...rest, ...unit, items };
  }
}

function pointOf(
  kind: UnitsOfKind,
  unit: Unit,
  window: Window,
  ground: Ground,
  asOf: Instant,
  before: HistoryPoint | undefined,
): HistoryPoint {
  const end = startOfDay(ground.definition.zone, firstDay(endOf(window)));
  const [current, inForce] = [currentPolicy(ground), policyAt(ground, end)];
  const answer = classified(kind, unit, window, current, ground);
  const now = verdict(answer, current);
  const then =
    inForce.version === current.version
      ? now
      : verdict(classified(kind, unit, window, inForce, ground), inForce);
  const { window: dated, complete } = header(ground, current, window, asOf);
  return { window: dated, complete, n: answer.n, then, now, change: changeSince(before, then, now) };
}

const verdict = (
  { class: given, confidence, share, reasons, split }: Classification,
  policy: SpendPolicy,
): Verdict => ({
  policyVersion: policy.version,
  class: given,
  confidence,
  share,
  optimalShare: split?.optimalShare ?? null,
  regret: split?.regret ?? null,
  reasons,
});

/** Under one and the same policy only the data can change a class; the current policy shows what they did. */
function changeSince(before: HistoryPoint | undefined, then: Verdict, now: Verdict): HistoryPoint['change'] {
  if (before === undefined || before.then.class === then.class) return null;
  if (before.then.policyVersion === then.policyVersion) return 'data';
  return before.now.class === now.class ? 'policy' : 'data_and_policy';
}
