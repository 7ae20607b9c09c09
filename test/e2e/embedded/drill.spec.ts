/** The drill that the documentation tells an operator to practise does what it says, as it stands there. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { freePort } from '#test/support/free-port.js';
import { inherited } from '#test/support/inherited.js';

const PROGRAM = fileURLToPath(new URL('../../../../', import.meta.url));

async function drill(): Promise<string> {
  const text = await readFile(join(PROGRAM, 'docs/operations.md'), 'utf8');
  return /^### A drill$.*?^```sh\n(.*?)^```$/ms.exec(text)?.[1] ?? 'exit 99';
}

it('backs up, loses the folder, restores, verifies, and finds the same', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'touchstone-drill-'));
  const env = { ...inherited(), TMPDIR: folder, PORT: String(await freePort()), LOG_LEVEL: 'error' };
  const shell = spawn('sh', { cwd: PROGRAM, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  try {
    let [out, err] = ['', ''];
    shell.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    shell.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    shell.stdin.end(await drill());
    const [code] = (await once(shell, 'close')) as [number | null];
    expect({ code, err: code === 0 ? '' : err, out: code === 0 ? '' : out }).toEqual({
      code: 0,
      err: '',
      out: '',
    });
    expect(out.trimEnd().split('\n').at(-1)).toBe('The drill went well.');
    expect(out.match(/^Backed up: /gm)).toHaveLength(2);
    expect(out.match(/^Restored, from /gm)).toHaveLength(3);
    expect(out.match(/^Verified: /gm)).toHaveLength(2);
    expect(out.match(/^Erased again, since the backup did not know it: /gm)).toHaveLength(1);
    expect(await readdir(folder)).toEqual([]);
  } finally {
    kill(-(shell.pid ?? 0));
    await rm(folder, { recursive: true, force: true });
  }
});

/** The shell and what it has started, where that is still there. */
function kill(group: number): void {
  try {
    if (group !== 0) process.kill(group, 'SIGKILL');
  } catch {
    // all of it has ended
  }
}
