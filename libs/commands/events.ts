/** Events about commands themselves, so that a key which comes again is answered as the first time. */
import { code, eventType, streamName, type EventsOf } from '#kernel';

export const commandEvents = {
  /** On the stream of the command: it was so already. It keeps the command's id, and nothing is folded from it. */
  CommandChangedNothing: eventType('CommandChangedNothing', { command: code() }),
  /** On `command-<id>`, for a command whose stream only its body tells: the stream it was for. */
  CommandAddressed: eventType('CommandAddressed', { stream: streamName() }),
} as const;

export type CommandRecord = EventsOf<typeof commandEvents>;
export type CommandAddressed = Extract<CommandRecord, { type: 'CommandAddressed' }>;
export type CommandChangedNothing = Extract<CommandRecord, { type: 'CommandChangedNothing' }>;
