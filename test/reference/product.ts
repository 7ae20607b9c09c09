/**
 * The product, as the comparer asks it: its ledger folds the events one by one, and its questions are answered from the sums
 * that this makes. The store is a map here; that the stores keep sums and documents is for their own suites.
 */
import { addDays, dayIn, monthOf, type Instant, type Recorded, type Whole } from '#kernel';
import { cohortKinds, cohorts } from '#churn/queries/cohorts.js';
import { CAUSE_KINDS, causes } from '#churn/queries/causes.js';
import { atRiskOn } from '#churn/queries/at-risk.js';
import { dayRead, observation, type Answer, type Observation } from '#churn/queries/answer.js';
import { retention, retentionKinds } from '#churn/queries/retention.js';
import {
  accountAsOf,
  figuresOf,
  STAYING,
  LEAVING,
  LEDGER_EVENTS,
  ledgerView,
  lifecycleOn,
  type Account,
  type CellKind,
  type Figures,
  type Lag,
  type LedgerEvent,
} from '#ledger/index.js';
import { breakdownOf, kindsFor, UnitCells } from '#loyalty-segments/queries/figures.js';
import { WorkingSet } from '#projections/working-set.js';
import { ask, type Query } from './ask.js';
import type { Subject } from './compare.js';
import type { Definition } from './facts.js';
import type { RecordedEvent } from './events.js';
import { monthsIn, type Window } from './calendar.js';

type Of<K extends Query['of']> = Extract<Query, { of: K }>;

const NOW = '2030-01-01';

export class Product implements Subject {
  private events: readonly RecordedEvent[] = [];
  private readonly ledgers = new Map<string, Ledger>();

  async record(events: readonly RecordedEvent[]): Promise<void> {
    this.events = events;
  }

  async end(): Promise<void> {
    this.events = [];
  }

  async ask(query: Query): Promise<object | null> {
    if (query.knownBy !== undefined) return null;
    switch (query.of) {
      case 'retention':
        return this.retention(query);
      case 'cohorts':
        return this.cohorts(query);
      case 'causes':
        return this.causes(query);
      case 'at-risk':
        return this.atRisk(query);
      case 'lifecycle':
        return this.lifecycle(query);
      case 'loyalty':
        return this.loyalty(query);
      default:
        return null; // it has no such answer
    }
  }

  private async retention(query: Of<'retention'>): Promise<object | null> {
    const seen = observation(query.asOf, NOW);
    const windows = query.windows.map((window) => ({
      start: monthOf(window.start),
      months: monthsIn(window) as Lag,
    }));
    // What an unfinished window comes to, the product does not say.
    if (query.windows.some(({ end }) => end > seen.until)) return null;
    const kinds = [...new Set(windows.flatMap(({ months }) => retentionKinds(months)))];
    const figures = await this.figures(query, kinds, seen);
    if (figures === null) return null;
    const answer = retention(figures, windows, seen);
    const items = windows.flatMap((window) =>
      retention(figures, [window], seen).items.filter((row) => query.by === null || isSomething(row)),
    );
    return framed(answer, {
      items: items.map((item) => ({ ...item, transactional: undefined })),
      window: undefined,
      n: undefined,
      excluded: undefined,
      complete: undefined,
    });
  }

  private async cohorts(query: Of<'cohorts'>): Promise<object | null> {
    const seen = observation(query.asOf, NOW);
    const figures = await this.figures(query, cohortKinds(seen), seen);
    if (figures === null) return null;
    const range = monthsOf(query.window);
    const answer = cohorts(figures, query.period ?? 'month', range, seen);
    return framed(answer, { complete: undefined, n: query.by === 'product' ? undefined : answer.n });
  }

  private async causes(query: Of<'causes'>): Promise<object | null> {
    const seen = observation(query.asOf, NOW);
    const figures = await this.figures(query, CAUSE_KINDS, seen);
    if (figures === null) return null;
    const answer = causes(figures, query.window, query.order ?? 'value', seen);
    return framed(answer, { n: undefined }); // it counts losses, and not customers
  }

  private atRisk(query: Of<'at-risk'>): object | null {
    if (query.by !== null) return null;
    const { definition, asOf } = query;
    const accounts = this.ledger(definition).accounts();
    // Whoever was erased since is on no list of a past day either.
    if (accounts.some(({ erasedAt }) => erasedAt !== undefined && dayIn(definition.zone, erasedAt) > asOf))
      return null;
    const items = accounts
      .filter(({ erasedAt }) => erasedAt === undefined)
      .flatMap((account) => {
        const frame = accountAsOf(account, definition, asOf);
        const lists = [LEAVING, STAYING].flatMap(
          (list) => atRiskOn(account, frame, list, definition, asOf) ?? [],
        );
        return lists.map(({ customerId, since, lostFrom, value }) => ({
          customerId,
          since,
          lostFrom,
          value,
        }));
      })
      .sort((a, b) => byName(a.lostFrom, b.lostFrom) || byName(a.customerId, b.customerId));
    return { items };
  }

  private lifecycle(query: Of<'lifecycle'>): object | null {
    if (query.by !== null) return null;
    const { definition, asOf } = query;
    // Of whom anything is known on a day is said by events that are none of the ledger's, too.
    const rows = new Set(
      (ask(this.events, query).items as readonly Account[]).map(({ customerId }) => customerId),
    ); // of lifecycle
    const items = this.ledger(definition)
      .accounts()
      .filter((account) => rows.has(account.customerId))
      .map((account) => {
        const { state, since } = lifecycleOn(account, accountAsOf(account, definition, asOf), asOf);
        return { customerId: account.customerId, state, ...(state !== 'prospect' && { since }) };
      });
    return { items };
  }

  private async loyalty(query: Of<'loyalty'>): Promise<object | null> {
    const { window } = query;
    if (window === undefined) return null;
    const seen = observation(query.asOf, NOW);
    const length = monthsIn(window) as Lag;
    const asked = { ...query, by: breakdownOf(query.by), membership: 'dated' as const };
    const figures = await this.figures(asked, kindsFor(length), seen);
    if (figures === null) return null;
    const at = { start: monthOf(window.start), length };
    const units = figures.groups.map(({ group, cells }) => {
      const unit = new UnitCells(cells);
      const { customers, retained, acquired } = unit.counts(at);
      const { revenue, margin: recordedMargin } = unit.sales(at);
      const code = query.by === 'organisation' ? 'all' : group;
      return {
        code,
        figures: {
          customers,
          retained,
          acquired,
          revenue: Number(revenue),
          recordedMargin: Number(recordedMargin),
        },
      };
    });
    // Which units have a row is said by their spend, too: only the figures of each are compared.
    const rows = ask(this.events, query).items as readonly { readonly code: string }[]; // of loyalty
    const none = { customers: 0, retained: 0, acquired: 0, revenue: 0, recordedMargin: 0 };
    return {
      items: rows.map(({ code }) => units.find((unit) => unit.code === code) ?? { code, figures: none }),
    };
  }

  /** Null where it cannot be split so. */
  async figures(
    query: {
      readonly definition: Definition;
      readonly by: string | null;
      readonly membership?: 'dated' | 'now';
    },
    kinds: readonly CellKind[],
    seen: Observation,
  ): Promise<Figures | null> {
    const { definition, membership = 'dated' } = query;
    const by = query.by as 'segment' | null;
    if (by !== null && !['segment', 'region', 'unit', 'product'].includes(by)) return null;
    const asked = { by, membership, asOf: dayRead(seen) };
    const { cells } = this.ledger(definition);
    const figures = await figuresOf(kinds, asked, async (prefix) =>
      [...cells].filter(([name, amount]) => amount !== 0 && name.startsWith(prefix)),
    );
    return { definition, position: String(this.events.at(-1)?.position ?? 0n), ...figures };
  }

  private ledger(definition: Definition): Ledger {
    const key = JSON.stringify(definition);
    let ledger = this.ledgers.get(key);
    if (ledger === undefined) this.ledgers.set(key, (ledger = new Ledger(definition, this.events)));
    return ledger;
  }
}

/** The documents and sums that the events make, one event after the other as a running product folds them. */
class Ledger {
  readonly cells = new Map<string, Whole>();
  private readonly documents = new Map<string, object>();

  constructor(definition: Definition, events: readonly RecordedEvent[]) {
    const view = ledgerView(definition);
    const types: readonly string[] = LEDGER_EVENTS;
    for (const event of events) {
      if (!event.stream.startsWith('customer-') || !types.includes(event.type)) continue;
      const set = new WorkingSet(view);
      for (const [key, document] of this.documents)
        if (key.split('/')[0] === event.stream) set.load(key, document);
      const recorded = {
        ...event,
        commandId: String(event.position),
        occurredAt: event.occurredAt as Instant,
      };
      set.foldAcross(recorded as Recorded<LedgerEvent>, true); // as it was recorded
      for (const [cell, amount] of set.changes().cells) {
        const sum = Number(this.cells.get(cell) ?? 0) + Number(amount);
        this.cells.set(cell, sum);
      }
      for (const [key, document] of set.documents()) if (document !== null) this.documents.set(key, document);
    }
  }

  accounts(): Account[] {
    return [...this.documents]
      .filter(([key]) => !key.includes('/'))
      .map(([, document]) => JSON.parse(JSON.stringify(document)) as Account) // as a store keeps it
      .sort((a, b) => (a.customerId < b.customerId ? -1 : 1));
  }
}

const monthsOf = ({ start, end }: Window) => ({ from: monthOf(start), to: monthOf(addDays(end, -1)) + 1 });

function framed<Item>(answer: Answer<Item>, changes: object): object {
  const { excluded, grouped, definition: _, position: __, ...rest } = answer;
  const none = {
    purchases_in_other_currencies: 0,
    subscriptions_in_other_currencies: 0,
    values_in_other_currencies: 0,
  };
  return {
    ...rest,
    excluded: { ...none, ...excluded },
    grouped,
    ...changes,
  };
}

/** Of a group with nobody in the window there is no row in the reference. */
const isSomething = (row: {
  readonly group: string | null;
  readonly customersAtStart: number;
  readonly customersAtEnd: number | null;
  readonly cameAndLeft: number | null;
}): boolean => row.customersAtStart + (row.customersAtEnd ?? 0) + (row.cameAndLeft ?? 0) > 0;

const byName = (a: string | null, b: string | null): number =>
  a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1;
