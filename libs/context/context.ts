/** A context as everybody else sees it: one value, from which each room takes what it needs. */
import type { DynamicModule, Type } from '@nestjs/common';
import type { AnyDeadline } from '#deadlines/index.js';
import type { AnyDecider, EventType } from '#kernel';
import type { Identities } from '#key-store/identities.js';
import type { AnyView, ViewReader } from '#projections/index.js';
import type { RetentionDefinition } from '#retention/events.js';
import type { Declared } from './command.js';

/** What views are made with. */
export interface Ground {
  readonly identities: Identities;
  /** By which customers are counted. */
  readonly definition: RetentionDefinition;
}

export interface Context {
  /** Tables of event types. */
  readonly events?: readonly Readonly<Record<string, EventType>>[];
  /** Deciders on the customer's stream. */
  readonly deciders?: readonly AnyDecider[];
  readonly commands?: readonly Declared[];
  readonly views?: (ground: Ground) => readonly AnyView[];
  /** What falls due with time. */
  readonly deadlines?: (views: ViewReader) => readonly AnyDeadline[];
  /** Its queries, and what else it has in Nest's container. */
  readonly module?: Type | DynamicModule;
}
