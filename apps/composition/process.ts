/**
 * The life of a process: it starts, or says in one line why not; it runs until it is told to stop; it ends what is
 * under way. Exit codes: 0 when told to stop, 2 for a wrong configuration, 1 for everything else.
 */
import { ConfigError, readConfig, type Config, type Environment } from './config.js';
import { keepToOurselves } from './data-folder.js';

type Stop = () => Promise<void>;

/** The settings that a process starts with. Their advice goes to standard error. @throws ConfigError */
export function configure(env: Environment, defaultPort?: number): Config {
  const config = readConfig(env, defaultPort);
  for (const line of config.advice) process.stderr.write(`${line}\n`);
  return config;
}

/** @param start gives back how to stop; `say` tells whoever started the process, on standard output */
export async function runProcess(start: (say: (line: string) => void) => Promise<Stop>): Promise<void> {
  keepToOurselves();
  // Whoever reads the output may go away; that is no reason to stop serving.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  // From the first moment: a process told to stop while it starts does so once it has. Told twice, it just ends.
  const told = new Promise<void>((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
  try {
    const stop = await start((line) => process.stdout.write(`${line}\n`));
    await told;
    await stop();
  } catch (error) {
    process.stderr.write(`${oneLine(error)}\n`);
    process.exit(error instanceof ConfigError ? 2 : 1);
  }
}

function oneLine(error: unknown): string {
  const {
    message = String(error),
    code,
    address,
    port,
  } = error as NodeJS.ErrnoException & Partial<Listening>;
  if (code === 'EADDRINUSE')
    return `Port ${port} of ${address} is taken: end the program that listens there, or set PORT to another.`;
  if (code === 'EACCES' && port !== undefined)
    return `Port ${port} needs rights that this user has not: set PORT to one above 1023.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `HOST ${address ?? ''} is no address of this machine: set HOST to one that is.`;
  return message.split('\n', 1)[0] ?? message;
}

interface Listening {
  readonly address: string;
  readonly port: number;
}
