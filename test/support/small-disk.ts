/**
 * A disk of its own that can be filled. It takes a user who may mount one; where the tests' user may not, there is
 * none, and the suites that want one are skipped by name.
 *
 *     const disk = smallDisk();
 *     disk.fill();
 *     disk.makeRoom();
 *     disk.remove();
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEBIBYTE = 1024 * 1024;
const SIZE = 64 * MEBIBYTE;

export interface SmallDisk {
  readonly folder: string;
  /** Leaves less than a page. */
  fill(): void;
  /** Takes away again what it was filled with. */
  makeRoom(): void;
  remove(): void;
}

export const canMount = ((): boolean => {
  const folder = mount();
  if (folder !== null) unmount(folder);
  return folder !== null;
})();

/** @throws Error where this user may not mount one */
export function smallDisk(): SmallDisk {
  const folder = mount();
  if (folder === null) throw new Error('This user may not mount a disk.');
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill: () => fill(ballast),
    makeRoom: () => rmSync(ballast, { force: true }),
    remove: () => unmount(folder),
  };
}

function fill(ballast: string): void {
  const file = openSync(ballast, 'a');
  try {
    for (let size = MEBIBYTE; size >= 1024;) {
      try {
        writeSync(file, Buffer.alloc(size));
      } catch {
        size /= 2;
      }
    }
  } finally {
    closeSync(file);
  }
}

function mount(): string | null {
  if (process.getuid?.() !== 0) return null;
  const folder = mkdtempSync(join(tmpdir(), 'small-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=700`, 'tmpfs', folder]);
  if (status === 0) return folder;
  rmSync(folder, { recursive: true });
  return null;
}

function unmount(folder: string): void {
  spawnSync('umount', ['--lazy', folder]);
  rmSync(folder, { recursive: true, force: true });
}
