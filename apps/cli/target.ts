/**
 * Who is asked: a running server, or this very program started on the data folder for as long as the command takes.
 * Both are spoken to over HTTP, so that a command does one thing only.
 */
import type { Config } from '../composition/config.js';
import { configure } from '../composition/process.js';
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

export interface Embedding {
  /** Views are moved too; otherwise whoever starts the server next moves them. */
  readonly views?: boolean;
  /** 0 for any that is free. */
  readonly port?: number;
}

export function configOf({ data }: TargetOptions): Config {
  const folder = data === undefined ? {} : { TOUCHSTONE_DATA: data };
  return configure({ LOG_LEVEL: 'error', ...process.env, ...folder });
}

export async function openTarget(options: TargetOptions, embedding: Embedding = {}): Promise<Target> {
  const config = configOf(options);
  if (options.url === undefined) return (await import('./embedded.js')).embedded(config, embedding);
  const key = options.key ?? process.env['TOUCHSTONE_KEY'];
  if (key === undefined) throw new Failure('A server wants a key: give --key, or set TOUCHSTONE_KEY.', USAGE);
  const url = options.url.replace(/\/+$/, '');
  return { url, key, notes: [], firstKey: null, config, close: async () => undefined };
}
