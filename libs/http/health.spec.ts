import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Readiness } from './health.js';

let looks: number;
let ok: boolean;
let takes: number;
let readiness: Readiness;
beforeEach(() => {
  jest.useFakeTimers();
  [looks, ok, takes] = [0, true, 0];
  const check = async () => {
    looks++;
    const answer = { ok };
    if (takes > 0) await new Promise((resolve) => setTimeout(resolve, takes));
    return answer;
  };
  readiness = new Readiness([{ name: 'store', check }]);
});
afterEach(() => void jest.useRealTimers());

const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);
const isReady = async (): Promise<boolean> => (await readiness.look()).every((outcome) => outcome.ok);

describe('Readiness', () => {
  it('is looked into once a second at most, however many ask', async () => {
    for (let ms = 0; ms < 3_000; ms += 10) {
      for (let n = 0; n < 20; n++) expect(await isReady()).toBe(true);
      await pass(10);
    }
    expect(looks).toBe(3);
  });

  it('is told a second after it has changed at the latest', async () => {
    await isReady();
    ok = false;
    await pass(999);
    expect(await isReady()).toBe(true);
    await pass(1);
    expect(await isReady()).toBe(false);
    ok = true;
    await pass(1_000);
    expect(await isReady()).toBe(true);
  });

  it('is not looked into when nobody asks', async () => {
    await isReady();
    await pass(60_000);
    expect(looks).toBe(1);
  });

  it('is looked into by one at a time where that takes long', async () => {
    takes = 1_500;
    const first = isReady();
    await pass(1_400);
    const second = isReady();
    await pass(100);
    expect(await Promise.all([first, second])).toEqual([true, true]);
    expect(looks).toBe(1);
  });

  it('is denied when a check does not answer, with the reason for the log', async () => {
    takes = 60_000;
    const outcomes = readiness.look();
    await pass(2_000);
    const error = new Error('store did not answer within 2000 ms');
    expect(await outcomes).toEqual([{ name: 'store', ok: false, error }]);
  });
});
