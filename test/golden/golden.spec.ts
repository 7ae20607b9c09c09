import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CHAIN_START, checkLink, Codec } from '#event-store/codec/index.js';
import { catalogue } from '../../apps/composition/contexts.js';
import { FixedKeys } from '../support/fixed-keys.js';
import { sampleOf } from '../support/sample.js';
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

  it.each([...catalogue.values()].map(({ definition }) => definition))(
    'has every field of $type in the newest golden file: a field that is new is a new version',
    ({ type, version, data }) => {
      expect(pathsIn(readGolden(type, version).data)).toEqual(pathsIn(sampleOf(data)));
    },
  );

  it('has a golden file of a type that is known', () => {
    const known = versions.map(([type, version]) => `${type}.v${version}.json`).sort();
    expect(readdirSync(folder).sort()).toEqual(known);
  });
});

/** The paths to every value in it. */
function pathsIn(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value)
    .flatMap(([name, inner]) => pathsIn(inner, `${path}/${name}`))
    .sort();
}
