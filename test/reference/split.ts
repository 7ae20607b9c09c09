/**
 * The best split of a budget between winning and keeping customers (analytics.md, "Loyalty segments"), by trying ten thousand
 * shares and looking closer around the best one.
 */
export interface Observed {
  readonly prospects: number;
  readonly customers: number;
  readonly acquisitionSpend: number;
  readonly retentionSpend: number;
  readonly acquisitionRate: number;
  readonly retentionRate: number;
  /** A customer and period. */
  readonly margin: number;
  /** A period. */
  readonly discount: number;
}

/** Response to spend, floor + (ceiling − floor)(1 − e^(−k·spend)) (Blattberg & Deighton 1996). */
export interface Curve {
  readonly floor: number;
  readonly ceiling: number;
  readonly k: number;
}

export interface Split {
  readonly share: number;
  readonly optimalShare: number;
  readonly regret: number;
  readonly customerValue: number;
  readonly totalEquity: number;
  readonly bestEquity: number;
}

export const rateAt = ({ floor, ceiling, k }: Curve, spend: number): number =>
  floor + (ceiling - floor) * (1 - Math.exp(-k * spend));

/** The curve through one observed level of spend, under a declared ceiling that lies above the observed rate. */
export const curveThrough = (rate: number, spend: number, { floor, ceiling }: Omit<Curve, 'k'>): Curve => ({
  floor,
  ceiling,
  k: -Math.log(1 - (rate - floor) / (ceiling - floor)) / spend,
});

/** The worth of a customer: V(R) = (m(1 + d) − R) / (1 + d − r(R)). */
export const customerValue = (margin: number, discount: number, spend: number, rate: number): number =>
  (margin * (1 + discount) - spend) / (1 + discount - rate);

/** Customer equity of one prospect: CE = a·V − A. */
export const customerEquity = (rate: number, value: number, spend: number): number => rate * value - spend;

export function bestSplit(observed: Observed, acquisition: Curve, retention: Curve): Split {
  const { prospects, customers, margin, discount } = observed;
  const budget = observed.acquisitionSpend + observed.retentionSpend;
  const valueAt = (share: number) => {
    const spend = ((1 - share) * budget) / customers;
    return customerValue(margin, discount, spend, rateAt(retention, spend));
  };
  const equityAt = (share: number) => {
    const spend = (share * budget) / prospects;
    const value = valueAt(share);
    return (
      prospects * customerEquity(rateAt(acquisition, spend), value, spend) + customers * (value - margin)
    );
  };
  const share = observed.acquisitionSpend / budget;
  const optimalShare = highest(equityAt);
  const [totalEquity, bestEquity] = [equityAt(share), equityAt(optimalShare)];
  return {
    share,
    optimalShare,
    regret: (bestEquity - totalEquity) / bestEquity,
    customerValue: valueAt(share),
    totalEquity,
    bestEquity,
  };
}

/** Where a function on [0, 1] is highest; of equal places the first. */
export function highest(of: (share: number) => number): number {
  let [low, high, best] = [0, 1, 0];
  for (let round = 0; round < 4; round++) {
    const step = (high - low) / 10_000;
    for (let place = 0; place <= 10_000; place++) {
      const share = low + place * step;
      if (of(share) > of(best)) best = share;
    }
    [low, high] = [Math.max(0, best - step), Math.min(1, best + step)];
  }
  return best;
}

export type LoyaltyClass = 'acquirer' | 'retainer' | 'profit_maximizer';

export const classOf = (
  { share, optimalShare, regret }: Pick<Split, 'share' | 'optimalShare' | 'regret'>,
  bands: { readonly shareBand: number; readonly regretBand: number },
): LoyaltyClass => {
  if (Math.abs(share - optimalShare) <= bands.shareBand || regret <= bands.regretBand)
    return 'profit_maximizer';
  return share > optimalShare ? 'acquirer' : 'retainer';
};
