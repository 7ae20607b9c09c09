/** Rules that hold of every command there is, by what the contexts declare. */
import { expect, it } from '@jest/globals';
import { catalogue, commands, customerDeciders, lineKinds } from './contexts.js';

const repeated = (names: readonly string[]): string[] =>
  names.filter((name, place) => names.indexOf(name) !== place);

it.each(commands)('$type has a line in an import, or says in a sentence why not', ({ line, noLine }) => {
  expect((line === undefined) !== (noLine === undefined)).toBe(true);
  expect(line ?? noLine).toMatch(line === undefined ? /^[A-Z].+[^.]\.$/ : /^[a-z][a-z-]*$/);
});

it.each(commands)('$type occurs on its own day, where it has one', ({ dated, body }) => {
  const days = Object.keys(body).filter((name) => body[name]?.kind.is === 'day' && body[name].required);
  if (days.length > 0) expect([true, ...days]).toContain(dated);
});

it('is named once, on the bus, by its route and by its line', () => {
  expect(repeated(commands.map(({ type }) => type))).toEqual([]);
  expect(repeated(commands.map(({ route }) => route))).toEqual([]);
  expect(repeated(lineKinds.map(({ line }) => line))).toEqual([]);
});

it('is of a decider that every process knows, where it is about a customer', () => {
  const known = customerDeciders.flatMap(({ decide }) => Object.keys(decide));
  const unknown = commands.filter(({ route, type }) => route.includes(':customer') && !known.includes(type));
  expect(unknown.map(({ type }) => type)).toEqual([]);
});

it('of which each decider evolves events that the catalogue has', () => {
  const evolved = customerDeciders.flatMap(({ evolve }) => Object.keys(evolve));
  expect(evolved.filter((type) => !catalogue.has(type))).toEqual([]);
});
