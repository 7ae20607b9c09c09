/**
 * BatchAppend: many appends on one call, each answered under its correlation id, errors included. The deadline of
 * an append is for its requests to arrive; once it is complete it is stored whatever the clock says. One whose events are
 * being written by another call is not stored, and answered at its deadline.
 */
import type { EventLog, NewRecord } from './event-log.js';
import { append, type Expected, type Outcome } from './expectation.js';
import { expectedOf, recordOf, sizeOf } from './appending.js';
import { wire } from './messages.js';
import { any, empty, identifierOf, shared, status, streamNameOf, streams, uuidOf } from './protocol.js';

type Request = InstanceType<typeof streams.BatchAppendReq>;
type Response = InstanceType<typeof streams.BatchAppendResp>;
type Options = InstanceType<typeof streams.BatchAppendReq.Options>;

interface Pending {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: NewRecord[];
  readonly begun: number;
  /** In milliseconds since 1970. */
  readonly deadline: number;
  readonly giveUp: NodeJS.Timeout;
  size: number;
}

/** What the server allows an append at most. */
const WRITE_TIMEOUT_MS = 2_000;

const CODE = { INVALID_ARGUMENT: 3, DEADLINE_EXCEEDED: 4, NOT_FOUND: 5, ALREADY_EXISTS: 6 } as const;

export class BatchAppends {
  readonly #pending = new Map<string, Pending>();

  constructor(
    private readonly log: EventLog,
    private readonly maxAppendSize: number,
    private readonly answer: (response: Response) => void,
  ) {}

  take(request: Request): void {
    const id = uuidOf(request.getCorrelationId()) ?? '';
    const options = request.getOptions();
    if (options && !this.#begin(id, options)) return;
    const pending = this.#pending.get(id);
    if (!pending) return;
    for (const proposed of request.getProposedMessagesList()) {
      const event = recordOf(proposed);
      if ('code' in event) {
        this.#forget(id);
        return this.#refuse(id, pending.stream, badRequest(event.details));
      }
      pending.events.push(event);
      pending.size += sizeOf(event);
    }
    if (pending.size > this.maxAppendSize) {
      this.#forget(id);
      return this.#refuse(id, pending.stream, maximumAppendSizeExceeded(this.maxAppendSize));
    }
    if (!request.getIsFinal()) return;
    this.#forget(id);
    setImmediate(() => this.#store(id, pending)); // what comes with it comes before it is written
  }

  /** The call is over: what has not arrived will not. */
  close(): void {
    for (const id of [...this.#pending.keys()]) this.#forget(id);
  }

  #store(id: string, { stream, events, expected, begun, deadline }: Pending): void {
    if (stream === '') return this.#refuse(id, stream, badRequest('The stream has no name.'));
    const outcome = append(this.log, stream, events, expected, begun);
    if (outcome.kind !== 'under way') return this.#reply(id, stream, outcome, expected);
    if (deadline === Infinity) return;
    setTimeout(() => this.#refuse(id, stream, timedOut()), deadline - Date.now()).unref();
  }

  #begin(id: string, options: Options): boolean {
    const stream = streamNameOf(options.getStreamIdentifier());
    const deadline = options.getDeadline()?.toDate().getTime() ?? Infinity;
    const timeout = Math.min(deadline - Date.now(), WRITE_TIMEOUT_MS);
    if (timeout <= 0) {
      this.#refuse(id, stream, timedOut());
      return false;
    }
    const expire = (): void => {
      if (this.#pending.delete(id)) this.#refuse(id, stream, timedOut());
    };
    this.#pending.set(id, {
      stream,
      expected: expectedOf({
        hasAny: () => options.hasAny(),
        hasNoStream: () => options.hasNoStream(),
        hasStreamExists: () => options.hasStreamExists(),
        getRevision: () => options.getStreamPosition(),
      }),
      events: [],
      begun: performance.now(),
      deadline,
      giveUp: setTimeout(expire, timeout),
      size: 0,
    });
    return true;
  }

  #forget(id: string): void {
    clearTimeout(this.#pending.get(id)?.giveUp);
    this.#pending.delete(id);
  }

  #reply(
    id: string,
    stream: string,
    outcome: Exclude<Outcome, { kind: 'under way' }>,
    expected: Expected,
  ): void {
    switch (outcome.kind) {
      case 'stream deleted':
        return this.#refuse(id, stream, streamDeleted(stream));
      case 'wrong expected version':
        return this.#refuse(id, stream, wrongExpectedVersion(outcome.actual, expected));
      case 'stored': {
        const position = wire(outcome.offset, this.log.origin);
        const success = new streams.BatchAppendResp.Success().setPosition(
          new shared.AllStreamPosition().setCommitPosition(position).setPreparePosition(position),
        );
        if (outcome.revision === null) success.setNoStream(new empty.Empty());
        else success.setCurrentRevision(String(outcome.revision));
        return this.answer(responseFor(id, stream).setSuccess(success));
      }
    }
  }

  #refuse(id: string, stream: string, error: InstanceType<typeof status.Status>): void {
    this.answer(responseFor(id, stream).setError(error));
  }
}

const responseFor = (id: string, stream: string): Response =>
  new streams.BatchAppendResp()
    .setCorrelationId(new shared.UUID().setString(id))
    .setStreamIdentifier(identifierOf(stream));

function error(code: number, name: string, details: { serializeBinary(): Uint8Array }) {
  const packed = new any.Any();
  packed.pack(details.serializeBinary(), `event_store.client.${name}`);
  return new status.Status().setCode(code).setMessage(name).setDetails(packed);
}

const timedOut = () => error(CODE.DEADLINE_EXCEEDED, 'Timeout', new shared.Timeout());

const badRequest = (message: string) =>
  error(CODE.INVALID_ARGUMENT, 'BadRequest', new shared.BadRequest().setMessage(message));

const maximumAppendSizeExceeded = (bytes: number) =>
  error(
    CODE.INVALID_ARGUMENT,
    'MaximumAppendSizeExceeded',
    new shared.MaximumAppendSizeExceeded().setMaxappendsize(bytes),
  );

const streamDeleted = (stream: string) =>
  error(
    CODE.NOT_FOUND,
    'StreamDeleted',
    new shared.StreamDeleted().setStreamIdentifier(identifierOf(stream)),
  );

function wrongExpectedVersion(actual: number | null, expected: Expected) {
  const details = new shared.WrongExpectedVersion();
  if (actual === null) details.setCurrentNoStream(new empty.Empty());
  else details.setCurrentStreamRevision(String(actual));
  if (expected === 'any') details.setExpectedAny(new empty.Empty());
  else if (expected === 'no_stream') details.setExpectedNoStream(new empty.Empty());
  else if (expected === 'stream_exists') details.setExpectedStreamExists(new empty.Empty());
  else details.setExpectedStreamPosition(String(expected));
  return error(CODE.ALREADY_EXISTS, 'WrongExpectedVersion', details);
}
