import { describe, expect, it } from '@jest/globals';
import { addDays, monthOf } from '#kernel';
import { figuresOf } from '#test/support/churn-figures.js';
import type { Person } from '#test/support/people.js';
import { observation } from './queries/answer.js';
import { causes } from './queries/causes.js';
import { cohorts } from './queries/cohorts.js';
import { retention } from './queries/retention.js';
import { summary } from './queries/summary.js';
import { survival } from './queries/survival.js';

const none: Person = { bought: [], subs: [], gone: [] };
const contract = (startsOn: string, endsOn: string | null, reason?: string): Person => ({
  ...none,
  subs: [
    {
      product: 'tea', startsOn, endsOn, noticeOn: startsOn, currency: 'GBP', prices: [[startsOn, 1000]],
      ...(reason && { reason }),
    },
  ],
}); // prettier-ignore
const repeat = (times: number, one: Person): Person[] => Array.from({ length: times }, () => one);

describe('retention', () => {
  const year = [{ start: monthOf('2024-01-01'), months: 12 as const }];
  const after = observation(undefined, '2025-06-01');

  it('is 90 % of 500 when 100 joined and 550 are there at the end', () => {
    const who = [
      ...repeat(450, contract('2023-05-01', null)),
      ...repeat(50, contract('2023-05-01', '2024-06-01')),
      ...repeat(100, contract('2024-03-01', null)),
      ...repeat(30, contract('2024-03-01', '2024-09-01')), // came and went: neither kept nor lost
    ];
    expect(retention(figuresOf(who, null), year, after).items).toMatchObject([
      { customersAtStart: 500, customersAtEnd: 550, kept: 450, new: 100, returning: 0, retentionRate: 0.9 },
    ]);
  });

  it('of nobody is null, not 0', () => {
    const [row] = retention(figuresOf([contract('2024-03-01', null)], null), year, after).items;
    expect(row).toMatchObject({
      retentionRate: null,
      churnRate: null,
      recurring: { gross: null, net: null },
    });
  });

  it('of a window that runs is not told', () => {
    const running = retention(
      figuresOf([contract('2023-03-01', null)], null),
      year,
      observation(undefined, '2024-12-31'),
    );
    expect(running).toMatchObject({
      complete: false,
      items: [{ complete: false, customersAtStart: 1, kept: null, retentionRate: null }],
    });
  });

  it('counts those without a segment beside the segments', () => {
    const who = [contract('2023-03-01', null), { ...contract('2023-03-01', null), segment: 'trade' }];
    const { items } = retention(figuresOf(who, 'segment'), year, after);
    expect(items.map(({ group, kept }) => [group, kept])).toEqual([['trade', 1], [null, 1]]); // prettier-ignore
  });

  it('keeps the contract that goes on after the customer was won back', () => {
    const back = {
      ...contract('2023-03-01', null),
      gone: [{ on: '2024-02-01', back: '2024-05-10', reason: 'price' }],
    };
    const months = [2, 3, 4, 5].map((n) => ({ start: monthOf('2024-01-01') + n, months: 1 as const }));
    const { items } = retention(figuresOf([back], null), months, after);
    expect(items.map(({ customersAtStart }) => customersAtStart)).toEqual([0, 0, 0, 1]);
  });

  it('counts what is left out for its currency', () => {
    const foreign: Person = {
      ...none,
      bought: [{ day: '2024-02-01', minor: 5, currency: 'EUR', product: 'tea' }],
    };
    const { excluded } = retention(figuresOf([foreign], null), year, after);
    expect(excluded).toEqual({ purchases_in_other_currencies: 1 });
  });
});

describe('causes', () => {
  const window = { start: '2024-01-01', end: '2025-01-01' };
  const after = observation(undefined, '2025-06-01');
  const bought = { day: '2023-12-01', minor: 700, currency: 'GBP', product: 'tea' };
  const who: Person[] = [
    { ...none, bought: [bought], gone: [{ on: '2024-03-01', back: null, reason: 'price' }] },
    {
      ...none,
      bought: [bought],
      gone: [{ on: '2024-03-01', back: null, reason: 'price', cause: 'service' }],
    },
    contract('2023-03-01', '2024-06-01', 'price'),
    contract('2023-03-01', '2024-06-01'),
    contract('2023-03-01', '2025-02-01', 'price'), // not in the window
  ];

  it('are ordered by what they cost, or by how often, with the unknown among them', () => {
    const byValue = causes(figuresOf(who, null), window, 'value', after).items;
    expect(byValue.map(({ cause, count, value }) => [cause, count, value])).toEqual([
      ['price', 2, 12_700],
      ['unknown', 1, 12_000],
      ['service', 1, 700],
    ]);
    expect(byValue.at(-1)).toMatchObject({ cumulativeOfValue: 1, controllable: 1, undetermined: 0 });
    const byNumber = causes(figuresOf(who, null), window, 'number', after).items;
    expect(byNumber.map(({ cause }) => cause)).toEqual(['price', 'service', 'unknown']);
  });

  it('count a contract that ends with a declared defection once', () => {
    const both = {
      ...contract('2023-03-01', '2024-06-01', 'price'),
      gone: [{ on: '2024-06-01', back: null, reason: 'moved' }],
    };
    const { items, n } = causes(figuresOf([both], null), window, 'number', after);
    expect(n).toBe(1);
    expect(items).toMatchObject([{ cause: 'moved', count: 1, value: 12_000 }]);
  });
});

describe('the summary', () => {
  it('counts who is at risk today, by when they last bought', () => {
    const today = '2024-06-15';
    const quietFor = (days: number): Person => ({
      ...none,
      bought: [{ day: addDays(today, -days), minor: 100, currency: 'GBP', product: 'tea' }],
    });
    const who = [39, 40, 99, 100].map(quietFor); // at risk from 40 days, lost from 100
    expect(summary(figuresOf(who, null), observation(undefined, today)).items).toMatchObject([{ atRisk: 2 }]);
  });
});

describe('customers whose history is missing', () => {
  const bought = { day: '2024-02-10', minor: 100, currency: 'GBP', product: 'tea' };
  const who: Person[] = [
    { ...none, bought: [{ ...bought, day: '2023-12-10' }] },
    { ...none, since: '2023-01-01', bought: [bought] },
  ];
  const after = observation(undefined, '2024-12-15');

  it('enter the risk set at the age at which they were first seen', () => {
    const [curve] = survival(figuresOf(who, null), after).items;
    // Lost 100 days after the purchase: in the third month, and in the sixteenth of one first seen in the thirteenth.
    expect(curve!.steps.map(({ time, atRisk, events }) => [time, atRisk, events])).toEqual([
      [3, 1, 1],
      [16, 1, 1],
    ]);
  });

  it('are in no cohort, and counted as left out', () => {
    const { n, excluded, items } = cohorts(figuresOf(who, null), 'month', null, after);
    expect(n).toBe(1);
    expect(excluded).toEqual({ customer_months_of_unknown_cohort: 1 });
    expect(items.filter(({ cohort }) => cohort !== null && cohort !== '2023-12')).toEqual([]);
  });
});
