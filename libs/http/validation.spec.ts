import { describe, expect, it } from '@jest/globals';
import { IsOptional, Matches, validateSync } from 'class-validator';
import fc from 'fast-check';
import type { Instant, Money } from '#kernel';
import * as fields from './index.js';
import { parse, Problem, type Violation } from './index.js';

class Line {
  @fields.Code() readonly product!: string;
  @fields.MoneyField({ min: 0 }) readonly amount!: Money;
}

class Order {
  @fields.Text({ max: 10 }) readonly name!: string;
  @fields.InstantField() readonly at!: Instant;
  @fields.Whole({ min: 1, max: 5, optional: true }) readonly stars?: number;
  @fields.ListOf(() => Line, { max: 3 }) readonly lines!: Line[];
  @fields.Nested(() => Line, { optional: true }) readonly gift?: Line;
}

const line = { product: 'p-1', amount: { minor: 100, currency: 'EUR' } };
const order = { name: 'Ada', at: '2026-03-01T09:30:00Z', lines: [line] };

function violationsOf(run: () => unknown): readonly Violation[] {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error.particulars.violations ?? [];
    throw error;
  }
  return [];
}

/** What a field makes of a value: the value as it was read, or the codes of what is wrong with it. */
function read(decorator: PropertyDecorator, value: unknown, source: 'json' | 'text' = 'json'): unknown {
  class One {
    readonly field: unknown;
  }
  decorator(One.prototype, 'field');
  const violations = violationsOf(() => parse(One, { field: value }, source));
  return violations.length > 0
    ? violations.map(({ code }) => code)
    : parse(One, { field: value }, source).field;
}

describe('parse', () => {
  it('makes an instance of what is inside it too, and normalises', () => {
    const read = parse(Order, { ...order, name: ' Zoe\u0308 ', at: '2026-03-01T10:30:00.5+01:00' });
    expect(read).toBeInstanceOf(Order);
    expect(read.lines[0]).toBeInstanceOf(Line);
    expect(read).toMatchObject({ name: 'Zo\u00eb', at: '2026-03-01T09:30:00.500Z', lines: [line] });
  });

  it('names every field that is wrong by its path', () => {
    const wrong = {
      at: '2026-02-30T00:00:00Z',
      lines: [line, { product: '?', amount: { minor: '1', currency: 'EURO' } }],
      gift: 'none',
      colour: 'red',
    };
    expect(violationsOf(() => parse(Order, wrong)).map(({ field, code }) => `${field} ${code}`)).toEqual([
      'name required',
      'at no_such_date',
      'lines[1].product not_a_code',
      'lines[1].amount.minor not_whole',
      'lines[1].amount.currency unknown_currency',
      'gift not_an_object',
      'colour unknown_field',
    ]);
  });

  it('takes null for not there', () => {
    expect(parse(Order, { ...order, stars: null }).stars).toBeUndefined();
    expect(violationsOf(() => parse(Order, { ...order, name: null }))).toMatchObject([{ code: 'required' }]);
  });

  it('knows no field that only a prototype has', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const plain = JSON.parse(`{"name":"Ada","at":"2026-03-01T09:30:00Z","lines":[],"${name}":{"stars":5}}`);
      expect(violationsOf(() => parse(Order, plain))).toMatchObject([{ code: 'unknown_field' }]);
    }
    expect(violationsOf(() => parse(Order, Object.create(order)))).toHaveLength(3);
  });

  it('reports at most 50 violations, and no names as they came', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`ada@example.com ${n}`, 1]));
    const violations = violationsOf(() => parse(Order, many));
    expect(violations).toHaveLength(50);
    expect(JSON.stringify(violations)).not.toContain('ada@');
  });

  it('never throws anything but a problem, and accepts its own answer again', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), fc.anything(), (whole, part) => {
        violationsOf(() => parse(Order, whole));
        violationsOf(() =>
          parse(Order, { ...order, name: part, at: part, lines: [part], gift: part }, 'text'),
        );
      }),
    );
    const read = parse(Order, { ...order, gift: line, stars: 5 });
    expect(parse(Order, read)).toEqual(read);
  });

  it('agrees with class-validator on what is valid', () => {
    const valid = (value: unknown) =>
      validateSync(Object.assign(new Line(), { product: value, amount: line.amount }));
    for (const value of ['p-1', '?', 7, null]) {
      const ours = violationsOf(() => parse(Line, { product: value, amount: line.amount }));
      expect(valid(value).length === 0).toBe(ours.length === 0);
    }
  });

  it('honours the decorators of class-validator', () => {
    class Tagged {
      @IsOptional() @Matches(/^#/, { each: true }) readonly tags?: string[];
    }
    expect(parse(Tagged, {})).toEqual({});
    expect(parse(Tagged, { tags: ['#a'] }).tags).toEqual(['#a']);
    expect(violationsOf(() => parse(Tagged, { tags: ['#a', 'b'] }))).toMatchObject([
      { field: 'tags', code: 'matches' },
    ]);
  });
});

describe('a field of', () => {
  it.each<[string, PropertyDecorator, unknown, unknown]>([
    ['text', fields.Text({ max: 3 }), '\u{1F600}\u{1F600}\u{1F600}', '\u{1F600}\u{1F600}\u{1F600}'],
    ['text', fields.Text({ max: 3 }), 'abcd', ['too_long']],
    ['text', fields.Text({ max: 3 }), '  ', ['too_short']],
    ['text', fields.Text({ max: 9 }), 'a\u0000b', ['control_character']],
    ['text', fields.Text({ max: 9 }), 'a\ud800b', ['control_character']],
    ['text', fields.Text({ max: 9 }), 'a\nb', ['control_character']],
    ['text', fields.Text({ max: 9, multiline: true }), 'a\nb', 'a\nb'],
    ['text', fields.Text({ max: 9 }), { toString: () => 'x' }, ['not_text']],
    ['code', fields.Code(), '-x', ['not_a_code']],
    ['one of', fields.OneOf(['a', 'b']), 'c', ['not_one_of']],
    ['id', fields.IdField({}), 'constructor', ['not_an_id']], // what every object has is nobody's id
    ['customer', fields.CustomerField(), '../../etc', ['not_a_customer']],
    ['instant', fields.InstantField(), '2024-02-29T23:59:59.123456Z', '2024-02-29T23:59:59.123Z'],
    ['instant', fields.InstantField(), '2025-02-29T00:00:00Z', ['no_such_date']],
    ['instant', fields.InstantField(), '1900-02-29T00:00:00Z', ['no_such_date']],
    ['instant', fields.InstantField(), '2026-03-01T09:30:00', ['not_an_instant']],
    ['instant', fields.InstantField(), '2026-03-01T24:00:00Z', ['not_an_instant']],
    ['instant', fields.InstantField(), '2026-03-01', ['not_an_instant']],
    ['instant', fields.InstantField(), '9999-12-31T23:59:59-01:00', ['no_such_date']],
    ['instant', fields.InstantField(), 1772357400000, ['not_an_instant']],
    ['day', fields.DayField(), '2026-03-01', '2026-03-01'],
    ['day', fields.DayField(), '2026-13-01', ['no_such_date']],
    ['money', fields.MoneyField(), { minor: -5, currency: 'JPY' }, { minor: -5, currency: 'JPY' }],
    ['money', fields.MoneyField({ min: 0 }), { minor: -5, currency: 'JPY' }, ['out_of_range']],
    ['money', fields.MoneyField(), { minor: 2 ** 53, currency: 'EUR' }, ['not_whole']],
    ['money', fields.MoneyField(), { minor: 10 ** 13 + 1, currency: 'EUR' }, ['out_of_range']],
    ['money', fields.MoneyField(), { minor: 1, currency: 'EUR', scale: 2 }, ['not_money']],
    ['money', fields.MoneyField(), 12.5, ['not_money']],
    ['fraction', fields.Fraction(), 1.01, ['out_of_range']],
    ['fraction', fields.Fraction(), NaN, ['not_a_number']],
    ['flag', fields.Flag(), 'true', ['not_a_flag']],
    ['texts', fields.Texts({ max: 2, length: 3 }), ['a', 'b', 'c'], ['too_many']],
    ['codes', fields.Codes({ max: 2, min: 1 }), [], ['too_few']],
    ['e-mail', fields.EmailField(), ' Ada.L@Example.COM ', 'ada.l@example.com'],
    ['e-mail', fields.EmailField(), 'ada@', ['not_an_email']],
    ['phone', fields.PhoneField(), '+44 20 7946 0000', '+442079460000'],
    ['phone', fields.PhoneField({ country: 'GB' }), '020 7946 0000', '+442079460000'],
    ['phone', fields.PhoneField(), '020 7946 0000', ['not_a_phone']],
    ['zone', fields.ZoneField(), 'Europe/London', 'Europe/London'],
    ['zone', fields.ZoneField(), 'UTC', 'UTC'],
    ['zone', fields.ZoneField(), '+01:00', ['not_a_zone']],
    ['zone', fields.ZoneField(), 'Mars/Olympus', ['not_a_zone']],
  ])('%s %#', (_kind, decorator, value, expected) => {
    expect(read(decorator, value)).toEqual(expected);
  });

  it('a query is read from text, one of a body is not', () => {
    expect(read(fields.Whole({}), '42', 'text')).toBe(42);
    expect(read(fields.Whole({}), '42', 'json')).toEqual(['not_whole']);
    expect(read(fields.Whole({}), '4e2', 'text')).toEqual(['not_whole']);
    expect(read(fields.Fraction(), '0.25', 'text')).toBe(0.25);
    expect(read(fields.Flag(), 'false', 'text')).toBe(false);
    expect(read(fields.Codes({ max: 3 }), 'a,b', 'text')).toEqual(['a', 'b']);
    expect(read(fields.Codes({ max: 3 }), ['a', 'b'], 'text')).toEqual(['a', 'b']);
    expect(read(fields.Text({ max: 3 }), ['a', 'b'], 'text')).toEqual(['not_text']);
  });
});

describe('JSON', () => {
  it('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5, noUnicodeString: false }), fc.constantFrom(0, 2), (text, indent) => {
        fc.pre(!/"(__proto__|constructor)":/.test(text));
        const written = JSON.stringify(JSON.parse(text), null, indent);
        expect(fields.parseJson(written)).toEqual(JSON.parse(written));
      }),
    );
    expect(fields.parseJson('{"a\\\\":":{\\"","b":"\\\\\\":"}')).toEqual({ 'a\\': ':{"', b: '\\":' });
  });

  it('is refused where it would not mean one thing to everybody', () => {
    const wrong = [
      '',
      '{',
      '{"a":1,"a":1}',
      '{"b":{"a":1,"\\u0061":2}}',
      '{"__proto__":1}',
      '[1e400]',
      '"',
      '{"a":"\\"}',
    ];
    for (const text of [...wrong, '['.repeat(100_000)]) {
      expect(() => fields.parseJson(text)).toThrow(Problem);
    }
  });
});
