/**
 * The messages of EventStoreDB's gRPC protocol, as the client package generates them from the service's definition.
 *
 * They are used in place of the client's own `appendToStream`, `readStream` and `subscribeToAll` because those
 * put every text through JSON.parse and JSON.stringify: an integer-like key moves, -0 loses its sign, 1.0 and
 * duplicate keys collapse. The hash chain is taken over bytes. In the messages data are bytes both ways, while the
 * content type still is application/json. The client stays in charge of connecting, discovery and credentials.
 */
import shared from '@eventstore/db-client/generated/shared_pb.js';
import services from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';

export const { AppendReq, ReadReq } = streams;
export const { Empty, StreamIdentifier, UUID } = shared;
export const { StreamsClient } = services;

export type AppendReq = InstanceType<typeof streams.AppendReq>;
export type AppendResp = InstanceType<typeof streams.AppendResp>;
export type ReadReq = InstanceType<typeof streams.ReadReq>;
export type ReadResp = InstanceType<typeof streams.ReadResp>;
export type ReadEvent = InstanceType<typeof streams.ReadResp.ReadEvent>;
export type FilterOptions = InstanceType<typeof streams.ReadReq.Options.FilterOptions>;
export type StreamsClient = InstanceType<typeof services.StreamsClient>;

export function identifierOf(stream: string): InstanceType<typeof StreamIdentifier> {
  return new StreamIdentifier().setStreamName(Buffer.from(stream));
}
