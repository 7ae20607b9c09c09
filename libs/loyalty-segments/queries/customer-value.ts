/**
 * What a customer brought, what was spent on it, and whether keeping it pays at the margin. A customer has no
 * loyalty class: it is shown the class of its unit.
 */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  addDays,
  customerStream,
  DomainError,
  firstDay,
  plus,
  portion,
  type CustomerId,
  type Whole,
} from '#kernel';
import {
  groupsOn,
  isInForce,
  LEDGER,
  presentOf,
  yearlyPriceOn,
  type Account,
  type Version,
} from '#ledger/index.js';
import { SPEND, spentOnCustomer, type SpendEvent, type SpendPolicy } from '#marketing/events.js';
import { ViewReader } from '#projections/index.js';
import { customerValue } from '#statistics/index.js';
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
    const [account] = await this.views.get<Account>(LEDGER, [{ stream: customerStream(customer) }]);
    if (account === undefined)
      throw new DomainError('customer.not_found', 'There is no such customer.', 'not_found');
    const { version } = presentOf(account, ground.definition);
    const unit = unitOf(account, ground.definition.zone);
    const answer = classified(await this.units.of(unit.by, window), unit, window, policy, ground);
    const { class: given, confidence, reasons } = answer;
    const brought = broughtIn(version, window, ground.definition.currency);
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
        purchases_in_other_currencies: foreignIn(version, window),
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

function unitOf(account: Account, zone: string): Unit {
  const { unit, segment } = groupsOn(account, zone, null);
  if (unit !== undefined) return { by: 'unit', code: unit };
  return segment === undefined ? { by: 'organisation', code: '' } : { by: 'segment', code: segment };
}

/** Whether the customer was there at the window's start or not. */
function broughtIn({ days, contracts }: Version, window: Window, currency: string): Sales {
  const [start, end] = [firstDay(window.start), firstDay(endOf(window))];
  let [covered, margin, withoutMargin]: [Whole, Whole, Whole] = [0, 0, 0];
  for (const sold of days) {
    if (sold.day < start || sold.day >= end) continue;
    covered = plus(covered, sold.covered);
    margin = plus(margin, sold.margin);
    withoutMargin = plus(withoutMargin, sold.bare);
  }
  let yearly: Whole = 0;
  for (let month = window.start + 1; month <= endOf(window); month++) {
    const lastDay = addDays(firstDay(month), -1);
    for (const contract of contracts) {
      const price = isInForce(contract, lastDay) ? yearlyPriceOn(contract, lastDay) : null;
      if (price?.currency === currency) yearly = plus(yearly, price.minor);
    }
  }
  withoutMargin = plus(withoutMargin, portion(yearly, 1, 12));
  return { revenue: plus(covered, withoutMargin), margin, withoutMargin };
}

function foreignIn({ days }: Version, window: Window): number {
  const [start, end] = [firstDay(window.start), firstDay(endOf(window))];
  return days.reduce((sum, { day, foreign }) => (day >= start && day < end ? sum + foreign : sum), 0);
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
