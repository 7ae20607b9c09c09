/** Figures as the queries read them, from people instead of a store: all that happened to them, through the cells. */
import { foldAll } from '#projections/index.js';
import { BUILT_IN_DEFINITION } from '#retention/events.js';
import { groupsOf, type Breakdown } from '#churn/cells.js';
import { groupsBy, type Figures } from '#churn/queries/answer.js';
import { churnView } from '#churn/views/churn.js';
import { eventsOf, INACTIVITY, type Person } from './churn-reference.js';

const definition = { ...BUILT_IN_DEFINITION, inactivityDays: INACTIVITY, atRiskDays: 40 };
const view = churnView(definition);

export function figuresOf(people: readonly Person[], by: Breakdown | null): Figures {
  const cells = [...foldAll(view, eventsOf(people)).changes().cells];
  const read = groupsOf(
    by === null ? [] : cells.filter(([name]) => name.split('|')[1]!.startsWith(`${by}:`)),
  );
  const all = groupsOf(cells.filter(([name]) => name.split('|')[1] === 'all')).get(null) ?? new Map();
  return { definition, position: '7', all, groups: groupsBy(by, all, read), by };
}
