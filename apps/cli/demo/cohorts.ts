import { count, percent, table, type Section } from './section.js';

interface Answer {
  readonly items: readonly {
    readonly cohort: string | null;
    readonly size: number;
    readonly age: number;
    readonly rate: number | null;
  }[];
}

const AGES = [0, 1, 2, 3, 6, 9, 12, 15];

export const cohorts = (): Section => ({
  title: 'Who still buys, by the month of the first purchase and months since',
  path: '/v1/churn/cohorts?asOf=1998-06-30',
  show({ items }: Answer) {
    const names = [...new Set(items.map(({ cohort }) => cohort))].sort((a, b) =>
      (a ?? '~').localeCompare(b ?? '~'),
    );
    return table(
      ['first bought', 'customers', ...AGES.map((age) => `+${age}`)],
      names.map((name) => {
        const rows = items.filter(({ cohort }) => cohort === name);
        const at = (age: number): string => percent(rows.find((row) => row.age === age)?.rate ?? null);
        return [name ?? 'all', count(rows[0]?.size ?? 0), ...AGES.map(at)];
      }),
    );
  },
});
