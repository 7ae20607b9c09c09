import { count, type Section } from './section.js';

interface Answer {
  readonly verdict: 'intact' | 'broken';
  readonly events: number;
  readonly streams?: number;
  readonly checkpoint?: string;
}

export const history = (): Section => ({
  title: 'The whole history, verified',
  path: '/v1/audit/verify',
  show: ({ verdict, events, streams, checkpoint }: Answer) => [
    `${count(events)} events of ${count(streams ?? 0)} streams: ${verdict}`,
    `checkpoint, to keep elsewhere: ${checkpoint ?? '–'}`,
  ],
});
