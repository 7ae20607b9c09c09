import { dollars, table, type Scene, type Section } from './section.js';

interface Answer {
  readonly items: readonly {
    readonly type: string;
    readonly occurredAt: string;
    readonly channel?: string;
    readonly data?: { readonly amount?: { readonly minor: number }; readonly segment?: string };
  }[];
}

export const timeline = ({ customerId }: Scene): Section => ({
  title: "One customer's timeline",
  path: `/v1/customers/${customerId}/timeline?order=oldest&limit=8`,
  show: ({ items }: Answer) =>
    table(
      ['occurred', 'what', 'amount'],
      items.map(({ type, occurredAt, data }) => [
        occurredAt.slice(0, 10),
        type,
        data?.amount ? dollars(data.amount.minor) : (data?.segment ?? ''),
      ]),
    ),
});
