/** What must be so after whatever went wrong: asked of the load that was sent, of the log, and of the views. */
import { expect } from '@jest/globals';
import { CHAIN_START, checkLink } from '#event-store/codec/index.js';
import type { StoredEvent } from '#event-store/index.js';
import { expectFold, recorded } from '#test/support/folds.js';
import type { Server } from '#test/support/server.js';
import { viewsFor } from '../../apps/composition/contexts.js';
import type { Stores } from '../../apps/composition/stores.js';
import type { Load } from './load.js';

/**
 * Every command was acknowledged in the end, and is in the log as it was acknowledged, each under an id of its own. That none
 * is there a second time under another id, `expectNothingElse` shows.
 */
export function expectEachOnce(load: Load, log: readonly StoredEvent[]): void {
  const byCommand = new Map<string, StoredEvent[]>();
  const commandAt = new Map<string, string>();
  for (const event of log) {
    if (!isOfCustomer(event)) continue; // a registration is noted beside it as well
    const { commandId } = JSON.parse(event.metadata) as { commandId: string };
    byCommand.set(commandId, [...(byCommand.get(commandId) ?? []), event]);
    commandAt.set(String(event.position), commandId);
  }
  expect(load.answered.length).toBe(load.sent.length);
  const commands = load.answered.map(({ answer }) => commandAt.get(String(answer?.body['position'])) ?? '');
  expect(new Set(commands).size).toBe(load.answered.length);
  const wrong = load.answered.filter(({ events, answer }, n) => {
    const recorded = byCommand.get(commands[n]!) ?? []; // there are as many
    const last = recorded.at(-1);
    return !(
      recorded.length === events &&
      recorded.every(({ stream }) => stream === last?.stream) &&
      recorded.every(({ revision }, index) => revision === recorded[0]!.revision + BigInt(index)) && // there is a first
      String(last?.revision) === answer?.body['revision'] &&
      String(last?.position) === answer?.body['position']
    );
  });
  expect(wrong).toEqual([]);
}

export function expectNothingElse(load: Load, log: readonly StoredEvent[]): void {
  const expected = load.sent.reduce((sum, { events }) => sum + events, 0);
  expect(log.filter(isOfCustomer).length).toBe(expected);
}

const isOfCustomer = ({ stream }: StoredEvent): boolean => stream.startsWith('customer-');

/** Of every stream, without a gap. */
export function expectChains(log: readonly StoredEvent[]): void {
  const heads = new Map<string, { hash: string; next: bigint }>();
  for (const event of log) {
    const { hash, next } = heads.get(event.stream) ?? { hash: CHAIN_START, next: 0n };
    const link = checkLink(hash, event);
    if (!link.ok || event.revision !== next)
      throw new Error(`${event.stream}/${event.revision} ${link.ok ? 'is out of order' : link.reason}`);
    heads.set(event.stream, { hash: link.hash, next: next + 1n });
  }
}

/** Every view is what the log makes from event 0. */
export async function expectFolds(stores: Stores): Promise<void> {
  const events = await recorded(stores);
  for (const view of viewsFor(stores.identities)) await expectFold(stores, view, events);
}

/** Resolves when every view has seen what was acknowledged last. */
export async function settled(server: Server, { answered, apiKey }: Load): Promise<void> {
  const positions = answered.map(({ answer }) => BigInt(String(answer?.body['position'] ?? 0)));
  const last = positions.reduce((a, b) => (a > b ? a : b), 0n);
  for (;;) {
    const headers = { 'touchstone-at-least': String(last) };
    const { status } = await server.send('GET', '/v1/customers?limit=1', { key: apiKey, headers });
    if (status === 200) return;
    expect(status).toBe(503); // not yet: the test's own time is what ends this
  }
}
