/** The smallest context that has a deadline: promises, each to be kept by a day. A fixture, and no part of the product. */
import type { Deadline } from '#deadlines/index.js';
import { catalogueOf } from '#event-store/codec/index.js';
import {
  customerOf,
  customerStream,
  day,
  eventType,
  id,
  instant,
  type CustomerId,
  type Decider,
  type EventsOf,
} from '#kernel';
import { view, type ViewReader } from '#projections/index.js';

const types = {
  PromiseMade: eventType('PromiseMade', { promiseId: id(), dueOn: day() }),
  PromiseKept: eventType('PromiseKept', { promiseId: id() }),
  PromiseFellDue: eventType('PromiseFellDue', { promiseId: id() }),
} as const;

export const promiseCatalogue = catalogueOf(Object.values(types));

type PromiseEvent = EventsOf<typeof types>;
export type PromiseCommand = PromiseEvent & {
  readonly type: 'PromiseMade' | 'PromiseKept' | 'PromiseFellDue';
};

export const promise: Decider<Readonly<Record<string, 'open' | 'done'>>, PromiseCommand, PromiseEvent> = {
  name: 'promise',
  initialState: {},
  decide: {
    PromiseMade: (made) => [made],
    PromiseKept: (kept, state) => (state[kept.data.promiseId] === 'open' ? [kept] : []),
    PromiseFellDue: (due, state) => (state[due.data.promiseId] === 'open' ? [due] : []),
  },
  evolve: {
    PromiseMade: (state, { promiseId }) => ({ ...state, [promiseId]: 'open' }),
    PromiseKept: (state, { promiseId }) => ({ ...state, [promiseId]: 'done' }),
    PromiseFellDue: (state, { promiseId }) => ({ ...state, [promiseId]: 'done' }),
  },
};

interface Open {
  readonly customer: string;
  readonly promiseId: string;
  readonly dueOn: string;
}
export const PROMISES = view<Open, PromiseEvent>({
  name: 'promises',
  version: '1',
  key: ({ data }) => data.promiseId,
  on: {
    PromiseMade: (_, { stream, data }) => ({ customer: customerOf(stream)!, ...data }), // made on no other stream
    PromiseKept: () => null,
    PromiseFellDue: () => null,
  },
  lists: ({ dueOn }) => [{ list: 'due', sort: dueOn }],
});

export const promisesDue = (views: ViewReader): Deadline<PromiseCommand> => ({
  name: 'promises',
  decider: promise,
  async *due(now) {
    let after: { sort: string; key: string } | undefined;
    for (;;) {
      const page = await views.range(PROMISES, 'due', { to: now, limit: 100, ...(after && { after }) });
      for (const { document } of page) {
        const { customer, promiseId, dueOn } = JSON.parse(document) as Open;
        yield {
          stream: customerStream(customer as CustomerId),
          occasion: promiseId,
          occurredAt: instant(dueOn),
          command: () => ({ type: 'PromiseFellDue', data: { promiseId } }),
        };
      }
      if (page.length < 100) return;
      after = page.at(-1)!;
    }
  },
});
