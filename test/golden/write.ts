/**
 * Writes the golden files that are missing: run it when an event type or a schema version is new.
 * A file that is there is never written again; it is what old logs hold.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { Codec, EMPTY_STREAM } from '#event-store/codec/index.js';
import type { CommandContext, DomainEvent, Instant } from '#kernel';
import { catalogue } from '../../apps/composition/contexts.js';
import { FixedKeys } from '../support/fixed-keys.js';
import { sampleOf } from '../support/sample.js';
import { fileOf, folder, type Golden } from './golden.js';

const context: CommandContext = {
  commandId: '01a200e5-56df-73bd-b184-58054d5417fa',
  request: 'f'.repeat(64),
  correlationId: 'golden',
  causationId: 'golden',
  actor: { id: 'golden', role: 'back-office' },
  now: '2026-03-01T09:31:00.000Z' as Instant,
  occurredAt: '2026-03-01T09:30:00.000Z' as Instant,
};

mkdirSync(folder, { recursive: true });
const codec = new Codec(catalogue, new FixedKeys());
for (const { definition } of catalogue.values()) {
  const file = fileOf(definition.type, definition.version);
  if (existsSync(file)) continue;
  const stream = definition.personal.length > 0 ? 'customer-golden01' : 'golden';
  const event = { type: definition.type, data: sampleOf(definition.data) } as DomainEvent;
  const { events } = await codec.encode(stream, EMPTY_STREAM, [event], context);
  const golden: Golden = { stored: { ...events[0]!, stream }, data: event.data }; // one event in, one out
  writeFileSync(file, `${JSON.stringify(golden, null, 2)}\n`);
  console.log(file);
}
