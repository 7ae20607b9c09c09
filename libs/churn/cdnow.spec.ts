import { beforeAll, describe, expect, it } from '@jest/globals';
import { monthNamed, type Whole } from '#kernel';
import { foldAll } from '#projections/index.js';
import { BUILT_IN_DEFINITION } from '#retention/events.js';
import { cdnowEvents } from '#test/support/cdnow.js';
import { figuresOf, ledgerView, type Figures } from '#ledger/index.js';
import { observation } from './queries/answer.js';
import { cohortKinds, cohorts } from './queries/cohorts.js';
import { retention, retentionKinds } from './queries/retention.js';
import { survival, SURVIVAL_KINDS } from './queries/survival.js';

const definition = { ...BUILT_IN_DEFINITION, currency: 'USD' };
const CUSTOMERS = 2_357;

const END = observation('1998-06-30', '1998-07-01');

let figures: Figures;
beforeAll(async () => {
  const { cells } = foldAll(ledgerView(definition), await cdnowEvents()).changes();
  const kinds = [...cohortKinds(END), ...retentionKinds(12), ...SURVIVAL_KINDS];
  const asked = { by: null, membership: 'dated', asOf: null } as const;
  const found = await figuresOf([...new Set(kinds)], asked, async (prefix) =>
    [...cells].filter(([name]) => name.startsWith(prefix)),
  );
  figures = { definition, position: null, ...found };
});

describe('the CDNOW sample', () => {
  it('is three monthly cohorts with all of the revenue', () => {
    const { items, n } = cohorts(figures, 'month', null, END);
    const rows = items.filter(({ cohort }) => cohort !== null);
    expect(n).toBe(CUSTOMERS);
    expect(new Set(rows.map(({ cohort }) => cohort))).toEqual(new Set(['1997-01', '1997-02', '1997-03']));
    const total = (of: (row: (typeof rows)[number]) => Whole) =>
      rows.reduce((sum, row) => sum + Number(of(row)), 0);
    expect(total(({ age, size }) => (age === 0 ? size : 0))).toBe(CUSTOMERS);
    expect(total(({ occasions }) => occasions)).toBe(6_696);
    expect(total(({ revenue }) => revenue)).toBe(24_409_194);
    expect(rows.every(({ complete }) => complete)).toBe(true);
  });

  it('is one quarterly cohort, each month of age complete only while all of it was seen', () => {
    const { items } = cohorts(figures, 'quarter', null, END);
    const rows = items.filter(({ cohort }) => cohort === '1997-Q1');
    expect(rows[0]).toMatchObject({ size: CUSTOMERS, eligible: CUSTOMERS, active: CUSTOMERS, rate: 1 });
    expect(rows.filter(({ complete }) => complete)).toHaveLength(16);
    expect(rows.at(-1)).toMatchObject({ age: 17, complete: false });
  });

  it('has lost by the rule, half a year after, whoever bought only once', () => {
    const [curve] = survival(figures, END).items;
    expect(curve).toMatchObject({ leaving: 'rule', customers: CUSTOMERS });
    const [year] = retention(figures, [{ start: monthNamed('1997-04'), months: 12 }], END).items;
    expect(year!.customersAtStart).toBe(CUSTOMERS); // all had bought within the half year before
    expect(year!.kept! + year!.lost!).toBe(CUSTOMERS);
    expect(year).toMatchObject({ new: 0, returning: 0 });
  });
});
