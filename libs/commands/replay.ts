/** A command that came before is answered as it was then, if it is the same command. */
import { DomainError, type CommandContext, type StreamName } from '#kernel';
import type { Codec } from '#event-store/codec/index.js';
import type { Handled } from './ask.js';
import type { Answered, StreamState } from './stream-state.js';

export interface Earlier {
  readonly commandId: string;
  readonly answered: Answered;
}

/** The answer that the stream has on record for this command, by its id or by the id that the former build gave it. */
export function earlierAnswer(
  { answered }: Pick<StreamState, 'answered'>,
  { commandId, former, actor }: CommandContext,
): Earlier | null {
  const known = answered.get(commandId);
  if (known !== undefined) return { commandId, answered: known };
  if (former === undefined) return null;
  // Its ids were of the key alone: only the same caller's same request is the same command.
  const old = answered.get(former.commandId);
  return old?.fingerprint === former.fingerprint && old.actor === actor.id
    ? { commandId: former.commandId, answered: old }
    : null;
}

/** @throws `idempotency.key_reused` */
export async function replay(
  codec: Pick<Codec, 'fingerprint'>,
  stream: StreamName,
  { commandId, answered }: Earlier,
  context: CommandContext,
): Promise<Handled<never>> {
  if (commandId === context.commandId && context.request !== null && answered.fingerprint !== null) {
    const fingerprint = await codec.fingerprint(stream, context.request);
    // Behind an erasure nothing is left to compare with.
    if (fingerprint !== null && fingerprint !== answered.fingerprint) throw keyReused();
  }
  const { revision, position, changed } = answered;
  return { commandId, revision, position, events: [], changed, replayed: true };
}

export const keyReused = (): DomainError =>
  new DomainError(
    'idempotency.key_reused',
    'This Idempotency-Key came before with another body. Send the first body again, or a new key.',
    'key_reused',
  );
