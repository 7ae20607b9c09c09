/** This program as the server, on the data folder, for as long as a command takes. Loaded when it is needed only. */
import { statSync } from 'node:fs';
import { localKey } from '#access/local-key.js';
import { createLogger, listen } from '#http/index.js';
import { createApi } from '../api/app.js';
import { files, type Config } from '../composition/config.js';
import { openStores } from '../composition/stores.js';
import { startProjectorThread } from '../projector/start-thread.js';
import type { Embedding, Target } from './target.js';

export async function embedded(config: Config, { views = false, port = 0 }: Embedding): Promise<Target> {
  const inUse = isOpen(files(config).events);
  const log = createLogger({ level: config.logLevel, destination: process.stderr });
  const stores = await openStores(config);
  const projector = views ? startProjectorThread(config, log, stores.openFiles) : undefined;
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
