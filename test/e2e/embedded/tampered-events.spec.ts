/** Events removed, inserted, moved, put in another order or cut off: what verification finds, and what only a checkpoint does. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  chained,
  everywhere,
  exchanged,
  exchangedContents,
  inserted,
  ordered,
  renumbered,
  type Step,
} from '#test/support/forgery.js';
import { sampleLog, type OfCheckpoint, type SampleLog } from '#test/support/tampered-log.js';

interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
  /** Nothing: only a checkpoint tells. */
  readonly found: readonly string[];
  /** Default: the log up to there is not as certified. */
  readonly checkpoint?: OfCheckpoint;
}

const REMOVED = [
  ...everywhere('DELETE FROM TABLE WHERE position = {bob/2}'),
  ...everywhere('UPDATE TABLE SET revision = 2 WHERE position = {bob/3}'),
  chained('bob'),
];
const ROOM = renumbered((position, of) => (position > of('bob/2') ? position + 1 : position));
const INSERTED = [ROOM, inserted('bob/2', (of) => of('bob/2') + 1)];
const NEXT = renumbered((position, of) => (position > of('bob/2') ? position - 1 : position));

const CASES: readonly Case[] = [
  { name: 'an event was removed', steps: everywhere('DELETE FROM TABLE WHERE position = {bob/2}'), found: ['missing @bob/2', 'missing bob/2'] },
  { name: 'an event was removed, and its stream chained anew', steps: REMOVED, found: ['cut_off bob/3', 'missing @bob/2'] },
  { name: 'an event was removed, its stream chained anew, the gap closed', steps: [...REMOVED, NEXT], found: ['cut_off @ada/3', 'cut_off bob/3'], checkpoint: 'cut_off' },
  { name: 'the newest of a stream was removed', steps: everywhere('DELETE FROM TABLE WHERE position = {bob/3}'), found: ['cut_off bob/3', 'missing @bob/3'] },
  { name: 'a stream was removed', steps: [...everywhere('DELETE FROM TABLE WHERE stream = {bob}'), 'DELETE FROM streams WHERE id = {bob}'], found: ['cut_off bob/0', 'missing @bob/0', 'missing @bob/2', 'missing @bob/3'] },
  { name: 'all was removed', steps: [...everywhere('DELETE FROM TABLE'), 'DELETE FROM streams'], found: ['cut_off @installation/0', 'cut_off ada/0', 'cut_off bob/0'], checkpoint: 'cut_off' },
  { name: 'the tail was cut off', steps: everywhere('DELETE FROM TABLE WHERE position >= {bob/3}'), found: ['cut_off @bob/3', 'cut_off ada/3', 'cut_off bob/3'], checkpoint: 'cut_off' },
  { name: 'the tail was cut off, and others appended', steps: [...everywhere('DELETE FROM TABLE WHERE position >= {bob/3}'), inserted('bob/2', (of) => of('bob/3')), inserted('bob/3', (of) => of('ada/3'))], found: ['cut_off ada/3', 'not_as_seen bob/4'] },

  { name: 'an event is there twice', steps: ['INSERT INTO events SELECT NULL, stream, revision, id, type, data, metadata FROM events WHERE position = {bob/3}'], found: ['misplaced bob/3'], checkpoint: 'holds' },
  { name: 'an event was inserted, well chained', steps: INSERTED, found: ['not_as_seen bob/4'] },
  { name: 'an event was inserted before all, well chained', steps: [inserted('bob/3', () => -1)], found: ['misindexed bob/4'], checkpoint: 'holds' },
  { name: 'an event was added behind the checkpoint, well chained', steps: [inserted('bob/3', (of) => of('ada/3') + 1)], found: [], checkpoint: 'holds' },

  { name: 'two of a stream changed contents', steps: [exchangedContents('bob/2', 'bob/3')], found: ['changed bob/2'] },
  { name: 'two of a stream changed positions', steps: [exchanged('bob/2', 'bob/3')], found: ['missing bob/2'] },
  { name: 'two of two streams changed contents', steps: [exchangedContents('bob/2', 'ada/2')], found: ['changed ada/2', 'changed bob/2'] },
  { name: 'two of two streams changed contents, and both were chained anew', steps: [exchangedContents('bob/2', 'ada/2'), chained('bob'), chained('ada')], found: ['not_as_seen ada/3'] },
  { name: 'two of two streams changed positions', steps: [exchanged('bob/2', 'ada/2')], found: [] },
  { name: 'two of two streams changed positions, the newest of the log with them', steps: [exchanged('bob/3', 'ada/3')], found: ['not_as_seen bob/3'] },
  { name: 'all are in another order, but for the newest', steps: [ordered(['ada/0', 'access/0', 'ada/1', 'bob/0', 'access/1', 'bob/1', 'bob/2', 'bob/3', 'installation/0', 'ada/2', 'access/2', 'access/3', 'ada/3'])], found: [] },
  { name: 'all are in another order', steps: [ordered(['ada/0', 'ada/1', 'ada/2', 'ada/3', 'bob/0', 'bob/1', 'bob/2', 'bob/3', 'installation/0', 'access/0', 'access/1', 'access/2', 'access/3'])], found: ['not_as_seen access/3'] },

  { name: 'positions have a gap', steps: [renumbered((position, of) => (position > of('bob/2') ? position + 1000 : position))], found: ['missing @ada/2', 'not_as_seen @ada/3'] },
  { name: 'positions are shifted', steps: [renumbered((position) => position + 1)], found: ['missing @installation/0', 'not_as_seen bob/3'] },

  { name: 'an event was changed, and its stream chained anew', steps: [`UPDATE events SET type = 'TagRemoved' WHERE position = {bob/1}`, chained('bob')], found: [] },
  { name: 'an event was changed, and its stream chained anew, in which the views stood', steps: [`UPDATE events SET type = 'TagRemoved' WHERE position = {ada/1}`, chained('ada')], found: ['not_as_seen ada/3'] },
]; // prettier-ignore

let sample: SampleLog;
beforeAll(async () => {
  sample = await sampleLog();
});
afterAll(() => sample.close());

describe('A log in which', () => {
  it.each(CASES)('$name', async ({ steps, found, checkpoint = 'not_as_certified' }) => {
    expect(await sample.after(steps)).toEqual({ found: [...found].sort(), checkpoint });
  });
});
