/**
 * The rule by which a customer comes to be at risk: once in a silence, while it lasts, and on nothing but what was
 * counted. Nobody waits for an answer, so what is not so, no longer so or recorded already decides nothing.
 *
 * What a customer bought is not folded here a second time. The command says of how many events the ledger was made that
 * it rests on; as many must have been seen here, or something came in between and the ledger has to be read again.
 */
import type { Decider } from '#kernel';
import { isSameSilence, LEDGER_EVENTS, type LedgerEvent, type Silence } from '#ledger/index.js';
import { standingRules, UNKNOWN, type Standing, type StandingEvent } from '#customers/events.js';
import type { RiskEvent } from './events.js';

export interface RiskCommand {
  readonly type: 'MarkCustomerAtRisk';
  readonly data: RiskEvent['data'];
  /** The day on which it is asked, in the definition's zone. */
  readonly today: string;
  /** Events of the ledger that this was read from. */
  readonly seen: number;
}

export interface RiskState {
  readonly standing: Standing;
  /** Events of the customer's ledger. */
  readonly seen: number;
  /** Those recorded, in the order of recording. */
  readonly silences: readonly Pick<Silence, 'lastOccasionOn' | 'atRiskOn'>[];
}

const count = (state: RiskState): RiskState => ({ ...state, seen: state.seen + 1 });

const counted = Object.fromEntries(LEDGER_EVENTS.map((type) => [type, count])) as Readonly<
  Record<LedgerEvent['type'], typeof count>
>; // LEDGER_EVENTS names every one of them

export const risk: Decider<RiskState, RiskCommand, RiskEvent, RiskEvent | LedgerEvent | StandingEvent> = {
  name: 'risk',
  initialState: { standing: UNKNOWN, seen: 0, silences: [] },

  decide: {
    MarkCustomerAtRisk({ data, today, seen }, state) {
      const { lastOccasionOn, atRiskOn, lostFrom } = data;
      if (state.standing.is !== 'registered') return [];
      if (state.seen !== seen) return [];
      if (state.silences.some((recorded) => isSameSilence(recorded, lastOccasionOn))) return [];
      if (today < atRiskOn || today >= lostFrom) return []; // not yet; or lost already, which is another thing
      return [{ type: 'CustomerBecameAtRisk', data }];
    },
  },

  evolve: {
    ...counted,
    ExternalIdClaimed: standingRules.ExternalIdClaimed,
    CustomerRegistered: (state) => count(standingRules.CustomerRegistered(state)),
    CustomerErased: (state) => count(standingRules.CustomerErased(state)),
    CustomerBecameAtRisk: (state, { lastOccasionOn, atRiskOn }) =>
      count({ ...state, silences: [...state.silences, { lastOccasionOn, atRiskOn }] }),
  },
};
