/** The log of a process, without anything of Nest: threads and command-line tools write it too. */
import { pino, type DestinationStream, type Level, type Logger } from 'pino';

export interface Logging {
  readonly level?: Level | 'silent';
  readonly destination?: DestinationStream;
}

/** Lines are written in blocks, at least once a second and when the process ends. */
export const createLogger = ({ level = 'info', destination = standardOutput() }: Logging = {}): Logger =>
  pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: named } },
    destination,
  );

const standardOutput = (): DestinationStream =>
  pino.destination({ fd: 1, sync: false, minLength: 4096, periodicFlush: 1000 });

const named = (label: string): object => ({ level: label });
