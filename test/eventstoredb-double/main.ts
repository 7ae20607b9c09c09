/** The double as a process: prints its URL on one line, keeps its log in a file if told to, ends on a signal. */
import { parseArgs } from 'node:util';
import { startEventStoreDbDouble, VERSIONS } from './index.js';
import { obeyParent } from './remote.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    log: { type: 'string' },
    synced: { type: 'boolean' },
    version: { type: 'string' },
  },
});
const version = VERSIONS.find((one) => one === values.version);
const double = await startEventStoreDbDouble({
  port: Number(values.port ?? 0),
  ...(values.log === undefined ? {} : { logFile: values.log }),
  synced: values.synced ?? false,
  ...(version && { version }),
});
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    if (process.connected) process.disconnect();
    void double.close();
  });
console.log(double.url);
obeyParent(double);
