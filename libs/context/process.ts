/** What a command takes beside a decision on its own stream: another stream first, or work that follows. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Handled } from '#commands/index.js';
import type { CommandContext } from '#kernel';
import type { Asked } from './asked.js';

export interface Underway {
  readonly asked: Asked;
  readonly context: CommandContext;
  /** Decides the command on its own stream. */
  readonly decide: (asked: Asked) => Promise<Handled>;
  /** Null where it did not come by its route. */
  readonly http: { readonly request: FastifyRequest; readonly reply: FastifyReply } | null;
}

export interface Outcome {
  readonly handled: Handled;
  /** What is answered beside the ids of the command. */
  readonly ids?: Readonly<Record<string, string | null>>;
}

/**
 * Beside its decider, and found in Nest's container by its class. Each of its steps may be done twice: sent again after a
 * crash, the command does those that are left.
 */
export interface Process {
  run(underway: Underway): Promise<Outcome>;
}
