import { Code, DayField, field, OneOf, PageQuery, Whole } from '#http/index.js';
import { formed } from '#http/rules.js';
import type { Day } from '#kernel';
import { SPEND_DIMENSIONS, type SpendDimension } from './spend-sums.js';
import { PURPOSES } from './events.js';

type Purpose = (typeof PURPOSES)[number];

export class CampaignPath {
  @Code({ example: 'spring-2026' }) readonly campaign!: string;
}

export class CampaignsQuery extends PageQuery {
  @OneOf(['running', 'ended'], { optional: true, description: 'Only those.' })
  readonly standing?: 'running' | 'ended';
}

const monthField = (description: string): PropertyDecorator =>
  field(
    formed(/^(19|20)\d\d-(0[1-9]|1[0-2])$/, 'not_a_month', 'a month as 2026-03'),
    { description, example: '2026-03' },
    { type: String, pattern: '^(19|20)\\d\\d-(0[1-9]|1[0-2])$' },
  );

export class SpendQuery {
  @monthField('First month.') readonly from!: string;
  @monthField('First month after.') readonly to!: string;
  @OneOf(PURPOSES, { optional: true, description: 'Only what was spent for this.' })
  readonly purpose?: Purpose;
  @OneOf(SPEND_DIMENSIONS, { optional: true, description: 'Default all.' }) readonly by: SpendDimension =
    'all';
}

export class SpendRecordsQuery extends PageQuery {
  @DayField({ optional: true, description: 'First day.' }) readonly from?: Day;
  @DayField({ optional: true, description: 'First day after.' }) readonly to?: Day;
  @OneOf(PURPOSES, { optional: true, description: 'Only what was spent for this.' })
  readonly purpose?: Purpose;
}

export class PolicyPath {
  @Whole({ min: 0, max: 1_000_000, example: 1, description: '0 is the one built in.' })
  readonly version!: number;
}
