/** What the commands have in common: whom they speak to, how they print and how they end. */
import { InvalidArgumentError, type Command } from 'commander';
import { MappingError } from '#import/formats/index.js';
import { StoreUnavailable } from '#event-store/port.js';
import { KeyStoreUnavailable } from '#key-store/port.js';
import { ReadStoreUnavailable } from '#read-store/port.js';
import { Exposed } from '#sqlite/index.js';
import { ConfigError } from '../composition/config.js';
import { FAILED, Failure, USAGE } from './exit.js';
import type { TargetOptions } from './target.js';

export interface Common extends TargetOptions {
  readonly json?: boolean;
}

export const addData = (command: Command): Command =>
  command
    .option('--data <folder>', 'the data folder (default: $TOUCHSTONE_DATA, or ./data)')
    .option('--json', 'print JSON, for a program to read');

export const addTarget = (command: Command): Command =>
  addData(command)
    .option('--url <url>', 'a running server; without it the command works on the data folder')
    .option('--key <key>', 'API key for --url (default: $TOUCHSTONE_KEY)');

/** The result on standard output, as JSON or in words. */
export function print<T>(options: Common, result: T, words: (result: T) => string): void {
  process.stdout.write(`${options.json ? JSON.stringify(result, undefined, 2) : words(result)}\n`);
}

/** Ends the process with the code that the command gives, or with that of what it threw. */
export async function run(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = codeOf(error);
  }
}

function codeOf(error: unknown): number {
  if (error instanceof Failure) return error.code;
  return error instanceof ConfigError || error instanceof MappingError ? USAGE : FAILED;
}

const UNAVAILABLE = [StoreUnavailable, ReadStoreUnavailable, KeyStoreUnavailable];

/** One line for what was foreseen; a defect keeps its stack. */
function messageOf(error: unknown): string {
  const foreseen = [Failure, ConfigError, MappingError, InvalidArgumentError, Exposed, ...UNAVAILABLE];
  if (foreseen.some((kind) => error instanceof kind)) return (error as Error).message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
