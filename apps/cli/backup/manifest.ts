/**
 * A backup's word about itself, in a file beside what was copied. It is written last: a folder without one is no whole
 * backup. The log and the keys have one each, and both name the same backup.
 */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { sync } from '#sqlite/index.js';
import { Failure, FOUND_WRONG } from '../exit.js';

export const MANIFEST = 'backup.json';

const FORMAT = 1;

const nullable = () => Type.Union([Type.String(), Type.Null()]);

const shape = Type.Object({
  format: Type.Literal(FORMAT),
  /** The same in both folders of one backup, and in no other. */
  backup: Type.String(),
  /** `servers`: nothing was copied, the log and the keys are on servers of their own. */
  of: Type.Union([Type.Literal('log'), Type.Literal('keys'), Type.Literal('servers')]),
  /** When it began, in UTC. */
  time: Type.String(),
  /** Version of the program that made it. */
  product: Type.String(),
  /** Fingerprint of the key store that the log was written with. */
  installation: Type.String(),
  log: Type.Object({
    /** Of its last event. */
    position: Type.String({ pattern: '^\\d+$' }),
    events: Type.Integer({ minimum: 0 }),
    /** As `touchstone verify` prints it. */
    checkpoint: Type.String(),
  }),
  keys: Type.Object({
    /** Subjects that have a key, or had one. */
    subjects: Type.Integer({ minimum: 0 }),
    /** Up to which event of the log erasures had been carried out on the keys. */
    erasures: nullable(),
    /** Fingerprint of the master key that they are under. */
    masterKey: nullable(),
    /** Customers of the log whose key was missing already, or was damaged. */
    missing: Type.Integer({ minimum: 0 }),
    damaged: Type.Integer({ minimum: 0 }),
  }),
  files: Type.Array(
    Type.Object({
      name: Type.String({ pattern: '^[a-z]+\\.sqlite$' }),
      bytes: Type.Integer({ minimum: 0 }),
      sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    }),
  ),
});

export type Manifest = Static<typeof shape>;
const guard = Compile(shape);

/** On the disk, with its place in the folder, when this returns. Never over another. */
export function writeManifest(folder: string, manifest: Omit<Manifest, 'format'>): void {
  const path = join(folder, MANIFEST);
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, `${JSON.stringify({ format: FORMAT, ...manifest }, undefined, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  sync(folder);
  sync(dirname(folder));
}

/** Null where there is none. @throws Failure for one that was changed, or that a newer version wrote */
export function readManifest(folder: string): Manifest | null {
  const path = join(folder, MANIFEST);
  const text = textOf(path);
  if (text === null) return null;
  const read = parsed(text);
  if (guard.Check(read)) return read;
  const { format } = Object(read) as { readonly format?: unknown };
  if (typeof format === 'number' && format > FORMAT)
    throw new Failure(`${path} was written by a newer version: restore with that one.`);
  throw new Failure(`${path} is damaged: take another backup.`, FOUND_WRONG);
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new Failure(`${path} cannot be read (${code}): let this user read it.`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
