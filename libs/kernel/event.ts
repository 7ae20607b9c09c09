/**
 * An event type is a value: wire name, schema version, shape and personal fields in one place, from which
 * the TypeScript type, the guard on reading, the encryption and the projections' filters are all derived.
 */
import { type Static, type TObject } from 'typebox';
import type { Instant } from './ids.js';
import { textsIn } from './shapes.js';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Turns the data of one schema version into the data of the next. Pure. */
export type Upcaster = (data: JsonObject) => JsonObject;

export interface EventType<Name extends string = string, Data extends TObject = TObject> {
  readonly type: Name;
  /** The newest schema version, from 1. */
  readonly version: number;
  /** Personal fields are optional in the shape: after an erasure they are no longer there. */
  readonly data: Data;
  /** Top-level fields of `data` that hold free text, at any depth; sealed with the customer's own key. */
  readonly personal: readonly string[];
  /** True where it takes away the personal fields of all the stream's events. */
  readonly erases: boolean;
  /** `upcast[n]` turns version n into n + 1. */
  readonly upcast: Readonly<Record<number, Upcaster>>;
}

/** @throws TypeError for a text of which the shape does not say what kind it is, and for personal text that is required */
export function eventType<const Name extends string, Data extends TObject>(
  type: Name,
  data: Data,
  options: { version?: number; upcast?: Record<number, Upcaster>; erases?: boolean } = {},
): EventType<Name, Data> {
  const { version = 1, upcast = {}, erases = false } = options;
  return { type, version, data, personal: personalFields(type, data), erases, upcast };
}

function personalFields(type: string, data: TObject): string[] {
  const personal: string[] = [];
  for (const [field, schema] of Object.entries(data.properties)) {
    const texts = textsIn(schema, field);
    const unsaid = texts.find(({ kind }) => kind === null);
    if (unsaid)
      throw new TypeError(`${type}.${unsaid.path} is text of no kind: use text, openText, code or id.`);
    if (!texts.some(({ kind }) => kind === 'personal')) continue;
    if (data.required?.includes(field))
      throw new TypeError(`${type}.${field} is personal and must be optional: an erasure takes it away.`);
    personal.push(field);
  }
  return personal;
}

/** The plain `{type, data}` event of an event type, or the union of them for a union of event types. */
export type EventOf<T> =
  T extends EventType<infer Name, infer Data>
    ? { readonly type: Name; readonly data: Readonly<Static<Data>> }
    : never;

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
