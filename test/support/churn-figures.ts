/** Figures as the queries read them, from people instead of a store: all that happened to them, through the cells. */
import { foldAll } from '#projections/index.js';
import { BUILT_IN_DEFINITION } from '#retention/events.js';
import { groupsBy, groupsOf, ledgerView, type Breakdown, type Figures } from '#ledger/index.js';
import { eventsOf, INACTIVITY, type Person } from './people.js';

const definition = { ...BUILT_IN_DEFINITION, inactivityDays: INACTIVITY, atRiskDays: 40 };
const view = ledgerView(definition);

export function figuresOf(people: readonly Person[], by: Breakdown | null): Figures {
  const cells = [...foldAll(view, eventsOf(people)).changes().cells];
  const isOf =
    (dimension: string) =>
    ([name]: readonly [string, unknown]) =>
      !/^[~n]\w*\./.test(name) && !name.startsWith('~') && name.split('|')[1]!.startsWith(dimension);
  const read = groupsOf(by === null ? [] : cells.filter(isOf(`${by}:`)));
  const all = groupsOf(cells.filter(isOf('all'))).get(null) ?? new Map();
  return { definition, position: '7', all, groups: groupsBy(by, all, read), by, membership: 'dated' };
}
