/**
 * The parts of a purchase agree: all are in the currency of the amount, and the lines come to at most the amount. No line
 * needs to name the rest, such as carriage.
 */
import { DomainError, type Money } from '#kernel';

interface Parts {
  readonly margin?: Money | undefined;
  readonly lines?: readonly { readonly amount?: Money }[] | undefined;
}

/** @throws `purchase.negative`, `purchase.currency`, `purchase.lines` */
export function mustAgree(amount: Money, { margin, lines = [] }: Parts): void {
  if (amount.minor < 0)
    throw invalid(
      'negative',
      'amount.minor',
      'A purchase is not negative. Record a refund of the purchase it takes back.',
    );
  mustBeIn(amount.currency, margin, 'margin.currency');
  let sum = 0;
  for (const [place, line] of lines.entries()) {
    mustBeIn(amount.currency, line.amount, `lines[${place}].amount.currency`);
    sum += line.amount?.minor ?? 0;
  }
  if (sum > amount.minor)
    throw invalid(
      'lines',
      'lines',
      `The lines come to ${sum} minor units and the purchase to ${amount.minor}. Send lines that come to at most the amount.`,
    );
}

function mustBeIn(currency: string, part: Money | undefined, field: string): void {
  if (part === undefined || part.currency === currency) return;
  throw invalid('currency', field, `The amount is in ${currency}. Send ${field} as ${currency} too.`);
}

const invalid = (problem: string, field: string, message: string): DomainError =>
  new DomainError(`purchase.${problem}`, message, 'invalid', { field });
