/** A line of an import, before it is known what kind of line it is. */
import { Code, field, InstantField, readAs, rule, Text, VISIBLE, type Rule } from '#http/index.js';
import { isCustomerId, type Instant } from '#kernel';

/** A customer by the id that another system gave. */
export class ExternalReference {
  @Code({ example: 'shop' }) readonly source!: string;
  @Text({ max: 200, example: 'C-10045' }) readonly value!: string;
}

const visible: Rule = rule((value, path, reading) =>
  typeof value === 'string' && VISIBLE.test(value)
    ? value
    : reading.refuse(path, 'not_a_key', 'Send 1 to 255 visible ASCII characters.'),
);

/** What was recorded by the line, or the request, that had this key. */
export class KeyReference {
  @field(visible, {}, { type: String, example: 'order-4711' }) readonly key!: string;
}

const customer: Rule = rule((value, path, reading) => {
  if (typeof value === 'object') return readAs(ExternalReference, value, path, reading);
  if (typeof value === 'string' && isCustomerId(value)) return value;
  return reading.refuse(path, 'not_a_customer', 'Send the id of the customer, or {"source": …, "value": …}.');
});

const of: Rule = rule((value, path, reading) => {
  if (typeof value === 'object') return readAs(KeyReference, value, path, reading);
  if (typeof value === 'string' && /^[\w-]{1,64}$/.test(value)) return value;
  return reading.refuse(
    path,
    'not_a_reference',
    'Send the id it was answered with, or {"key": …} of its line.',
  );
});

const object: Rule = rule((value, path, reading) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? value
    : reading.refuse(path, 'not_an_object', 'Send a JSON object.'),
);

export class LineDto {
  @Code({ example: 'purchase' }) readonly kind!: string;
  /** Names the command as an Idempotency-Key does. */
  @field(visible, {}, { type: String, example: 'order-4711' }) readonly key!: string;
  @field(customer, { optional: true }, { type: String }) readonly customer?: string | ExternalReference;
  /** What a refund, a correction or a change is of. */
  @field(of, { optional: true }, { type: String }) readonly of?: string | KeyReference;
  @InstantField({ optional: true }) readonly occurredAt?: Instant;
  /** The body of the kind's route. */
  @field(object, {}, { type: Object }) readonly data!: Readonly<Record<string, unknown>>;
}
