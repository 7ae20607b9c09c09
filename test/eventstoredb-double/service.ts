/** The services as gRPC sees them: what each method does with its call. */
import {
  Server,
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
} from '@grpc/grpc-js';
import { answerAppend, expectedOf } from './appending.js';
import { attend, refusalBy, withheld, type Parts } from './attending.js';
import { BatchAppends } from './batch-appending.js';
import type { ReadCall } from './calls.js';
import { clusterInfo, supportedMethods } from './cluster.js';
import { remove } from './deleting.js';
import type { Fault, Interruption } from './faults.js';
import { Outlet } from './outlet.js';
import {
  features,
  gossip,
  GossipService,
  ServerFeaturesService,
  shared,
  streamNameOf,
  streams,
  StreamsService,
} from './protocol.js';
import { read, readFilter, type ReadOptions } from './reading.js';
import { timedOut, unknown } from './refusals.js';
import { subscribe } from './subscribing.js';

type Req<Name extends 'ReadReq' | 'AppendReq' | 'AppendResp' | 'BatchAppendReq' | 'BatchAppendResp'> =
  InstanceType<(typeof streams)[Name]>;
type Removing = InstanceType<typeof streams.DeleteReq> | InstanceType<typeof streams.TombstoneReq>;
type Removed = InstanceType<typeof streams.DeleteResp>;

/** The largest message the server takes: a little more than the largest record it can write. */
const MAX_MESSAGE_BYTES = 17 * 1024 * 1024;

export function createService(parts: Parts): Server {
  const server = new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });
  const instance = crypto.randomUUID();
  // Answers to Read are encoded when they are written to the log, not each time they are read.
  const readEncoded = { ...StreamsService.read, responseSerialize: (message: Buffer) => message };
  server.addService(
    { ...StreamsService, read: readEncoded },
    {
      read: readHandler(parts),
      append: appendHandler(parts),
      batchAppend: batchAppendHandler(parts),
      delete: removeHandler(parts, 'delete'),
      tombstone: removeHandler(parts, 'tombstone'),
    },
  );
  const readGossip: handleUnaryCall<
    InstanceType<typeof shared.Empty>,
    InstanceType<typeof gossip.ClusterInfo>
  > = (call, respond) =>
    void attend(parts, 'gossip', call, respond, async () =>
      respond(null, clusterInfo(parts.address(), instance)),
    );
  server.addService(GossipService, { read: readGossip });
  const getSupportedMethods: handleUnaryCall<
    InstanceType<typeof shared.Empty>,
    InstanceType<typeof features.SupportedMethods>
  > = (call, respond) =>
    void attend(parts, 'serverFeatures', call, respond, async () =>
      respond(null, supportedMethods(parts.version)),
    );
  server.addService(ServerFeaturesService, { getSupportedMethods });
  return server;
}

function readHandler(parts: Parts): handleServerStreamingCall<Req<'ReadReq'>, Buffer> {
  return (call) => {
    const options = call.request.getOptions();
    if (!options) return call.end();
    const method = options.hasSubscription() ? 'subscribe' : 'read';
    parts.calls.noteRead(describe(options, method));
    void attend(
      parts,
      method,
      call,
      (error) => call.emit('error', error),
      async (fault) => {
        const outlet = new Outlet(call, fault, () => parts.cutConnection(call.getPeer()));
        if (method === 'read') return read(parts.log, options, outlet);
        const stopped = parts.faults.running((how) => interrupt(outlet, how));
        parts.calls.subscriptions++;
        await subscribe(parts.log, options, outlet, parts).finally(() => {
          stopped();
          parts.calls.subscriptions--;
        });
      },
    );
  };
}

function interrupt(outlet: Outlet<unknown>, how: Interruption): void {
  switch (how) {
    case 'cut':
      return void outlet.cut();
    case 'end':
      return outlet.end();
    case 'too slow':
      return outlet.fail(timedOut('Consumer too slow to handle event while live.'));
  }
}

function describe(options: ReadOptions, method: 'read' | 'subscribe'): ReadCall {
  const [stream, all] = [options.getStream(), options.getAll()];
  const position = all?.getPosition();
  const place = stream?.hasRevision()
    ? stream.getRevision()
    : position && `${position.getCommitPosition()}/${position.getPreparePosition()}`;
  const filter = readFilter(options);
  return {
    method,
    stream: stream ? streamNameOf(stream.getStreamIdentifier()) : null,
    direction: options.getReadDirection() === 0 ? 'forwards' : 'backwards',
    from: place ?? ((stream ?? all)?.hasEnd() ? 'end' : 'start'),
    count: options.hasCount() ? options.getCount() : null,
    filter: filter instanceof Error ? null : filter,
  };
}

function appendHandler(parts: Parts): handleClientStreamingCall<Req<'AppendReq'>, Req<'AppendResp'>> {
  return (call, respond) =>
    void attend(parts, 'append', call, respond, async (fault) => {
      const answer = await answerAppend(parts.log, call, parts.maxAppendSize).catch(() => null);
      if (!answer || withheld(parts, call, fault)) return; // null: the client went away before it had said all
      if ('response' in answer) respond(null, answer.response);
      else respond(answer.refusal);
    });
}

function batchAppendHandler(
  parts: Parts,
): handleBidiStreamingCall<Req<'BatchAppendReq'>, Req<'BatchAppendResp'>> {
  return (call) =>
    void attend(
      parts,
      'batchAppend',
      call,
      (error) => call.emit('error', error),
      async () => {
        let fault: Fault | undefined;
        const batches = new BatchAppends(parts.log, parts.maxAppendSize, (response) => {
          if (call.writable && !withheld(parts, call, fault)) call.write(response);
        });
        call.on('data', (request: Req<'BatchAppendReq'>) => {
          if (request.hasOptions()) fault = parts.faults.take('batchAppend');
          const refused = fault && refusalBy(fault);
          if (refused) call.emit('error', refused);
          else if (fault?.kind === 'slow') setTimeout(() => batches.take(request), fault.ms);
          else if (fault?.kind !== 'hang') batches.take(request);
        });
        for (const ending of ['end', 'close', 'cancelled', 'error'] as const)
          call.on(ending, () => batches.close());
        call.on('end', () => setImmediate(() => call.end())); // after the last answer
      },
    );
}

function removeHandler(parts: Parts, method: 'delete' | 'tombstone'): handleUnaryCall<Removing, Removed> {
  return (call, respond) =>
    void attend(parts, method, call, respond, async (fault) => {
      const options = call.request.getOptions();
      if (!options) return respond(unknown('No options.'));
      const stream = streamNameOf(options.getStreamIdentifier());
      if (stream === '') return respond(unknown('Exception was thrown by handler.'));
      const removal = remove(parts.log, stream, expectedOf(options), method === 'tombstone');
      if (withheld(parts, call, fault)) return;
      if ('refusal' in removal) return respond(removal.refusal);
      const Answer = method === 'delete' ? streams.DeleteResp : streams.TombstoneResp;
      respond(null, new Answer().setPosition(removal.position));
    });
}
