/**
 * How a command is answered: the ids of what it made, the revision to send with the next If-Match and the
 * position to wait for with Touchstone-At-Least.
 */
import { Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** What came of a command, as the one way in answers it. */
export interface Outcome {
  readonly revision: bigint;
  /** From here on it is so; null where nothing was ever recorded. */
  readonly position: bigint | null;
  /** False where it was so already. */
  readonly changed: boolean;
  readonly replayed: boolean;
}

export type Answer<Ids> = Ids & {
  /** As text, for it may pass 2^53. */
  readonly revision: string;
  /** The request is fulfilled from here on: a view that has come this far shows it. */
  readonly position: string | null;
};

/** The reply to give an answer its headers, as a parameter of a handler. */
export const Reply = (): ParameterDecorator => Res({ passthrough: true });

/** 201, or 200 when what was asked for was so already. */
export function answer<Ids extends object>(reply: FastifyReply, outcome: Outcome, ids: Ids): Answer<Ids> {
  const { revision, position, changed, replayed } = outcome;
  reply.code(changed ? 201 : 200);
  if (revision >= 0n) reply.header('etag', etag(revision));
  if (position !== null) reply.header('touchstone-position', String(position));
  if (replayed) reply.header('idempotency-replayed', 'true');
  return { ...ids, revision: String(revision), position: position === null ? null : String(position) };
}

export const etag = (revision: bigint): string => `"${revision}"`;
