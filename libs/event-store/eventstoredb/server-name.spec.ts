import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { CERTIFICATE, KEY, NAMED_CERTIFICATE } from '#test/eventstoredb-double/certificates.js';
import { startEventStoreDbDouble, type EventStoreDbDouble } from '#test/eventstoredb-double/index.js';
import { describeOnDouble } from '#test/support/event-store-db.js';
import { inherited } from '#test/support/inherited.js';

/** Says why it does not open; and warns of something else, which must be printed. */
const PROGRAM = `
  import { openEventStoreDb } from ${JSON.stringify(new URL('eventstoredb.js', import.meta.url))};
  const store = await openEventStoreDb({ url: process.argv[1] }).catch(({ message }) => console.log(message));
  await store?.head();
  await store?.close();
  process.emitWarning('Another warning.', 'DeprecationWarning', 'DEP0000');`;

describeOnDouble('a process that uses EventStoreDB over TLS, at an IP address', () => {
  let folder: string;
  let double: EventStoreDbDouble | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'eventstoredb-'));
  });
  afterEach(async () => {
    await double?.close();
    await rm(folder, { recursive: true });
  });

  /** The output of a process that trusts the server's certificate. */
  async function run(certificate: string): Promise<{ out: string; error: string }> {
    const authority = join(folder, 'ca.pem');
    await writeFile(authority, certificate);
    double = await startEventStoreDbDouble({ tls: { certificate, key: KEY } });
    const url = `esdb://127.0.0.1:${double.port}?tls=true&tlsCAFile=${encodeURIComponent(authority)}`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM, url], {
      env: inherited(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, error] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text));
    await once(child, 'close');
    return { out, error };
  }

  it('prints no warning of the address, and every other', async () => {
    const { out, error } = await run(CERTIFICATE);
    expect(out).toBe('');
    expect(error.match(/^\(node:.*$/gm)).toEqual([expect.stringContaining('[DEP0000]')]);
  });

  it('still refuses a certificate that is not for the address', async () => {
    const { out, error } = await run(NAMED_CERTIFICATE);
    expect(out).toMatch(/its certificate is not for this host: use a name the certificate has/);
    expect(error).not.toContain('DEP0123');
  });
});
