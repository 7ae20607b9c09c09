/**
 * The protocol as EventStoreDB's own client ships it: service definitions and messages, nothing written here.
 * The package has no types for a server and no index of these files, so they are gathered in one place.
 */
import gossipServices from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import featureServices from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import status from '@eventstore/db-client/generated/status_pb.js';
import streamServices from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';

export { any, empty, features, gossip, shared, status, streams };
export const { GossipService } = gossipServices;
export const { ServerFeaturesService } = featureServices;
export const { StreamsService } = streamServices;

type Uuid = InstanceType<typeof shared.UUID>;
type StreamIdentifier = InstanceType<typeof shared.StreamIdentifier>;

export const streamNameOf = (identifier: StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

export function identifierOf(stream: string): StreamIdentifier {
  return new shared.StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8'));
}

const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A UUID in lower case, from either of its two forms; null for what is none. */
export function uuidOf(uuid: Uuid | undefined): string | null {
  if (!uuid) return null;
  if (CANONICAL.test(uuid.getString())) return uuid.getString();
  const hex = uuid.hasStructured()
    ? [uuid.getStructured()?.getMostSignificantBits(), uuid.getStructured()?.getLeastSignificantBits()]
        .map((bits) =>
          BigInt.asUintN(64, BigInt(bits ?? 0))
            .toString(16)
            .padStart(16, '0'),
        )
        .join('')
    : uuid.getString().toLowerCase().replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/.test(hex)) return null;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
