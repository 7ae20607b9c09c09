/**
 * What a customer brought, what was spent on it, and whether keeping it pays at the margin. A customer has no
 * loyalty class: it is shown the class of its unit.
 */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { customerStream, DomainError, plus, times, firstDay, type CustomerId, type Whole } from '#kernel';
import { occasionsOf, type Ledger } from '#ledger/index.js';
import { SPEND, spentOnCustomer, type SpendEvent, type SpendPolicy } from '#marketing/events.js';
import { ViewReader } from '#projections/index.js';
import { customerValue } from '#statistics/index.js';
import { pricesOf } from '../views/contribution.js';
import { UNIT_FIGURES } from '../views/unit-figures.js';
import { discountOver, endOf, type Window } from '../windows.js';
import type { Classification, SpendTotals, Unit } from './classify.js';
import type { Sales } from './figures.js';
import { classified, header, windowOf, type Asked, type Header } from './answer.js';
import { currentPolicy, Units } from './units.js';

/** Money in minor units of the answer's currency, within the window. */
export interface CustomerValueAnswer extends Header {
  readonly customerId: string;
  readonly revenue: Whole;
  readonly recordedMargin: Whole;
  readonly assumedMargin: number;
  readonly margin: number;
  /** Spend that names this customer; what was spent on all is not divided among them. */
  readonly attributedSpend: Pick<SpendTotals, 'acquisition' | 'retention'>;
  /** Its business unit, else its market segment, else the organisation. */
  readonly unit: Unit & Pick<Classification, 'class' | 'confidence' | 'reasons'>;
  readonly keeping: Keeping | null;
  readonly excluded: {
    readonly purchases_in_other_currencies: number;
    readonly spend_in_other_currencies: number;
  };
  readonly n: 1;
}

/** At the unit's present spend and rates. Null in the answer where the unit's curves are not known. */
export interface Keeping {
  /** V with this customer's own margin: kept as customers of its unit are kept. */
  readonly value: number;
  /** What keeping one more customer of the unit costs; null where no spend keeps another. */
  readonly marginalCost: number | null;
  readonly pays: boolean;
}

export class GetCustomerValue extends Query<CustomerValueAnswer> {
  constructor(
    readonly customer: CustomerId,
    readonly asked: Asked,
  ) {
    super();
  }
}

@QueryHandler(GetCustomerValue)
export class GetCustomerValueHandler implements IQueryHandler<GetCustomerValue> {
  constructor(
    private readonly views: ViewReader,
    private readonly units: Units,
  ) {}

  async execute({ customer, asked }: GetCustomerValue): Promise<CustomerValueAnswer> {
    const ground = await this.units.ground();
    const window = windowOf(asked, ground);
    const policy = currentPolicy(ground);
    const [ledger] = await this.views.get<Ledger>(UNIT_FIGURES, [{ stream: customerStream(customer) }]);
    if (ledger === undefined)
      throw new DomainError('customer.not_found', 'There is no such customer.', 'not_found');
    const unit = unitOf(ledger);
    const answer = classified(await this.units.of(unit.by, [window]), unit, window, policy, ground);
    const { class: given, confidence, reasons } = answer;
    const brought = broughtIn(ledger, window, ground.definition.currency);
    const assumedMargin = Math.round(Number(brought.withoutMargin) * policy.marginRate);
    const margin = Number(brought.margin) + assumedMargin;
    const { attributedSpend, foreign } = await this.spentOn(customer, window, policy);
    return {
      ...header(ground, policy, window, asked.now),
      customerId: customer,
      revenue: brought.revenue,
      recordedMargin: brought.margin,
      assumedMargin,
      margin,
      attributedSpend,
      unit: { ...unit, class: given, confidence, reasons },
      keeping: keepingOf(margin, answer, policy, window),
      excluded: {
        purchases_in_other_currencies: foreignIn(ledger, window, ground.definition.currency),
        spend_in_other_currencies: foreign,
      },
      n: 1,
    };
  }

  private async spentOn(customer: string, window: Window, policy: SpendPolicy) {
    const attributedSpend: { acquisition: Whole; retention: Whole } = { acquisition: 0, retention: 0 };
    let foreign = 0;
    const range = { from: firstDay(window.start), to: firstDay(endOf(window)), limit: PAGE };
    const list = spentOnCustomer(customer);
    let page = await this.views.range(SPEND, list, range);
    for (;;) {
      for (const { document } of page) {
        const { purpose, amount } = JSON.parse(document) as SpendEvent['data'];
        if (amount.currency === policy.currency)
          attributedSpend[purpose] = plus(attributedSpend[purpose], amount.minor);
        else foreign++;
      }
      const after = page.at(-1);
      if (page.length < PAGE || after === undefined) return { attributedSpend, foreign };
      page = await this.views.range(SPEND, list, { ...range, after });
    }
  }
}

const PAGE = 500;

function unitOf({ unit, segment }: Ledger): Unit {
  if (unit !== undefined) return { by: 'unit', code: unit };
  return segment === undefined ? { by: 'organisation', code: '' } : { by: 'segment', code: segment };
}

/** Whether the customer was there at the window's start or not. */
function broughtIn(ledger: Ledger, window: Window, currency: string): Sales {
  const [start, end] = [firstDay(window.start), firstDay(endOf(window))];
  const sums: { revenue: Whole; margin: Whole; withoutMargin: Whole } = {
    revenue: 0,
    margin: 0,
    withoutMargin: 0,
  };
  for (const { day, revenue, margin, withoutMargin } of occasionsOf(ledger, currency)) {
    if (day < start || day >= end) continue;
    sums.revenue = plus(sums.revenue, revenue);
    sums.margin = plus(sums.margin, margin ?? 0);
    sums.withoutMargin = plus(sums.withoutMargin, withoutMargin);
  }
  for (const subscription of Object.values(ledger.subscriptions)) {
    if (subscription.currency !== currency) continue;
    for (const { from, to, minor } of pricesOf(subscription)) {
      const months = Math.max(0, Math.min(to, endOf(window)) - Math.max(from, window.start));
      sums.revenue = plus(sums.revenue, times(months, minor));
      sums.withoutMargin = plus(sums.withoutMargin, times(months, minor));
    }
  }
  return sums;
}

function foreignIn({ purchases }: Ledger, window: Window, currency: string): number {
  const [start, end] = [firstDay(window.start), firstDay(endOf(window))];
  return Object.values(purchases).filter(
    ({ retracted, amount, day }) => !retracted && amount.currency !== currency && day >= start && day < end,
  ).length;
}

/** Keeping pays while what it costs to keep one more is less than a customer like this is worth (Pfeifer 2005). */
function keepingOf(
  margin: number,
  { split }: Classification,
  policy: SpendPolicy,
  window: Window,
): Keeping | null {
  if (split === null) return null;
  const discount = discountOver(policy.discount, window);
  const value = customerValue({ margin, discount }, split.current);
  const marginalCost = split.current.marginalCostToRetain;
  return { value, marginalCost, pays: marginalCost !== null && marginalCost < value };
}
