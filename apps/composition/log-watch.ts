/** Each process watches that the log is the one it began with, and says so in its own log when it is not. */
import type { Logger } from 'pino';
import { INSTALLATION } from '#access/installation.js';
import type { HealthCheck } from '#http/index.js';
import { LogWatch, type AnyView, type ViewReader } from '#projections/index.js';
import type { Stores } from './stores.js';

export interface Watching {
  readonly reader: ViewReader;
  readonly views: readonly Pick<AnyView, 'name'>[];
  readonly log: Logger;
  /** The log is an older one by now: its memory in this process is to be dropped. */
  readonly older?: () => void;
}

export const watchLog = (
  { eventStore: store }: Stores,
  { reader, views, log, older = () => undefined }: Watching,
): LogWatch =>
  new LogWatch({
    store,
    origin: INSTALLATION,
    reader,
    views,
    older,
    changed: (standing) => {
      if (standing.ok) log.info('the log and the views belong together again');
      else log.error({ reason: standing.reason }, 'the log is not what it was');
    },
  });

export const logCheck = (watch: LogWatch): HealthCheck => ({
  name: 'log',
  check: async () => {
    const { standing } = watch;
    return standing.ok ? { ok: true } : { ok: false, detail: { reason: standing.reason } };
  },
});
