/** What a customer is worth in closed form: one constant margin, one constant retention rate, for ever. */

/** V = I × N: yearly income times years. Undiscounted, no margin, no churn; the answer must say so. */
export const simpleValue = (yearlyIncome: number, years: number): number => yearlyIncome * years;

export interface ConstantCustomer {
  /** Per period, in any money unit; the value is in the same. */
  readonly margin: number;
  /** Share kept from one period to the next, 0 to 1. */
  readonly retention: number;
  /** Per period, as a fraction. */
  readonly discount: number;
}

/** m·r / (1 + i − r): the first margin comes at the end of the first period, if the customer stays. */
export const clvMarginAtEnd = ({ margin, retention, discount }: ConstantCustomer): number | null =>
  perpetuity(margin * retention, retention, discount);

/** m(1 + i) / (1 + i − r): the first margin comes at once. It is `clvMarginAtEnd` plus one margin. */
export const clvMarginAtOnce = ({ margin, retention, discount }: ConstantCustomer): number | null =>
  perpetuity(margin * (1 + discount), retention, discount);

/** Null where the sum does not converge: everybody is kept and nothing is discounted. */
function perpetuity(first: number, retention: number, discount: number): number | null {
  const decay = 1 + discount - retention;
  return decay > 0 ? first / decay : null;
}
