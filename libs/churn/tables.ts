/** The answers as tables, for callers who want CSV: one line a row, with the rule and the day it is of in each. */
import type { Column } from '#http/index.js';
import type { Whole } from '#kernel';
import type { Answer } from './queries/answer.js';
import type { AtRisk } from './queries/at-risk.js';
import type { CauseRow } from './queries/causes.js';
import type { CohortRow } from './queries/cohorts.js';
import type { RetentionRow, RevenueKept } from './queries/retention.js';
import type { SummaryRow } from './queries/summary.js';
import type { SurvivalRow } from './queries/survival.js';

type Cell = string | Whole | boolean | null | undefined;

const column = <Row>(name: string, value: (row: Row) => Cell): Column<Row> => ({ name, value });

const fields = <Row>(...names: (keyof Row & string)[]): Column<Row>[] =>
  names.map((name) => column(name, (row) => row[name] as Cell)); // callers name fields that hold one value

/** What of the answer itself belongs into every line. */
export const framed = <Row>(answer: Answer<unknown>, columns: readonly Column<Row>[]): Column<Row>[] => [
  ...columns,
  column('currency', () => answer.currency),
  column('definition', () => answer.definition.version),
  column('asOf', () => answer.asOf),
];

const revenue = <Row>(prefix: string, of: (row: Row) => RevenueKept | null): Column<Row>[] =>
  (['open', 'lost', 'grown', 'gross', 'net'] as const).map((name) =>
    column(`${prefix}.${name}`, (row: Row) => of(row)?.[name]),
  );

const KEPT = [
  'start',
  'end',
  'complete',
  'customersAtStart',
  'customersAtEnd',
  'kept',
  'lost',
  'new',
  'returning',
  'cameAndLeft',
  'retentionRate',
  'churnRate',
] as const;

export const retentionTable: readonly Column<RetentionRow>[] = [
  ...fields<RetentionRow>('group', ...KEPT),
  ...revenue<RetentionRow>('recurring', (row) => row.recurring),
  ...revenue<RetentionRow>('transactional', (row) => row.transactional),
];

export const cohortTable: readonly Column<CohortRow>[] = fields<CohortRow>(
  'group', 'cohort', 'size', 'age', 'eligible', 'active', 'rate', 'occasions', 'revenue', 'complete',
); // prettier-ignore

export const causeTable: readonly Column<CauseRow>[] = fields<CauseRow>(
  'group', 'cause', 'count', 'value', 'shareOfCount', 'shareOfValue', 'cumulativeOfCount', 'cumulativeOfValue',
  'controllable', 'uncontrollable', 'undetermined',
); // prettier-ignore

type Step = Pick<SurvivalRow, 'group' | 'leaving' | 'unit'> & SurvivalRow['steps'][number];

/** A line a step of each curve. */
export const stepsOf = (rows: readonly SurvivalRow[]): Step[] =>
  rows.flatMap(({ group, leaving, unit, steps }) => steps.map((step) => ({ group, leaving, unit, ...step })));

export const survivalTable: readonly Column<Step>[] = [
  ...fields<Step>(
    'group', 'leaving', 'unit', 'time', 'atRisk', 'events', 'censored', 'survival', 'standardError',
  ), // prettier-ignore
  column('lower', ({ interval }) => interval?.[0]),
  column('upper', ({ interval }) => interval?.[1]),
];

export const summaryTable: readonly Column<SummaryRow>[] = [
  column('group', ({ group }) => group),
  ...KEPT.map((name) => column(`lastMonth.${name}`, ({ lastMonth }: SummaryRow) => lastMonth[name])),
  ...KEPT.map((name) => column(`lastYear.${name}`, ({ lastYear }: SummaryRow) => lastYear[name])),
  column('atRisk', ({ atRisk }) => atRisk),
  column('losses.count', ({ losses }) => losses.count),
  column('losses.value', ({ losses }) => losses.value),
  column('losses.costliestCause', ({ losses }) => losses.costliestCause),
];

export const atRiskTable: readonly Column<AtRisk>[] = [
  ...fields<AtRisk>('customerId', 'segment', 'unit', 'region', 'lostFrom', 'value'),
  column('reasons', ({ reasons }) => reasons.map(({ reason }) => reason).join(' ')),
  column('since', ({ reasons }) => reasons.flatMap((one) => ('since' in one ? [one.since] : []))[0]),
];
