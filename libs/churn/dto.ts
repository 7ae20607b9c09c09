import { Code, DayField, OneOf, PageQuery, ZoneField } from '#http/index.js';
import { BREAKDOWNS, GROUPINGS, type Breakdown, type GroupedBy } from '#ledger/index.js';
import { COHORT_PERIODS, type CohortPeriod } from './queries/cohorts.js';
import { LENGTHS, type Length } from './queries/windows.js';

const lengths = Object.keys(LENGTHS) as Length[];
const periods = Object.keys(COHORT_PERIODS) as CohortPeriod[];

/** The parameters of all figures. */
export class FiguresQuery {
  @OneOf(BREAKDOWNS, {
    optional: true,
    description: 'Split by this. Customers without one are the group null.',
  })
  readonly by?: Breakdown;
  @OneOf(GROUPINGS, {
    optional: true,
    description:
      'Group customers by what they belonged to at the time in question, which the answer names in `grouped`, or by what ' +
      'they belong to now. Default dated.',
  })
  readonly membership?: GroupedBy;
  @DayField({
    optional: true,
    description: 'Count what occurred up to and including this day. Default today.',
  })
  readonly asOf?: string;
  @ZoneField({
    optional: true,
    description: 'Must be the zone of the definition, in which days are counted.',
  })
  readonly zone?: string;
}

export class SpanQuery extends FiguresQuery {
  @DayField({ optional: true, example: '2026-01-01', description: 'First day.' }) readonly from?: string;
  @DayField({ optional: true, example: '2026-04-01', description: 'First day after it.' })
  readonly to?: string;
}

export class RetentionQuery extends SpanQuery {
  @OneOf(lengths, {
    optional: true,
    description:
      'A series of windows of this length, one from every month. Without it `from` and `to` are one window of ' +
      '1, 3, 6 or 12 whole months; without anything, the last twelve months, one by one.',
  })
  readonly window?: Length;
}

export class CohortsQuery extends SpanQuery {
  @OneOf(periods, { optional: true, description: 'Of the first purchase. Default month.' })
  readonly period?: CohortPeriod;
}

export class CausesQuery extends SpanQuery {
  @OneOf(['value', 'number'], { optional: true, description: 'Largest first by this. Default value.' })
  readonly order?: 'value' | 'number';
}

export class AtRiskQuery extends PageQuery {
  @DayField({ optional: true, description: 'As of the end of this day. Default today.' })
  readonly asOf?: string;
  @Code({ optional: true, example: 'premium' }) readonly segment?: string;
  @Code({ optional: true, example: 'retail' }) readonly unit?: string;
  @Code({ optional: true, example: 'uk-south' }) readonly region?: string;
  @ZoneField({ optional: true, description: 'Must be the zone of the definition.' }) readonly zone?: string;
}
