/**
 * An event type is a value: wire name, schema version and fields in one place, from which the TypeScript type, the guard
 * on reading, the encryption and the projections' filters are all derived.
 */
import type { TObject } from 'typebox';
import type { Fields, Kept } from './fields.js';
import type { Instant } from './ids.js';
import { isPersonal, shapeOf } from './shapes.js';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Turns the data of one schema version into the data of the next. Pure. */
export type Upcaster = (data: JsonObject) => JsonObject;

export interface EventType<Name extends string = string, F extends Fields = Fields> {
  readonly type: Name;
  /** The newest schema version, from 1. */
  readonly version: number;
  readonly fields: F;
  /** Personal fields are optional in the shape: after an erasure they are no longer there. */
  readonly data: TObject;
  /** Top-level fields of `data` that hold text of people, at any depth; sealed with the customer's own key. */
  readonly personal: readonly string[];
  /** True where it takes away the personal fields of all the stream's events. */
  readonly erases: boolean;
  /** `upcast[n]` turns version n into n + 1. */
  readonly upcast: Readonly<Record<number, Upcaster>>;
}

export function eventType<const Name extends string, F extends Fields>(
  type: Name,
  fields: F,
  options: { version?: number; upcast?: Record<number, Upcaster>; erases?: boolean } = {},
): EventType<Name, F> {
  const { version = 1, upcast = {}, erases = false } = options;
  const personal = Object.keys(fields).filter((name) => isPersonal(fields[name]!)); // it is one of them
  return { type, version, fields, data: shapeOf(fields), personal, erases, upcast };
}

/** The plain `{type, data}` event of an event type, or the union of them for a union of event types. */
export type EventOf<T> =
  T extends EventType<infer Name, infer F> ? { readonly type: Name; readonly data: Kept<F> } : never;

export interface DomainEvent {
  readonly type: string;
  readonly data: object;
}

export type Role = 'back-office' | 'analyst' | 'auditor' | 'admin' | 'system';

export interface Actor {
  readonly id: string;
  readonly role: Role;
}

/** What every stored event says about itself beside its data. */
export interface Envelope {
  readonly id: string;
  readonly stream: string;
  /** Place in the stream, from 0. */
  readonly revision: bigint;
  /** Place in the whole log; strictly increasing, not contiguous. */
  readonly position: bigint;
  readonly schema: number;
  /** When it happened in the world. */
  readonly occurredAt: Instant;
  /** When Touchstone stored it; never decreases along a stream. */
  readonly recordedAt: Instant;
  readonly actor: Actor;
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  /** SHA-256 over the previous event's hash and this event as it is stored. */
  readonly hash: string;
  /** True when the customer was erased: personal fields are absent from `data`. */
  readonly erased?: boolean;
}

/** An event as it was recorded: itself and its envelope. */
export type Recorded<E extends DomainEvent = DomainEvent> = E & Envelope;

/** The union of the events of a table of event types: `EventsOf<typeof customerEvents>`. */
export type EventsOf<Table extends Readonly<Record<string, EventType<any, any>>>> = EventOf<
  Table[keyof Table]
>; // any: each entry keeps its own
