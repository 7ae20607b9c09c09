/** How a unit's class came to change: by the data, or by the policy that judges them. */
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { firstDay, startOfDay, type Instant } from '#kernel';
import type { SpendPolicy } from '#marketing/events.js';
import { endOf, type Window } from '../windows.js';
import { classified, header, windowOf, type Asked, type Header } from './answer.js';
import type { Classification, Unit } from './classify.js';
import { currentPolicy, policyAt, Units, type Ground, type UnitsOfKind } from './units.js';

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
    const kind = await this.units.of(unit.by, latest);
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
