/**
 * What is said in docker/ is true of the program: each setting is one that it reads, each file that is named is there,
 * and what is asked of a container is answered. No engine is needed, and none is stood in for.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startTouchstone } from '#test/support/touchstone.js';
import { readConfig } from '../apps/composition/config.js';
import { masterKeysFrom } from '../apps/composition/master-keys.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const text = (path: string): Promise<string> => readFile(join(root, path), 'utf8');
const compose = async (): Promise<string> =>
  (await text('docker/compose.yaml')) + (await text('docker/compose.rotate.yaml'));

const found = (pattern: RegExp, within: string): string[] =>
  [...within.matchAll(pattern)].map((match) => match[1] ?? '').toSorted();

/** The names that a reader of settings asks for. */
function asked(read: (env: Record<string, string | undefined>) => unknown): Set<string> {
  const names = new Set<string>();
  read(new Proxy({}, { get: (_, name) => void names.add(String(name)) }));
  return names;
}

describe('the compose file', () => {
  it('sets what the program reads, and nothing else', async () => {
    const known = new Set([...asked(readConfig), ...asked(masterKeysFrom)]);
    const set = found(/^ *(?:environment: \{ )?([A-Z][A-Z_]+): /gm, await compose());
    const [theirs, ours] = [
      set.filter((name) => name.startsWith('EVENTSTORE_')),
      set.filter((name) => !name.startsWith('EVENTSTORE_')),
    ];
    expect(ours.length).toBeGreaterThan(5);
    expect(ours).toContain('EVENTS_URL');
    expect(ours.filter((name) => !known.has(name))).toEqual([]);
    expect(theirs.filter((name) => known.has(name))).toEqual([]); // the server would not start with one of ours
  });

  it('names files that are there', async () => {
    const beside = found(/- \.\/(\S+?):/g, await compose()).map((file) => `docker/${file}`);
    const programs = found(/(dist\/apps\/\S+?\.js)/g, (await compose()) + (await text('docker/Dockerfile')));
    expect(beside.length).toBeGreaterThan(0);
    expect(programs.length).toBeGreaterThan(0);
    expect([...beside, ...programs].filter((file) => !existsSync(resolve(root, file)))).toEqual([]);
  });
});

describe('the image', () => {
  it('is made of files that are there, and that the ignore file lets through', async () => {
    const copied = found(/^COPY (?!--from)(.+) \S+$/gm, await text('docker/Dockerfile')).flatMap((files) =>
      files.split(' '),
    );
    const passed = new Set(found(/^!(\S+)$/gm, await text('docker/Dockerfile.dockerignore')));
    expect(copied.length).toBeGreaterThan(5);
    expect(copied.filter((file) => !existsSync(resolve(root, file)) || !passed.has(file))).toEqual([]);
  });

  it('is healthy while its process answers', async () => {
    const check = (port: string): Promise<unknown> =>
      run(process.execPath, [join(root, 'docker/healthcheck.js')], { env: { PORT: port } });
    const touchstone = await startTouchstone();
    const { port } = new URL(touchstone.url);
    await expect(check(port)).resolves.toBeDefined();
    await touchstone.stop();
    const silent = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address() as AddressInfo; // it listens on a port
    await expect(check(String(address.port))).rejects.toMatchObject({ code: 1 });
    silent.close();
  });
});

describe('the secrets', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchstone-'));
    await copyFile(join(root, 'docker/make-secrets.sh'), join(folder, 'make-secrets.sh'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const make = async (): Promise<Record<string, string>> => {
    await run('bash', [join(folder, 'make-secrets.sh')]);
    const names = (await readdir(join(folder, 'secrets'))).toSorted();
    const contents = names.map(async (name) => [name, await readFile(join(folder, 'secrets', name), 'utf8')]);
    return Object.fromEntries(await Promise.all(contents)) as Record<string, string>;
  };

  it('that compose names are made, once, and the program takes them', async () => {
    const made = await make();
    expect(Object.keys(made)).toEqual(
      found(/^ {2}(\w+): \{ file: secrets\/\w+ \}$/gm, await text('docker/compose.yaml')),
    );
    expect(masterKeysFrom({ MASTER_KEY: made['master_key'] ?? '' })).toBeDefined();
    expect(await make()).toEqual(made);
  });
});
