/**
 * The environment for a process that a test starts: ours, without Jest's options, without the addresses of servers, and
 * without EVENTSTORE_…, which a server would take for options of its own.
 */
const OURS = /^(NODE_OPTIONS|EVENTSTORE_.*|(EVENTS_URL|REDIS_URL|KEYS_URL|MASTER_KEY(_PREVIOUS)?)(_FILE)?)$/;

export const inherited = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || OURS.test(name) ? [] : [[name, value]],
    ),
  );
