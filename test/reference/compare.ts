/**
 * The comparer: random histories are recorded by a subject and asked about, and every figure of its answers has to be that of
 * the reference. The smallest history with a difference is reported, with the seed under which it is found again.
 */
import fc from 'fast-check';
import { ask, type Query } from './ask.js';
import type { RecordedEvent } from './events.js';
import { eventsOf, histories, type History } from './histories.js';
import { definitionOf, queriesOf } from './queries.js';

/** A program that is compared with the reference; a new one for every history. */
export interface Subject {
  /** All events of a history, in the order in which they are recorded. */
  record(events: readonly RecordedEvent[]): Promise<void>;
  /**
   * Its answer, in the form of the reference. A field that it leaves out is not compared, so that a subject can be
   * connected figure by figure; null for a question that it cannot be asked.
   */
  ask(query: Query): Promise<object | null>;
  end(): Promise<void>;
}

export interface Difference {
  /** `items[0].kept`. */
  readonly at: string;
  readonly reference: unknown;
  readonly subject: unknown;
}

export interface Found {
  readonly seed: number;
  /** Of fast-check, to replay the smallest case alone. */
  readonly path: string | null;
  readonly history: History;
  readonly events: readonly RecordedEvent[];
  readonly query: Query;
  readonly differences: readonly Difference[];
}

export interface Options {
  readonly seed: number;
  readonly histories?: number;
  /** Asked of every history. */
  readonly queries?: number;
  readonly path?: string;
  /** What is asked. Default: anything. */
  readonly questions?: fc.Arbitrary<Query>;
}

/** The smallest history whose answers differ; null where none was found. */
export async function compareWithReference(
  newSubject: () => Promise<Subject>,
  { seed, histories: runs = 100, queries = 10, path, questions = queriesOf() }: Options,
): Promise<Found | null> {
  // History and questions are drawn apart, so that each shrinks without the other being drawn anew.
  const cases = fc
    .tuple(histories(), fc.array(questions, { minLength: 1, maxLength: queries }))
    .map(([history, asked]) => ({
      history,
      queries: asked.map((query) => ({ ...query, definition: definitionOf(history.zone) })),
    }));
  const result = await fc.check(
    fc.asyncProperty(cases, async (drawn) => (await firstDifference(newSubject, drawn)) === null),
    { seed, numRuns: runs, ...(path === undefined ? {} : { path }) },
  );
  if (!result.failed) return null;
  if (result.counterexample === null) throw new Error('The comparison ended without a case.');
  const [smallest] = result.counterexample;
  const found = await firstDifference(newSubject, smallest);
  if (found === null) throw new Error('The difference does not show again: the subject answers by chance.');
  return { seed, path: result.counterexamplePath, ...found };
}

interface Case {
  readonly history: History;
  readonly queries: readonly Query[];
}

async function firstDifference(
  newSubject: () => Promise<Subject>,
  { history, queries }: Case,
): Promise<Pick<Found, 'history' | 'events' | 'query' | 'differences'> | null> {
  const events = eventsOf(history);
  const subject = await newSubject();
  try {
    await subject.record(events);
    for (const query of queries) {
      const answer = await subject.ask(query);
      if (answer === null) continue;
      const differences = differencesOf(ask(events, query), answer);
      if (differences.length > 0) return { history, events, query, differences };
    }
    return null;
  } finally {
    await subject.end();
  }
}

/** Every place at which the subject says something else. Numbers have to be the same numbers. */
export function differencesOf(reference: unknown, subject: unknown, at = ''): Difference[] {
  if (Object.is(reference, subject) || (reference === 0 && subject === 0)) return [];
  if (Array.isArray(reference) && Array.isArray(subject)) {
    const longer = Math.max(reference.length, subject.length);
    return Array.from({ length: longer }, (_, place) => place).flatMap((place) =>
      place < reference.length && place < subject.length
        ? differencesOf(reference[place], subject[place], `${at}[${place}]`)
        : [{ at: `${at}[${place}]`, reference: reference[place], subject: subject[place] }],
    );
  }
  if (isRecord(reference) && isRecord(subject))
    return Object.entries(reference)
      .filter(([field]) => subject[field] !== undefined)
      .flatMap(([field, value]) =>
        differencesOf(value, subject[field], at === '' ? field : `${at}.${field}`),
      );
  return [{ at, reference, subject }];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
