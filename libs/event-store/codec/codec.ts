/**
 * Between an event and its stored text. On the way in: shape check, sealing of personal fields, envelope,
 * chain. On the way out: unsealing, upcasting, shape check. Deciders, views and auditors see the newest
 * schema only, and never anything that does not fit it.
 */
import {
  canonicalJson,
  systemIds,
  type Ids,
  customerOf,
  type CommandContext,
  type DomainEvent,
  type Instant,
  type JsonObject,
  type Recorded,
  type Actor,
} from '#kernel';
import type { KeyStore } from '#key-store/port.js';
import type { NewEvent, StoredEvent } from '../port.js';
import { upcast, type Catalogue } from './catalogue.js';
import { CHAIN_START, linkHash } from './chain.js';
import { seal, unseal } from './seal.js';

/** Where a stream ends: what the next event follows. */
export interface StreamHead {
  readonly revision: bigint;
  readonly hash: string;
  readonly recordedAt: Instant | null;
}

export const EMPTY_STREAM: StreamHead = { revision: -1n, hash: CHAIN_START, recordedAt: null };

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

export type Decoded =
  | { readonly kind: 'known'; readonly event: Recorded; readonly fingerprint: string | null }
  /** An unknown type, a newer schema, or content that does not fit: kept for audit, shown to no fold. */
  | { readonly kind: 'unreadable'; readonly stored: StoredEvent; readonly reason: string };

export class Codec {
  constructor(
    readonly catalogue: Catalogue,
    private readonly keys: KeyStore,
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
  ): Promise<{ readonly events: NewEvent[]; readonly head: StreamHead }> {
    // Along a stream recordedAt never decreases, even where the clock is set back.
    const recordedAt =
      head.recordedAt !== null && head.recordedAt > context.now ? head.recordedAt : context.now;
    const encoded: NewEvent[] = [];
    let { revision, hash } = head;
    for (const event of events) {
      const entry = this.catalogue.get(event.type);
      if (!entry) throw new Error(`${event.type} is not in the catalogue`);
      if (!entry.fits(event.data))
        throw new Error(`${event.type} does not fit its shape: ${entry.misfit(event.data)}`);
      const id = this.ids.next();
      revision += 1n;
      const data = canonicalJson(await this.sealed(stream, id, event, entry.definition.personal));
      const envelope: Omit<Metadata, 'hash'> = {
        $causationId: context.causationId,
        $correlationId: context.correlationId,
        actor: { id: context.actor.id, role: context.actor.role },
        commandId: context.commandId,
        ...(context.fingerprint === null ? {} : { fingerprint: context.fingerprint }),
        occurredAt: context.occurredAt ?? context.now,
        recordedAt,
        schema: entry.definition.version,
        ...(context.traceparent === undefined ? {} : { traceparent: context.traceparent }),
      };
      const metadata = JSON.stringify(envelope); // canonical: its members stand in the order of their names
      hash = linkHash(hash, { stream, revision, id, type: event.type, data, metadata });
      encoded.push({ id, type: event.type, data, metadata: withHash(metadata, hash) });
    }
    return { events: encoded, head: { revision, hash, recordedAt } };
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
        return {
          kind: 'unreadable',
          stored,
          reason: error instanceof SyntaxError ? 'is not JSON' : 'cannot be unsealed',
        };
      }
    });
  }

  private async sealed(
    stream: string,
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
    open['sealed'] = seal(await this.keys.ensure(customer), id, event.type, secret);
    return open;
  }

  private read(stored: StoredEvent, key: Parameters<typeof unseal>[0] | undefined): Decoded {
    const unreadable = (reason: string): Decoded => ({ kind: 'unreadable', stored, reason });
    const entry = this.catalogue.get(stored.type);
    if (!entry) return unreadable('is of a type this build does not know');
    const metadata = JSON.parse(stored.metadata) as Metadata;
    if (!(metadata.schema <= entry.definition.version))
      return unreadable('has a schema newer than this build knows');
    const { sealed, ...open } = JSON.parse(stored.data) as JsonObject;
    const erased = typeof sealed === 'string' && key === undefined;
    // Assigned: to spread both into a third object costs half as much as to unseal.
    let data: JsonObject =
      typeof sealed === 'string' && key !== undefined
        ? Object.assign(open, unseal(key, stored.id, stored.type, sealed))
        : open;
    if (metadata.schema < entry.definition.version) data = upcast(entry.definition, metadata.schema, data);
    if (!entry.fits(data)) return unreadable(`does not fit its shape: ${entry.misfit(data)}`);
    return {
      kind: 'known',
      fingerprint: metadata.fingerprint ?? null,
      event: {
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
        ...(erased ? { erased } : {}),
      },
    };
  }
}

/** Puts the hash at its sorted place: after `fingerprint` or `commandId`, before `occurredAt`. */
function withHash(metadata: string, hash: string): string {
  const place = metadata.indexOf('"occurredAt":');
  return `${metadata.slice(0, place)}"hash":"${hash}",${metadata.slice(place)}`;
}
