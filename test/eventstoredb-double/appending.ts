/** Append: one stream of requests, one answer. A wrong expected version is an answer here, not an error. */
import type { ServerReadableStream } from '@grpc/grpc-js';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog, NewRecord } from './event-log.js';
import { append, type Expected, type Outcome } from './expectation.js';
import { wire } from './messages.js';
import { shared, streamNameOf, streams, uuidOf } from './protocol.js';
import * as refusals from './refusals.js';
import type { Refusal } from './refusals.js';

type Request = InstanceType<typeof streams.AppendReq>;
type Response = InstanceType<typeof streams.AppendResp>;
type ProposedMessage =
  | InstanceType<typeof streams.AppendReq.ProposedMessage>
  | InstanceType<typeof streams.BatchAppendReq.ProposedMessage>;

/** A server gives up what it dropped after 2 s, and looks every second. */
const GIVE_UP_MS = 3_000;

export type AppendAnswer = { readonly response: Response } | { readonly refusal: Refusal };

/**
 * Takes the whole request before anything is stored. A connection that breaks ends the request too, and gRPC says only
 * later that this was no end.
 * @throws Error when the client went away before it had said all
 */
export async function answerAppend(
  log: EventLog,
  call: ServerReadableStream<Request, Response>,
  maxAppendSize: number,
): Promise<AppendAnswer> {
  const begun = performance.now();
  let options: ReturnType<Request['getOptions']>;
  const events: NewRecord[] = [];
  let size = 0;
  for await (const request of call as AsyncIterable<Request>) {
    const proposed = request.getProposedMessage();
    if (request.hasOptions()) options = request.getOptions();
    if (!proposed) continue;
    const event = recordOf(proposed);
    if ('code' in event) return { refusal: event };
    size += sizeOf(event);
    if (size > maxAppendSize) return { refusal: refusals.maximumAppendSizeExceeded(maxAppendSize) };
    events.push(event);
  }
  await new Promise(setImmediate);
  if (call.cancelled) throw new Error('The request was cut.');
  if (!options) return { refusal: refusals.unknown('Exception was thrown by handler.') };
  const stream = streamNameOf(options.getStreamIdentifier());
  if (stream === '') return { refusal: refusals.unknown('Exception was thrown by handler.') };
  const expected = expectedOf(options);
  const outcome = append(log, stream, events, expected, begun);
  if (outcome.kind === 'under way') await delay(GIVE_UP_MS, undefined, { ref: false });
  return responseTo(outcome, stream, expected, log.origin);
}

/** What the server counts against its largest append: data, metadata, and the type in UTF-16. */
export const sizeOf = ({ data, metadata, type }: NewRecord): number =>
  data.length + metadata.length + type.length * 2;

export function recordOf(proposed: ProposedMessage): NewRecord | Refusal {
  const id = uuidOf(proposed.getId());
  const type = proposed.getMetadataMap().get('type');
  const contentType = proposed.getMetadataMap().get('content-type');
  if (type === undefined) return refusals.requiredMetadataMissing('type');
  if (contentType === undefined) return refusals.requiredMetadataMissing('content-type');
  if (id === null || type === '') return refusals.unknown('Exception was thrown by handler.');
  const data = proposed.getData_asU8();
  return {
    id,
    type,
    isJson: contentType === 'application/json',
    data,
    metadata: proposed.getCustomMetadata_asU8(),
  };
}

interface Expectation {
  hasNoStream(): boolean;
  hasAny(): boolean;
  hasStreamExists(): boolean;
  getRevision(): string;
}

export function expectedOf(options: Expectation): Expected {
  if (options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasStreamExists()) return 'stream_exists';
  return BigInt(options.getRevision());
}

function responseTo(outcome: Outcome, stream: string, expected: Expected, origin: bigint): AppendAnswer {
  switch (outcome.kind) {
    case 'stream deleted':
      return { refusal: refusals.streamDeleted(stream) };
    case 'under way':
      return { refusal: refusals.timedOut('Prepare phase timeout.') };
    case 'wrong expected version':
      return { response: wrongExpectedVersion(outcome.actual, expected) };
    case 'stored': {
      const position = wire(outcome.offset, origin);
      const success = new streams.AppendResp.Success().setPosition(
        new streams.AppendResp.Position().setCommitPosition(position).setPreparePosition(position),
      );
      if (outcome.revision === null) success.setNoStream(new shared.Empty());
      else success.setCurrentRevision(String(outcome.revision));
      return { response: new streams.AppendResp().setSuccess(success) };
    }
  }
}

function wrongExpectedVersion(actual: number | null, expected: Expected): Response {
  const answer = new streams.AppendResp.WrongExpectedVersion();
  if (actual === null) answer.setCurrentNoStream(new shared.Empty());
  else answer.setCurrentRevision(String(actual));
  if (expected === 'any') answer.setExpectedAny(new shared.Empty());
  else if (expected === 'no_stream') answer.setExpectedNoStream(new shared.Empty());
  else if (expected === 'stream_exists') answer.setExpectedStreamExists(new shared.Empty());
  else answer.setExpectedRevision(String(expected));
  return new streams.AppendResp().setWrongExpectedVersion(answer);
}
