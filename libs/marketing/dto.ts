import {
  Code,
  CustomerField,
  DayField,
  field,
  Fraction,
  ListOf,
  MoneyField,
  OneOf,
  PageQuery,
  Text,
  Whole,
} from '#http/index.js';
import { formed } from '#http/rules.js';
import type { Day, Money } from '#kernel';
import { SPEND_DIMENSIONS, type SpendDimension } from '#ledger/index.js';
import { PURPOSES } from './events.js';

type Purpose = (typeof PURPOSES)[number];

class Dimensions {
  @Code({ optional: true, example: 'retail', description: 'Business unit.' }) readonly unit?: string;
  @Code({ optional: true, example: 'premium', description: 'Market segment.' }) readonly segment?: string;
  @Code({ optional: true, example: 'tea' }) readonly product?: string;
}

export class CampaignPath {
  @Code({ example: 'spring-2026' }) readonly campaign!: string;
}

export class LaunchCampaignDto extends Dimensions {
  @Code({
    optional: true,
    example: 'spring-2026',
    description: 'Under this id spend names it. Given one if none.',
  })
  readonly campaignId?: string;
  @Text({ max: 200, example: 'Spring 2026' }) readonly name!: string;
  @OneOf(PURPOSES) readonly purpose!: Purpose;
  @DayField() readonly startsOn!: Day;
  @DayField({ optional: true, description: 'The last day, where it is planned.' }) readonly endsOn?: Day;
}

export class EndCampaignDto {
  @DayField() readonly endedOn!: Day;
}

export class CampaignsQuery extends PageQuery {
  @OneOf(['running', 'ended'], { optional: true, description: 'Only those.' })
  readonly standing?: 'running' | 'ended';
}

export class RecordSpendDto extends Dimensions {
  @Text({
    max: 64,
    optional: true,
    example: 'inv-4711',
    description: 'Recorded once in its month. Given one if none.',
  })
  readonly spendId?: string;
  @OneOf(PURPOSES) readonly purpose!: Purpose;
  @DayField() readonly spentOn!: Day;
  @MoneyField({
    example: { minor: 60_000, currency: 'GBP' },
    description: 'Below zero takes back what was recorded wrongly, and the prospects with it.',
  })
  readonly amount!: Money;
  @Whole({
    min: 0,
    max: 1_000_000_000,
    optional: true,
    example: 10_000,
    description: 'Prospects addressed; of acquisition only.',
  })
  readonly addressed?: number;
  @Code({ optional: true, example: 'spring-2026' }) readonly campaign?: string;
  @CustomerField({ optional: true, description: 'The one customer it was spent on.' })
  readonly customerId?: string;
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

const RATE = { min: 0.0001, max: 1 };

class DeclaredCurves {
  @Fraction({
    ...RATE,
    optional: true,
    example: 0.45,
    description: 'Share of prospects no spend would exceed.',
  })
  readonly acquisitionCeiling?: number;
  @Fraction({
    ...RATE,
    optional: true,
    example: 0.8,
    description: 'Share of customers kept no spend would exceed.',
  })
  readonly retentionCeiling?: number;
  @Fraction({ optional: true, example: 0.3, description: 'Share of customers who stay without any spend.' })
  readonly freeRetention?: number;
}

class DeclaredUnit extends DeclaredCurves {
  @OneOf(['unit', 'segment', 'product']) readonly by!: 'unit' | 'segment' | 'product';
  @Code({ example: 'premium' }) readonly code!: string;
}

export class PublishSpendPolicyDto extends DeclaredCurves {
  @Fraction({ ...RATE, example: 0.1, description: 'Balanced within this of the best share of acquisition.' })
  readonly shareBand!: number;
  @Fraction({ ...RATE, example: 0.05, description: 'Balanced too if no more of the equity is forgone.' })
  readonly regretBand!: number;
  @Fraction({ ...RATE, example: 0.8, description: 'Share of the bootstrap that a class needs to be given.' })
  readonly confidence!: number;
  @Whole({ min: 100, max: 10_000, example: 500, description: 'Samples of the bootstrap.' })
  readonly draws!: number;
  @Whole({
    min: 0,
    max: 0xffff_ffff,
    example: 20_260_101,
    description: 'The same seed gives the same answer.',
  })
  readonly seed!: number;
  @Fraction({ ...RATE, max: 0.9999, example: 0.1, description: 'Of a year.' }) readonly discount!: number;
  @Fraction({ ...RATE, example: 0.3, description: 'Margin of revenue that carries none of its own.' })
  readonly marginRate!: number;
  @Text({ min: 3, max: 3, example: 'GBP', description: 'ISO 4217.' }) readonly currency!: string;
  @ListOf(() => DeclaredUnit, {
    max: 500,
    optional: true,
    description: 'Declared for these units otherwise.',
  })
  readonly units?: DeclaredUnit[];
  @Text({ max: 500, optional: true, example: 'Agreed by the board in March' }) readonly note?: string;
}

export class PolicyPath {
  @Whole({ min: 0, max: 1_000_000, example: 1, description: '0 is the one built in.' })
  readonly version!: number;
}
