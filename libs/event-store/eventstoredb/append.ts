/** One append: its requests, and what its answer says in the port's words. */
import {
  StoreUnavailable,
  WrongExpectedRevision,
  type AppendResult,
  type ExpectedRevision,
  type NewEvent,
  type Revision,
} from '../port.js';
import type { Connection } from './connection.js';
import { appendRequests } from './events.js';
import { exceptionOf, trailer } from './failure.js';
import type { Log } from './log.js';

/**
 * @throws WrongExpectedRevision, EventTooLarge
 * @throws StoreUnavailable when the server did not answer: whether the append happened is not known
 */
export async function append(
  connection: Connection,
  log: Log,
  stream: string,
  events: readonly NewEvent[],
  expected: ExpectedRevision,
): Promise<AppendResult> {
  const answer = await connection.append(appendRequests(stream, events, expected)).catch((error: unknown) => {
    throw refusal(connection, stream, expected, error);
  });
  const conflict = answer.getWrongExpectedVersion();
  if (conflict) {
    const actual = conflict.hasCurrentRevision() ? BigInt(conflict.getCurrentRevision()) : null;
    throw new WrongExpectedRevision(stream, expected, actual);
  }
  const success = answer.getSuccess();
  if (!success?.hasCurrentRevision())
    throw new StoreUnavailable(`EventStoreDB at ${connection.server} gave an append no answer.`);
  const revision = BigInt(success.getCurrentRevision());
  const position = success.getPosition()?.getCommitPosition();
  // A repetition may be answered without a position: the event has it.
  return {
    revision,
    position: position === undefined ? await log.positionAt(stream, revision) : BigInt(position),
  };
}

function refusal(connection: Connection, stream: string, expected: ExpectedRevision, error: unknown): Error {
  switch (exceptionOf(error)) {
    case 'wrong-expected-version':
      return new WrongExpectedRevision(stream, expected, actualRevision(error));
    case 'stream-deleted':
      return expected === 'stream_exists'
        ? new WrongExpectedRevision(stream, expected, null)
        : new StoreUnavailable(`${stream} was deleted for good in EventStoreDB and takes no events.`, {
            cause: error,
          });
    default:
      return connection.failure(error);
  }
}

function actualRevision(error: unknown): Revision | null {
  const actual = trailer(error, 'actual-version');
  return actual && !actual.startsWith('-') ? BigInt(actual) : null;
}
