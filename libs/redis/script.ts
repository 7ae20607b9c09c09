/** What Redis runs in one step, known to it by its hash. */
import { createHash } from 'node:crypto';

export interface Script {
  readonly lua: string;
  readonly sha: string;
}

export const lua = String.raw;

export const script = (text: string): Script => ({
  lua: text,
  sha: createHash('sha1').update(text).digest('hex'),
});
