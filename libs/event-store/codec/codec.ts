/**
 * Between an event and its stored text. On the way in: shape check, sealing of personal fields, envelope,
 * chain. On the way out: unsealing, upcasting, shape check. Deciders, views and auditors see the newest
 * schema only, and never anything that does not fit it.
 */
import type { KeyObject } from 'node:crypto';
import {
  canonicalJson,
  systemIds,
  timeOf,
  type Ids,
  customerOf,
  type CommandContext,
  type DomainEvent,
  type Instant,
  type JsonObject,
  type Recorded,
  type Actor,
} from '#kernel';
import { KeyDamaged, KeyMissing, SubjectErased, type KeyStore, type Unusable } from '#key-store/port.js';
import type { NewEvent, Position, StoredEvent } from '../port.js';
import { upcast, type Catalogue } from './catalogue.js';
import { CHAIN_START, linkHash } from './chain.js';
import { fingerprintUnder } from './fingerprint.js';
import { seal, unseal } from './seal.js';

/** Where a stream ends: what the next event follows. */
export interface StreamHead {
  readonly revision: bigint;
  /** Null for a stream without events, and for events that are not yet appended. */
  readonly position: Position | null;
  readonly hash: string;
  readonly recordedAt: Instant | null;
  /** Something in the stream is sealed, so that there must be a key. */
  readonly sealed: boolean;
}

export const EMPTY_STREAM: StreamHead = {
  revision: -1n,
  position: null,
  hash: CHAIN_START,
  recordedAt: null,
  sealed: false,
};

export interface Metadata {
  readonly $causationId: string;
  readonly $correlationId: string;
  readonly actor: Actor;
  readonly commandId: string;
  readonly fingerprint?: string;
  readonly hash: string;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly schema: number;
  readonly traceparent?: string;
}

/** Events as they are to be stored. */
export interface Encoded {
  readonly events: readonly NewEvent[];
  /** The head after them, whose position is not known yet. */
  readonly head: StreamHead;
  /** The stored fingerprint of the request; null where nothing is. */
  readonly fingerprint: string | null;
}

export type Decoded =
  | {
      readonly kind: 'known';
      readonly event: Recorded;
      readonly fingerprint: string | null;
      readonly sealed: boolean;
    }
  /** An unknown type, a newer schema, content that does not fit, a lost key: kept for audit, shown to no view. */
  | {
      readonly kind: 'unreadable';
      readonly stored: StoredEvent;
      readonly reason: string;
      /** The event without its sealed fields, where only those cannot be read. */
      readonly open: Recorded | null;
    };

/** The part of the key store that a codec uses. */
export type Keys = Pick<KeyStore, 'ensure' | 'get' | 'secret'>;

export class Codec {
  constructor(
    readonly catalogue: Catalogue,
    private readonly keys: Keys,
    private readonly ids: Ids = systemIds,
  ) {}

  /**
   * The stored form of events decided on `head`, and the head after them.
   *
   * Ids are fresh each time. Were they derived from the command, two processes deciding the same command at
   * once would both be told that their append had happened, though only one's bytes (its time, its nonces)
   * were stored, and the other would chain on to a hash that is not in the log. That a command counts once is
   * seen to by the command ids in the stream.
   */
  async encode(
    stream: string,
    head: StreamHead,
    events: readonly DomainEvent[],
    context: CommandContext,
  ): Promise<Encoded> {
    // Along a stream recordedAt never decreases, even where the clock is set back.
    const recordedAt =
      head.recordedAt !== null && head.recordedAt > context.now ? head.recordedAt : context.now;
    const encoded: NewEvent[] = [];
    const fingerprint = await this.fingerprintToStore(stream, head, context);
    let { revision, hash, sealed } = head;
    for (const event of events) {
      const entry = this.catalogue.get(event.type);
      if (!entry) throw new Error(`${event.type} is not in the catalogue`);
      if (!entry.fits(event.data))
        throw new Error(`${event.type} does not fit its shape: ${entry.misfit(event.data)}`);
      const id = this.ids.next();
      revision += 1n;
      const content = await this.sealed(stream, head, id, event, entry.definition.personal);
      sealed ||= content !== event.data;
      const data = canonicalJson(content);
      const envelope: Omit<Metadata, 'hash'> = {
        $causationId: context.causationId,
        $correlationId: context.correlationId,
        actor: { id: context.actor.id, role: context.actor.role },
        commandId: context.commandId,
        ...(fingerprint === null ? {} : { fingerprint }),
        occurredAt: timeOf(context, head.recordedAt),
        recordedAt,
        schema: entry.definition.version,
        ...(context.traceparent === undefined ? {} : { traceparent: context.traceparent }),
      };
      const metadata = JSON.stringify(envelope); // canonical: its members stand in the order of their names
      hash = linkHash(hash, { stream, revision, id, type: event.type, data, metadata });
      encoded.push({ id, type: event.type, data, metadata: withHash(metadata, hash) });
    }
    return { events: encoded, head: { revision, position: null, hash, recordedAt, sealed }, fingerprint };
  }

  /** In the order given. */
  async decode(events: readonly StoredEvent[]): Promise<Decoded[]> {
    const subjects = new Set<string>();
    for (const { stream, type } of events) {
      const customer = customerOf(stream);
      if (customer !== null && this.catalogue.get(type)?.definition.personal.length) subjects.add(customer);
    }
    const keys = await this.keys.get(subjects);
    return events.map((stored) => {
      try {
        return this.read(stored, keys.get(customerOf(stored.stream) ?? ''));
      } catch (error) {
        return unreadable(stored, error instanceof SyntaxError ? 'is not JSON' : 'cannot be read');
      }
    });
  }

  /** The fingerprint of a request on this stream; null where there is no key any more to make it with. */
  async fingerprint(stream: string, request: string): Promise<string | null> {
    const customer = customerOf(stream);
    if (customer === null) return fingerprintUnder(await this.keys.secret('fingerprints'), request);
    const key = (await this.keys.get([customer])).get(customer);
    return key === undefined || typeof key === 'string' ? null : fingerprintUnder(key, request);
  }

  /** A customer whose key is lost or destroyed can still be erased, so the want of a fingerprint stops nothing. */
  private async fingerprintToStore(
    stream: string,
    head: StreamHead,
    { request }: CommandContext,
  ): Promise<string | null> {
    if (request === null) return null;
    const customer = customerOf(stream);
    if (customer === null) return this.fingerprint(stream, request);
    try {
      return fingerprintUnder(await this.keyOf(customer, head), request);
    } catch (error) {
      if (UNUSABLE.some((kind) => error instanceof kind)) return null;
      throw error;
    }
  }

  /** Made where there is none, unless there must have been one. @throws SubjectErased, KeyDamaged, KeyMissing */
  private async keyOf(customer: string, { sealed }: StreamHead): Promise<KeyObject> {
    if (sealed && !(await this.keys.get([customer])).has(customer)) throw new KeyMissing(customer);
    return this.keys.ensure(customer);
  }

  private async sealed(
    stream: string,
    head: StreamHead,
    id: string,
    event: DomainEvent,
    personal: readonly string[],
  ): Promise<object> {
    const data = event.data as JsonObject;
    if (!personal.some((field) => data[field] !== undefined)) return data;
    const customer = customerOf(stream);
    if (customer === null) throw new Error(`${event.type} has personal fields outside a customer's stream`);
    const open: Record<string, unknown> = {};
    const secret: Record<string, JsonObject[string]> = {};
    for (const field in data) {
      if (personal.includes(field)) secret[field] = data[field]!;
      else open[field] = data[field];
    }
    open['sealed'] = seal(await this.keyOf(customer, head), id, event.type, secret);
    return open;
  }

  private read(stored: StoredEvent, key: KeyObject | Unusable | undefined): Decoded {
    const entry = this.catalogue.get(stored.type);
    if (!entry) return unreadable(stored, 'is of a type this build does not know');
    const { definition, fits, misfit } = entry;
    const metadata = JSON.parse(stored.metadata) as Metadata;
    if (!(metadata.schema <= definition.version))
      return unreadable(stored, 'has a schema newer than this build knows');
    const { sealed, ...open } = JSON.parse(stored.data) as JsonObject;
    const newest = (content: JsonObject): JsonObject =>
      metadata.schema < definition.version ? upcast(definition, metadata.schema, content) : content;
    if (typeof sealed === 'string' && (key === undefined || key === 'damaged')) {
      const data = newest(open);
      const reason = `is sealed with a key that is ${key ?? 'missing'}: restore the keys from a backup`;
      return unreadable(stored, reason, fits(data) ? recorded(stored, metadata, data) : null);
    }
    let data: JsonObject = open;
    if (typeof sealed === 'string' && typeof key === 'object') {
      try {
        // Assigned: to spread both into a third object costs half as much as to unseal.
        data = Object.assign(open, unseal(key, stored.id, stored.type, sealed));
      } catch {
        return unreadable(stored, 'cannot be unsealed');
      }
    }
    data = newest(data);
    if (!fits(data)) return unreadable(stored, `does not fit its shape: ${misfit(data)}`);
    const event = recorded(stored, metadata, data);
    return {
      kind: 'known',
      fingerprint: metadata.fingerprint ?? null,
      sealed: typeof sealed === 'string',
      event: typeof sealed === 'string' && key === 'destroyed' ? { ...event, erased: true } : event,
    };
  }
}

const UNUSABLE = [SubjectErased, KeyDamaged, KeyMissing];

const unreadable = (stored: StoredEvent, reason: string, open: Recorded | null = null): Decoded => ({
  kind: 'unreadable',
  stored,
  reason,
  open,
});

const recorded = (stored: StoredEvent, metadata: Metadata, data: JsonObject): Recorded => ({
  type: stored.type,
  data,
  id: stored.id,
  stream: stored.stream,
  revision: stored.revision,
  position: stored.position,
  schema: metadata.schema,
  occurredAt: metadata.occurredAt,
  recordedAt: metadata.recordedAt,
  actor: metadata.actor,
  commandId: metadata.commandId,
  correlationId: metadata.$correlationId,
  causationId: metadata.$causationId,
  hash: metadata.hash,
});

/** Puts the hash at its sorted place: after `fingerprint` or `commandId`, before `occurredAt`. */
function withHash(metadata: string, hash: string): string {
  const place = metadata.indexOf('"occurredAt":');
  return `${metadata.slice(0, place)}"hash":"${hash}",${metadata.slice(place)}`;
}
