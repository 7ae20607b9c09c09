/** What a caller who follows the log is shown: from where, which events, and how much of them. */
import { Inject, Injectable } from '@nestjs/common';
import { accessEvents } from '#access/events.js';
import { mustBeInLog } from '#event-store/beyond-head.js';
import { Codec } from '#event-store/codec/index.js';
import {
  EVENT_STORE,
  type EventFilter,
  type EventStore,
  type Position,
  type StoredEvent,
} from '#event-store/port.js';
import { invalidRequest, maySeePersonal, type Principal } from '#http/index.js';
import { customerStream, type CustomerId } from '#kernel';
import type { FollowQuery } from './dto.js';
import { positionIn } from './positions.js';
import { recordedEvent, withoutPersonal } from './recorded-event.js';
import type { Following, Shown } from './server-sent-events.js';

@Injectable()
export class Follow {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly codec: Codec,
  ) {}

  /** @throws Problem 400 for a malformed query; `log.shorter` when the log ends before the position */
  async from(
    query: FollowQuery,
    lastEventId: string | string[] | undefined,
    caller: Principal,
    signal: AbortSignal,
  ): Promise<Following> {
    this.mustBeKnown(query.type);
    const after = await this.place(query.after, lastEventId);
    const stream = query.customer === undefined ? undefined : customerStream(query.customer as CustomerId);
    const filter: EventFilter = {
      ...(query.type && { types: query.type }),
      ...(stream && { streamPrefix: stream }), // and of those that begin so, only the one: see below
    };
    const wanted = (event: StoredEvent): boolean =>
      (stream === undefined || event.stream === stream) && mayFollow(caller, event);
    return {
      messages: this.store.subscribe({ after, filter, signal }),
      show: (events) => this.shown(events.filter(wanted), caller),
      signal,
    };
  }

  private async shown(events: readonly StoredEvent[], caller: Principal): Promise<readonly Shown[]> {
    const recorded = (await this.codec.decode(events)).map(recordedEvent);
    return maySeePersonal(caller)
      ? recorded
      : recorded.map((event) => withoutPersonal(event, this.codec.catalogue));
  }

  /** Last-Event-ID comes first: a reader who was cut off sends it to the address it began with. */
  private async place(
    after: string | undefined,
    lastEventId: string | string[] | undefined,
  ): Promise<Position | null> {
    const head = await this.store.head();
    if (lastEventId === undefined && after === 'head') return head;
    const [field, text] =
      lastEventId === undefined ? ['after', after] : ['Last-Event-ID', String(lastEventId)];
    const position = text === undefined || text === '' ? null : positionIn(field, text);
    if (position !== null) mustBeInLog(position, head);
    return position;
  }

  private mustBeKnown(types: readonly string[] = []): void {
    const unknown = types.findIndex((type) => !this.codec.catalogue.has(type));
    if (unknown === -1) return;
    const message = 'There is no such event type.';
    throw invalidRequest([{ field: `type[${unknown}]`, code: 'not_one_of', message }]);
  }
}

/** Who may come in is for auditors and admins to follow. */
const mayFollow = ({ role }: Principal, { type }: StoredEvent): boolean =>
  role === 'auditor' || role === 'admin' || !Object.hasOwn(accessEvents, type);
