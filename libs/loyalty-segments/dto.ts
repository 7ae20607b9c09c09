import { Code, CustomerField, field, OneOf, PageQuery, Whole } from '#http/index.js';
import { formed } from '#http/rules.js';
import type { CustomerId, Instant } from '#kernel';
import type { Unit } from './queries/classify.js';
import { UNIT_KINDS, type UnitKind } from './queries/figures.js';
import type { Asked } from './queries/answer.js';
import { LENGTHS, type Length } from './windows.js';

const WINDOW = {
  optional: true,
  description: 'Months. Default 12.',
  example: '12',
} as const;
const MONTH = '^(19|20)\\d\\d-(0[1-9]|1[0-2])$';
const lengths = LENGTHS.map(String);

/** The first month after the window. */
const ToMonth = (): PropertyDecorator =>
  field(
    formed(new RegExp(MONTH), 'not_a_month', 'a month as 2026-03'),
    {
      optional: true,
      description:
        'First month after the window. Default the month that runs, so that all of the window is complete.',
      example: '2026-03',
    },
    { type: String, pattern: MONTH },
  );

interface InWindow {
  readonly window: string;
  readonly to?: string;
}

export const asked = ({ window, to }: InWindow, now: Instant): Asked => ({
  length: Number(window) as Length, // one of `lengths`, or it was refused
  to,
  now,
});

export class WindowQuery implements InWindow {
  @OneOf(lengths, WINDOW) readonly window: string = '12';
  @ToMonth() readonly to?: string;
}

export class UnitsQuery extends PageQuery implements InWindow {
  @OneOf(UNIT_KINDS, { optional: true, description: 'Default organisation.' })
  readonly by: UnitKind = 'organisation';
  @OneOf(lengths, WINDOW) readonly window: string = '12';
  @ToMonth() readonly to?: string;
}

export class HistoryQuery extends WindowQuery {
  @Whole({
    min: 1,
    max: 36,
    optional: true,
    example: 12,
    description: 'Month-ends to look back on. Default 12.',
  })
  readonly months: number = 12;
}

export class UnitPath {
  @OneOf(UNIT_KINDS, { description: 'What kind of unit it is.' }) readonly by!: UnitKind;
  @Code({ example: 'premium', description: 'For the organisation: `all`.' }) readonly code!: string;
}

export const unitAt = ({ by, code }: UnitPath): Unit => ({ by, code: by === 'organisation' ? '' : code });

export class CustomerPath {
  @CustomerField() readonly customer!: CustomerId;
}
