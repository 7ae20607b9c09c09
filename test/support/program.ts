/**
 * `touchstone` as it ships, in a process of its own.
 *
 *     const { code, out, err } = await touchstone(['verify', '--json'], { TOUCHSTONE_DATA: folder });
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { inherited } from './inherited.js';

const PROGRAM = fileURLToPath(new URL('../../apps/cli/main.js', import.meta.url));

export interface Ended {
  /** Null where it was killed. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

type Env = Readonly<Record<string, string>>;

export function startProgram(args: readonly string[], env: Env): Started {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { ...inherited(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  const ended = once(child, 'close').then(([code]): Ended => ({ code: code as number | null, ...said }));
  return { child, ended };
}

export const touchstone = (args: readonly string[], env: Env): Promise<Ended> =>
  startProgram(args, env).ended;
