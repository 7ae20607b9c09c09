/** Rates of keeping, from counts and sums. A zero denominator has no rate: null, never 0. */

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** CRR = |S ∩ E| / |S|: of those there at the `start`, the share still there at the end. */
export const retentionRate = (kept: number, start: number): number | null => ratio(kept, start);

/**
 * (E − N) / S from head counts alone. It equals CRR only if nobody joins and leaves, or returns, inside the
 * window; it may exceed 1 otherwise.
 */
export const headCountRetention = (end: number, joined: number, start: number): number | null =>
  ratio(end - joined, start);

/** |lost| / |S|: the share of customers at the `start` that left. */
export const logoChurn = (lost: number, start: number): number | null => ratio(lost, start);

/**
 * Recurring revenue of the customers there at the start, summed over them; new and returning ones are in
 * neither sum. Any one money unit.
 */
export interface RevenueSums {
  readonly open: number;
  readonly close: number;
  /** Σ min(open, close), customer by customer: revenue kept before any expansion. */
  readonly minOpenClose: number;
}

/** GRR = Σ min(open, close) / Σ open. Never above 1. */
export const grossRevenueRetention = ({
  minOpenClose,
  open,
}: Pick<RevenueSums, 'open' | 'minOpenClose'>): number | null => ratio(minOpenClose, open);

/** NRR = Σ close / Σ open: with expansion, so it may exceed 1. */
export const netRevenueRetention = ({ close, open }: Pick<RevenueSums, 'open' | 'close'>): number | null =>
  ratio(close, open);
