import { percent, table, type Section } from './section.js';

interface Split {
  readonly share: number;
  readonly optimalShare: number;
  readonly regret: number;
}

interface Answer {
  readonly items: readonly {
    readonly code: string;
    readonly class: string | null;
    readonly leaning: string | null;
    readonly confidence: number | null;
    readonly split: Split | null;
    readonly share: number | null;
    readonly reasons: readonly { readonly code: string }[];
  }[];
}

export const loyalty = (): Section => ({
  title: 'Loyalty segments: how each is run, by a spend ledger made up for this demonstration',
  path: '/v1/loyalty-segments?by=segment&to=1998-02',
  show: ({ items }: Answer) =>
    table(
      ['segment', 'run as', 'confidence', 'on acquisition', 'better', 'equity forgone'],
      items.map(({ code, class: run, leaning, confidence, share, split, reasons }) => [
        code,
        run ?? (leaning ? `leaning to ${leaning}` : `not classed: ${reasons[0]?.code ?? ''}`),
        percent(confidence),
        percent(share),
        percent(split?.optimalShare ?? null),
        percent(split?.regret ?? null),
      ]),
    ),
});
