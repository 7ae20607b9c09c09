/** Loyalty classes as rows: the figures flat, reasons by their codes. */
import type { Column } from '#http/index.js';
import type { ClassifiedUnit } from './queries/answer.js';
import type { HistoryPoint } from './queries/history.js';

const reasons = (list: readonly { readonly code: string }[]): string =>
  list.map(({ code }) => code).join(' ');

export const unitColumns: readonly Column<ClassifiedUnit>[] = [
  { name: 'by', value: ({ by }) => by },
  { name: 'code', value: ({ code }) => code },
  { name: 'class', value: (unit) => unit.class },
  { name: 'confidence', value: ({ confidence }) => confidence },
  { name: 'leaning', value: ({ leaning }) => leaning },
  { name: 'reasons', value: (unit) => reasons(unit.reasons) },
  { name: 'share', value: ({ share }) => share },
  { name: 'optimal_share', value: ({ split }) => split?.optimalShare },
  { name: 'regret', value: ({ split }) => split?.regret },
  { name: 'level_gap', value: ({ level }) => level?.gap },
  { name: 'prospects', value: ({ figures }) => figures.prospects },
  { name: 'customers', value: ({ figures }) => figures.customers },
  { name: 'acquired', value: ({ figures }) => figures.acquired },
  { name: 'retained', value: ({ figures }) => figures.retained },
  { name: 'acquisition_spend', value: ({ figures }) => figures.acquisitionSpend },
  { name: 'retention_spend', value: ({ figures }) => figures.retentionSpend },
  { name: 'revenue', value: ({ figures }) => figures.revenue },
  { name: 'recorded_margin', value: ({ figures }) => figures.recordedMargin },
  { name: 'assumed_margin', value: ({ figures }) => figures.assumedMargin },
  { name: 'margin_per_customer', value: ({ figures }) => figures.marginPerCustomer },
];

export const historyColumns: readonly Column<HistoryPoint>[] = [
  { name: 'window_start', value: ({ window }) => window.start },
  { name: 'window_end', value: ({ window }) => window.end },
  { name: 'complete', value: ({ complete }) => complete },
  { name: 'customers', value: ({ n }) => n },
  { name: 'policy_then', value: ({ then }) => then.policyVersion },
  { name: 'class_then', value: ({ then }) => then.class },
  { name: 'confidence_then', value: ({ then }) => then.confidence },
  { name: 'policy_now', value: ({ now }) => now.policyVersion },
  { name: 'class_now', value: ({ now }) => now.class },
  { name: 'confidence_now', value: ({ now }) => now.confidence },
  { name: 'share', value: ({ now }) => now.share },
  { name: 'optimal_share', value: ({ now }) => now.optimalShare },
  { name: 'regret', value: ({ now }) => now.regret },
  { name: 'change', value: ({ change }) => change },
];
