/** A question, and the reference's answer to it from a plain list of recorded events. */
import type { Answer } from './answer.js';
import { atRisk } from './at-risk.js';
import { dayOf, lastCompleteMonths, type Day, type Period, type Window } from './calendar.js';
import { causes } from './causes.js';
import { cohorts } from './cohorts.js';
import type { RecordedEvent } from './events.js';
import type { Definition } from './facts.js';
import { lifecycle } from './lifecycle.js';
import { loyalty, type Policy, type UnitKind } from './loyalty.js';
import { retention } from './retention.js';
import { revenue } from './revenue.js';
import { spending, type SpendBy } from './spend.js';
import { worldAsOf, type By } from './world.js';

interface Common {
  /** Published definition by which the answer is to be given; its zone is that of every day. */
  readonly definition: Definition;
  /** Everything that occurred up to the end of this day counts. */
  readonly asOf: Day;
  /** Only what was recorded up to the end of this day is known; absent: all that was ever recorded. */
  readonly knownBy?: Day;
}

interface Split extends Common {
  readonly by: By | null;
  readonly membership?: 'dated' | 'now';
}

export type Query =
  | (Split & { readonly of: 'retention'; readonly windows: readonly Window[] })
  | (Split & { readonly of: 'cohorts'; readonly window: Window; readonly period?: Exclude<Period, 'week'> })
  | (Split & { readonly of: 'revenue'; readonly window: Window; readonly period?: Period })
  | (Split & { readonly of: 'causes'; readonly window: Window; readonly order?: 'value' | 'number' })
  | (Split & { readonly of: 'at-risk' })
  | (Split & { readonly of: 'lifecycle' })
  | (Common & { readonly of: 'spend'; readonly window: Window; readonly by: SpendBy | null })
  | (Common & {
      readonly of: 'loyalty';
      readonly by: UnitKind;
      readonly policy: Policy;
      /** Default: the last 12 complete months. */
      readonly window?: Window;
    });

export function ask(events: readonly RecordedEvent[], query: Query): Answer<object> {
  const { definition, asOf, knownBy } = query;
  const known = events.filter(
    ({ recordedAt }) => knownBy === undefined || dayOf(recordedAt, definition.zone) <= knownBy,
  );
  const world = worldAsOf(known, definition, asOf);
  switch (query.of) {
    case 'retention':
      return retention(world, query.windows, query);
    case 'cohorts':
      return cohorts(world, query.window, query, query.period);
    case 'revenue':
      return revenue(world, query.window, query, query.period);
    case 'causes':
      return causes(world, query.window, query, query.order);
    case 'at-risk':
      return atRisk(world, query);
    case 'lifecycle':
      return lifecycle(world, query);
    case 'spend':
      return spending(world, query.window, query.by);
    case 'loyalty':
      return loyalty(world, query.window ?? lastCompleteMonths(12, asOf), query.by, query.policy);
    default:
      return query satisfies never;
  }
}
