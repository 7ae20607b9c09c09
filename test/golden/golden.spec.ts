import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CHAIN_START, checkLink, Codec } from '#event-store/codec/index.js';
import { catalogue } from '../../apps/composition/contexts.js';
import { FixedKeys } from '../support/fixed-keys.js';
import { folder, readGolden } from './golden.js';

const versions = [...catalogue.values()].flatMap(({ definition }) =>
  Array.from({ length: definition.version }, (_, index) => [definition.type, index + 1] as const),
);

describe('an event stored by any earlier version', () => {
  it.each(versions)('%s v%i still decodes, and its chain still verifies', async (type, version) => {
    const { stored, data } = readGolden(type, version);
    const event = { ...stored, revision: 0n, position: 1n };
    const [decoded] = await new Codec(catalogue, new FixedKeys()).decode([event]);
    expect(decoded).toMatchObject({ kind: 'known', event: { type, data } });
    expect(checkLink(CHAIN_START, event)).toMatchObject({ ok: true });
  });

  it('has a golden file of a type that is known', () => {
    const known = versions.map(([type, version]) => `${type}.v${version}.json`).sort();
    expect(readdirSync(folder).sort()).toEqual(known);
  });
});
