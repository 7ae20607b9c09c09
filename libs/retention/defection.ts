/**
 * The rules of customers leaving. A customer leaves at most once at a time: the next defection can be declared
 * when the last one was won back. Of each the cause may be asked, attributed and attributed again.
 */
import { canonicalJson, DomainError, type Decider } from '#kernel';
import { mustStand, standingRules, UNKNOWN, type Standing, type StandingEvent } from '#customers/events.js';
import type { DefectionEvent } from './events.js';

type DataOf<K extends DefectionEvent['type']> = Extract<DefectionEvent, { type: K }>['data'];

/** A command carries the data of the event it asks for; ids come in with it. */
export type DefectionCommand =
  | { readonly type: 'DeclareDefection'; readonly data: DataOf<'CustomerDefected'> }
  | { readonly type: 'RecordInterview'; readonly data: DataOf<'DefectionInterviewed'> }
  | { readonly type: 'AttributeRootCause'; readonly data: DataOf<'RootCauseAttributed'> }
  | { readonly type: 'WinBack'; readonly data: DataOf<'CustomerWonBack'> };

interface Defection {
  readonly effectiveOn: string;
  /** Null while the customer is gone. */
  readonly returnedOn: string | null;
  /** What was said, as canonical JSON: the same interview is not recorded twice. */
  readonly interviews: readonly string[];
  /** The cause as it stands, as canonical JSON. */
  readonly cause: string | null;
}

export interface DefectionState {
  readonly standing: Standing;
  readonly defections: Readonly<Record<string, Defection>>;
}

export const defection: Decider<
  DefectionState,
  DefectionCommand,
  DefectionEvent,
  DefectionEvent | StandingEvent
> = {
  name: 'defection',
  initialState: { standing: UNKNOWN, defections: {} },

  decide: {
    DeclareDefection({ data }, { standing, defections }) {
      mustStand(standing);
      if (defections[data.defectionId]) return [];
      for (const [defectionId, { effectiveOn, returnedOn }] of Object.entries(defections)) {
        if (returnedOn === null) {
          throw new DomainError(
            'defection.open',
            `This customer counts as gone since ${effectiveOn}. Record the return first.`,
            'rule',
            { defectionId },
          );
        }
        if (data.effectiveOn <= returnedOn) {
          throw new DomainError(
            'defection.too_early',
            `effectiveOn is not after the return on ${returnedOn}.`,
          );
        }
      }
      return [{ type: 'CustomerDefected', data }];
    },

    RecordInterview({ data }, state) {
      const { interviews } = declared(state, data.defectionId);
      return interviews.includes(canonicalJson(data)) ? [] : [{ type: 'DefectionInterviewed', data }];
    },

    AttributeRootCause({ data }, state) {
      const { cause } = declared(state, data.defectionId);
      return cause === canonicalJson(data) ? [] : [{ type: 'RootCauseAttributed', data }];
    },

    WinBack({ data }, state) {
      const { effectiveOn, returnedOn } = declared(state, data.defectionId);
      if (returnedOn === data.returnedOn) return [];
      if (returnedOn !== null) {
        throw new DomainError('defection.won_back', `This customer came back on ${returnedOn} already.`);
      }
      if (data.returnedOn < effectiveOn) {
        throw new DomainError('win_back.too_early', `returnedOn is before the defection on ${effectiveOn}.`);
      }
      return [{ type: 'CustomerWonBack', data }];
    },
  },

  evolve: {
    ...standingRules,
    CustomerErased: () => ({ standing: { is: 'erased' }, defections: {} }),
    CustomerDefected: (state, { defectionId, effectiveOn }) =>
      withOne(state, defectionId, { effectiveOn, returnedOn: null, interviews: [], cause: null }),
    DefectionInterviewed: (state, data) =>
      change(state, data.defectionId, ({ interviews }) => ({
        interviews: [...interviews, canonicalJson(data)],
      })),
    RootCauseAttributed: (state, data) =>
      change(state, data.defectionId, () => ({ cause: canonicalJson(data) })),
    CustomerWonBack: (state, { defectionId, returnedOn }) =>
      change(state, defectionId, () => ({ returnedOn })),
  },
};

function declared({ standing, defections }: DefectionState, defectionId: string): Defection {
  mustStand(standing);
  const found = defections[defectionId];
  if (!found)
    throw new DomainError('defection.not_found', 'This customer has no such defection.', 'not_found');
  return found;
}

const withOne = (state: DefectionState, id: string, one: Defection): DefectionState => ({
  ...state,
  defections: { ...state.defections, [id]: one },
});

function change(
  state: DefectionState,
  id: string,
  fields: (before: Defection) => Partial<Defection>,
): DefectionState {
  const before = state.defections[id];
  return before ? withOne(state, id, { ...before, ...fields(before) }) : state;
}
