import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.js';

/** Work that ends when it is told to. */
function work(): {
  readonly begin: () => Promise<void>;
  readonly end: () => void;
  readonly begun: () => boolean;
} {
  let begun = false;
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return {
    begin: () => {
      begun = true;
      return ended;
    },
    end,
    begun: () => begun,
  };
}

const LONG = 60_000;

describe('turns on a stream', () => {
  it('come one after the other, whatever became of the one before', async () => {
    const turns = new Turns(LONG);
    const [first, second] = [work(), work()];
    const failed = turns.take('a', async () => {
      await first.begin();
      throw new Error('failed');
    });
    const taken = turns.take('a', second.begin);
    await turns.take('b', async () => undefined);
    expect(second.begun()).toBe(false);
    first.end();
    await expect(failed).rejects.toThrow('failed');
    second.end();
    await taken;
  });

  it('that do not come in time are refused, and the next comes no sooner for it', async () => {
    const turns = new Turns(5);
    const [hanging, impatient] = [work(), work()];
    const first = turns.take('a', hanging.begin);
    const waiting = Array.from({ length: 3 }, () => turns.take('a', impatient.begin));
    for (const refused of waiting)
      await expect(refused).rejects.toMatchObject({ code: 'stream.contended', kind: 'unavailable' });
    const next = turns.take('a', impatient.begin);
    expect(impatient.begun()).toBe(false);
    impatient.end();
    hanging.end();
    await Promise.all([first, next]);
    expect(impatient.begun()).toBe(true);
  });
});
