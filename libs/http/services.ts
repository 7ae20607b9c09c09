/**
 * What the HTTP side needs from the house, given once by the composition root and reached from any request.
 * The declarations below are the whole of what this lib adds to Fastify.
 */
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Clock, Ids } from '#kernel';
import type { Access, KeyRing, Principal } from './authentication.js';
import type { CommandNames } from './command-names.js';
import type { FailureLog } from './failure-log.js';
import type { Unfinished } from './gone.js';
import type { HealthCheck } from './health.js';
import type { PersonalLookup } from './personal.js';

export interface HttpServices {
  readonly keys: KeyRing;
  /** What must hold before this process is sent requests. */
  readonly checks: readonly HealthCheck[];
  /**
   * True as soon as the views have reached the position, false when they have not within the time. The signal ends the
   * waiting, with its reason. A position beyond the end of the log is refused.
   */
  readonly waitFor: (position: bigint, timeoutMs: number, signal: AbortSignal) => Promise<boolean>;
  /** Throws while nothing may be recorded or answered, because the log is another one. */
  readonly gate: () => void;
  /** How callers' keys name commands. */
  readonly commandNames: CommandNames;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  /** Where the metrics of the whole process are registered. */
  readonly metrics: Registry;
}

declare module 'fastify' {
  interface FastifyInstance {
    readonly services: HttpServices;
    readonly unfinished: Unfinished;
    readonly failures: FailureLog;
  }
  interface FastifyRequest {
    /** Null on public routes. */
    caller: Principal | null;
    /** Ends when the body has not arrived in time. */
    arrival: NodeJS.Timeout | null;
  }
  interface FastifyContextConfig {
    /** Who may call the route. A route that does not say is for nobody. */
    access?: Access;
    /** Where it looks people up by something personal, which not everybody may. */
    personal?: PersonalLookup;
    /** Takes as long as its caller likes: there are only so many at once. */
    long?: true;
    /** Takes NDJSON, as a stream. */
    ndjson?: true;
  }
}
