/**
 * Who is asked: a running server, or this very program started on the data folder for as long as the command takes.
 * Both are spoken to over HTTP, so that a command does one thing only.
 */
import { statSync } from 'node:fs';
import { localKey } from '#access/local-key.js';
import { createLogger, listen } from '#http/index.js';
import { createApi } from '../api/app.js';
import { files, readConfig, type Config } from '../composition/config.js';
import { openStores } from '../composition/stores.js';
import { startProjectorThread } from '../projector/start-thread.js';
import { Failure, USAGE } from './exit.js';

export interface Target {
  readonly url: string;
  readonly key: string;
  /** Said once, to a person: a key made, a folder in use. */
  readonly notes: readonly string[];
  /** The key of the first admin, where this start made it. */
  readonly firstKey: string | null;
  readonly config: Config;
  close(): Promise<void>;
}

export interface TargetOptions {
  readonly url?: string | undefined;
  readonly key?: string | undefined;
  readonly data?: string | undefined;
}

interface Embedding {
  /** Views are moved too; otherwise whoever starts the server next moves them. */
  readonly views?: boolean;
  /** 0 for any that is free. */
  readonly port?: number;
}

export function configOf({ data }: TargetOptions): Config {
  return readConfig({
    LOG_LEVEL: 'error',
    ...process.env,
    ...(data !== undefined && { TOUCHSTONE_DATA: data }),
  });
}

export async function openTarget(options: TargetOptions, embedding: Embedding = {}): Promise<Target> {
  const config = configOf(options);
  if (options.url === undefined) return embedded(config, embedding);
  const key = options.key ?? process.env['TOUCHSTONE_KEY'];
  if (key === undefined) throw new Failure('A server wants a key: give --key, or set TOUCHSTONE_KEY.', USAGE);
  const url = options.url.replace(/\/+$/, '');
  return { url, key, notes: [], firstKey: null, config, close: async () => undefined };
}

async function embedded(config: Config, { views = false, port = 0 }: Embedding): Promise<Target> {
  const inUse = isOpen(files(config).events);
  const log = createLogger({ level: config.logLevel, destination: process.stderr });
  const stores = await openStores(config);
  const projector = views ? startProjectorThread(config, log) : undefined;
  const own = localKey({ id: 'cli', role: 'admin', pii: true });
  const api = await createApi(stores, config, log, [], own);
  const url = await listen(api.app, { port, host: '127.0.0.1' });
  const notes: string[] = [];
  if (inUse)
    notes.push(
      `${config.dataFolder} is open in another process, or was cut off. They share it; that is fine.`,
    );
  if (api.firstKey !== null)
    notes.push(`Admin key of ${config.dataFolder}, shown this once: ${api.firstKey}`);
  return {
    url,
    key: own.secret,
    notes,
    firstKey: api.firstKey,
    config,
    close: async () => {
      await api.close();
      await projector?.stop();
      await stores.close();
    },
  };
}

/** A log that was closed leaves nothing in its write-ahead log. */
const isOpen = (log: string): boolean => (statSync(`${log}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
