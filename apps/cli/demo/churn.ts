import { count, dollars, percent, table, type Section } from './section.js';

interface Kept {
  readonly start: string;
  readonly end: string;
  readonly customersAtStart: number;
  readonly kept: number;
  readonly new: number;
  readonly retentionRate: number | null;
  readonly churnRate: number | null;
  readonly transactional: { readonly open: number; readonly lost: number } | null;
}

interface Answer {
  readonly definition: { readonly inactivityDays: number };
  readonly items: readonly { readonly group: string | null; readonly lastYear: Kept }[];
}

export const churn = (): Section => ({
  title: 'How the year went, by market segment',
  path: '/v1/churn/summary?asOf=1998-06-30&by=segment',
  show({ items, definition }: Answer) {
    const [first] = items;
    const rows = items.map(({ group, lastYear }) => [
      group ?? 'no segment',
      count(lastYear.customersAtStart),
      count(lastYear.kept),
      percent(lastYear.retentionRate),
      percent(lastYear.churnRate),
      dollars(lastYear.transactional?.lost ?? null),
    ]);
    return [
      `${first?.lastYear.start} to ${first?.lastYear.end}; lost means ${definition.inactivityDays} days without a purchase`,
      ...table(['segment', 'there at the start', 'kept', 'retention', 'churn', 'yearly revenue lost'], rows),
    ];
  },
});
