import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide, evolve, type Instant, type Recorded } from '#kernel';
import { foldAll } from '#projections/index.js';
import { given, NOW } from '#test/support/given.js';
import { retentionDefinition, type RetentionDefinitionCommand } from './definition.js';
import {
  BUILT_IN_DEFINITION,
  RETENTION_DEFINITIONS,
  type RetentionDefinition,
  type RetentionDefinitionEvent,
} from './events.js';
import { definitionsView } from './views/definitions.js';

const ours = { zone: 'Europe/London', inactivityDays: 365, atRiskDays: 120, currency: 'EUR' };
const published: RetentionDefinitionEvent = {
  type: 'RetentionDefinitionPublished',
  data: { ...ours, version: 1 },
};
/** As the first version of the schema has it. */
const former = (data: typeof ours): RetentionDefinitionEvent => ({
  type: 'RetentionDefinitionPublished',
  data,
});

const stateAfter = (events: readonly RetentionDefinitionEvent[]): RetentionDefinition =>
  events.reduce((state, event) => evolve(retentionDefinition, state, event, NOW), BUILT_IN_DEFINITION);

const publish = (data: RetentionDefinitionCommand['data']): RetentionDefinitionCommand => ({
  type: 'PublishRetentionDefinition',
  data,
});

describe('a definition of retention', () => {
  it('is published as a version of its own', () => {
    given(retentionDefinition).when(publish(ours)).then(published);
    expect(stateAfter([published])).toEqual({ ...ours, version: 1 });
    expect(stateAfter([former(ours), former({ ...ours, atRiskDays: 60 })]).version).toBe(2);
    given(retentionDefinition, former(ours))
      .when(publish({ ...ours, atRiskDays: 60 }))
      .then({ ...published, data: { ...ours, atRiskDays: 60, version: 2 } });
  });

  it('is not published again while it holds, whatever the note says', () => {
    given(retentionDefinition, published)
      .when(publish({ ...ours, note: 'Agreed with finance' }))
      .then();
    const { zone, inactivityDays, atRiskDays, currency } = BUILT_IN_DEFINITION;
    const builtIn = publish({ zone, inactivityDays, atRiskDays, currency });
    given(retentionDefinition).when(builtIn).then();
    given(retentionDefinition, published).when(builtIn).decides('RetentionDefinitionPublished');
  });

  it('has a zone, a currency and an at-risk period that make sense', () => {
    for (const zone of ['Europe/Atlantis', '+01:00', 'europe']) {
      given(retentionDefinition)
        .when(publish({ ...ours, zone }))
        .isRefused('definition.zone');
    }
    given(retentionDefinition)
      .when(publish({ ...ours, currency: 'XQQ' }))
      .isRefused('definition.currency');
    given(retentionDefinition)
      .when(publish({ ...ours, atRiskDays: 365 }))
      .isRefused('definition.at_risk');
  });

  it('asked for twice is decided once', () => {
    const rules = fc.record({
      zone: fc.constantFrom('UTC', 'Europe/London'),
      inactivityDays: fc.integer({ min: 2, max: 4 }),
      atRiskDays: fc.integer({ min: 1, max: 4 }),
      currency: fc.constantFrom('GBP', 'EUR'),
    });
    fc.assert(
      fc.property(fc.array(rules, { maxLength: 12 }), (asked) => {
        const history: RetentionDefinitionEvent[] = [];
        for (const data of asked) {
          if (data.atRiskDays >= data.inactivityDays) continue;
          history.push(...decide(retentionDefinition, publish(data), stateAfter(history), NOW));
          expect(decide(retentionDefinition, publish(data), stateAfter(history), NOW)).toEqual([]);
        }
        expect(stateAfter(history).version).toBe(history.length);
      }),
    );
  });
});

describe('the view of definitions', () => {
  it('keeps every version under its number', () => {
    const events = [ours, { ...ours, atRiskDays: 60 }].map((data, index) => recorded(data, index));
    expect([...foldAll(definitionsView, events).documents()]).toEqual([
      [
        'definition-retention/1',
        { ...ours, version: 1, publishedAt: '2026-01-01T00:00:00.000Z', publishedBy: 'key-1' },
      ],
      [
        'definition-retention/2',
        {
          ...ours,
          atRiskDays: 60,
          version: 2,
          publishedAt: '2026-01-01T00:00:00.000Z',
          publishedBy: 'key-1',
        },
      ],
    ]);
  });
});

const recorded = (
  data: RetentionDefinitionEvent['data'],
  index: number,
): Recorded<RetentionDefinitionEvent> => ({
  type: 'RetentionDefinitionPublished',
  data,
  id: String(index),
  stream: RETENTION_DEFINITIONS,
  revision: BigInt(index),
  position: BigInt(index),
  schema: 1,
  occurredAt: '2026-01-01T00:00:00.000Z' as Instant,
  recordedAt: '2026-01-01T00:00:00.000Z' as Instant,
  actor: { id: 'key-1', role: 'admin' },
  commandId: String(index),
  correlationId: String(index),
  causationId: String(index),
  hash: '',
});
