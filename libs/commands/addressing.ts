/**
 * A key belongs to one command. Where the body alone tells which stream a command is for, a second body might name
 * another stream, which knows nothing of the key; so the key is claimed first, on a stream of its own. A crash between
 * the two is healed by sending the command again.
 */
import {
  ownCommand,
  streamNamed,
  systemIds,
  type CommandContext,
  type Decider,
  type StreamName,
} from '#kernel';
import type { CommandAddressed } from './events.js';
import { keyReused } from './replay.js';

interface Address {
  readonly type: 'AddressCommand';
  readonly stream: StreamName;
}

export const addressing: Decider<{ readonly stream: string | null }, Address, CommandAddressed> = {
  name: 'addressing',
  initialState: { stream: null },

  decide: {
    AddressCommand({ stream }, addressed) {
      if (addressed.stream === null) return [{ type: 'CommandAddressed', data: { stream } }];
      if (addressed.stream === stream) return [];
      throw keyReused();
    },
  },

  evolve: { CommandAddressed: (_, { stream }) => ({ stream }) },
};

/** The claim of a command's key for a stream; null where the command's target is told by more than its body. */
export function claimOf(stream: StreamName, { addressed, request, commandId, actor, now }: CommandContext) {
  if (addressed !== true || request === null) return null;
  return {
    stream: streamNamed(`command-${commandId}`),
    decider: addressing,
    command: { type: 'AddressCommand', stream } as const,
    context: { ...ownCommand('addressing', systemIds.next(), now), causationId: commandId, actor },
  };
}
