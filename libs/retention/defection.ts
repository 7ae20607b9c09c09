/**
 * The rules of customers leaving. A customer leaves at most once at a time: the next defection can be declared
 * when the last one was won back. Of each the cause may be asked, attributed and attributed again; a return that is
 * recorded again corrects the first. A defection that was none, or was declared wrongly, is retracted.
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
  | { readonly type: 'WinBack'; readonly data: DataOf<'CustomerWonBack'> }
  | { readonly type: 'RetractDefection'; readonly data: DataOf<'DefectionRetracted'> };

type WinBack = Omit<DataOf<'CustomerWonBack'>, 'defectionId'>;

interface Defection {
  readonly effectiveOn: string;
  /** Null while the customer is gone. */
  readonly winBack: WinBack | null;
  /** What was said, as canonical JSON: the same interview is not recorded twice. */
  readonly interviews: readonly string[];
  /** The cause as it stands, as canonical JSON. */
  readonly cause: string | null;
  readonly retracted: boolean;
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
      for (const [defectionId, { effectiveOn, winBack, retracted }] of Object.entries(defections)) {
        if (retracted) continue;
        if (winBack === null) {
          throw new DomainError(
            'defection.open',
            `This customer counts as gone since ${effectiveOn}. Record the return first; where the customer did not leave, retract that defection.`,
            'rule',
            { defectionId },
          );
        }
        if (data.effectiveOn <= winBack.returnedOn) {
          throw new DomainError(
            'defection.too_early',
            `effectiveOn is not after the return on ${winBack.returnedOn}. Send a later day, or correct the return first.`,
            'rule',
            { field: 'effectiveOn' },
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
      const { effectiveOn, winBack } = declared(state, data.defectionId);
      const { returnedOn, offer } = data;
      if (winBack?.returnedOn === returnedOn && (offer === undefined || winBack.offer === offer)) return [];
      if (returnedOn < effectiveOn)
        throw refused(
          'too_early',
          `returnedOn is before the defection on ${effectiveOn}. Send that day or a later one.`,
        );
      const next = Object.values(state.defections)
        .filter((other) => !other.retracted && other.effectiveOn > effectiveOn)
        .map((other) => other.effectiveOn)
        .sort()[0];
      if (next !== undefined && returnedOn >= next)
        throw refused('too_late', `The customer left again on ${next}. Send an earlier returnedOn.`);
      return [{ type: 'CustomerWonBack', data }];
    },

    RetractDefection({ data }, state) {
      mustStand(state.standing);
      if (state.defections[data.defectionId]?.retracted) return [];
      declared(state, data.defectionId);
      return [{ type: 'DefectionRetracted', data }];
    },
  },

  evolve: {
    ...standingRules,
    CustomerErased: () => ({ standing: { is: 'erased' }, defections: {} }),
    CustomerDefected: (state, { defectionId, effectiveOn }) =>
      withOne(state, defectionId, {
        effectiveOn,
        winBack: null,
        interviews: [],
        cause: null,
        retracted: false,
      }),
    DefectionInterviewed: (state, data) =>
      change(state, data.defectionId, ({ interviews }) => ({
        interviews: [...interviews, canonicalJson(data)],
      })),
    RootCauseAttributed: (state, data) =>
      change(state, data.defectionId, () => ({ cause: canonicalJson(data) })),
    CustomerWonBack: (state, { defectionId, ...winBack }) =>
      change(state, defectionId, (before) => ({ winBack: { ...before.winBack, ...winBack } })),
    DefectionRetracted: (state, { defectionId }) => change(state, defectionId, () => ({ retracted: true })),
  },
};

const refused = (problem: string, message: string): DomainError =>
  new DomainError(`win_back.${problem}`, message, 'rule', { field: 'returnedOn' });

function declared({ standing, defections }: DefectionState, defectionId: string): Defection {
  mustStand(standing);
  const found = defections[defectionId];
  if (!found)
    throw new DomainError('defection.not_found', 'This customer has no such defection.', 'not_found');
  if (found.retracted)
    throw new DomainError('defection.retracted', 'This defection was retracted. Declare it anew.');
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
