/**
 * How the columns of any CSV become lines, as a person writes it down in a file:
 *
 *   {
 *     "kind": "purchase",
 *     "key": "order_no",
 *     "customer": { "source": "shop", "column": "customer_no" },
 *     "occurredAt": { "column": "ordered", "zone": "Europe/London", "format": "dd/MM/yyyy HH:mm" },
 *     "data": { "amount": { "money": "total", "currency": "GBP" }, "channel": { "constant": "web" } }
 *   }
 *
 * `data` has the shape of the route's body. A text names a column; an empty cell leaves its field out.
 */
import { parseMoney } from '#kernel';
import { parseTime } from './time-format.js';

export type Cells = Readonly<Record<string, string>>;

export interface Mapping {
  readonly kind: string;
  /** Columns whose cells name the row; its whole content and a number do where there are none. */
  readonly key?: string | readonly string[];
  /** Where kind is not `customer`. Without a source, the column has ids that Touchstone gave. */
  readonly customer?: { readonly source?: string; readonly column: string };
  readonly occurredAt?: TimeColumn;
  readonly data: Template;
}

interface TimeColumn {
  readonly column: string;
  /** IANA; default UTC. */
  readonly zone?: string;
  /** Default: RFC 3339, or a day. */
  readonly format?: string;
}

/** A column, a list or an object of templates, or one of these. */
export type Template =
  | string
  | readonly Template[]
  | { readonly constant: unknown }
  | { readonly money: string; readonly currency: string }
  | { readonly number: string }
  | { readonly time: TimeColumn }
  | { readonly day: TimeColumn }
  | { readonly [field: string]: Template };

export class MappingError extends Error {
  override readonly name = 'MappingError';
}

/** @throws MappingError that says what is missing or names no column */
export function checkMapping(value: unknown): Mapping {
  const mapping = value as Partial<Mapping> | null;
  if (typeof mapping !== 'object' || mapping === null)
    throw new MappingError('The mapping is not a JSON object.');
  if (typeof mapping.kind !== 'string')
    throw new MappingError('The mapping has no "kind", for example "purchase".');
  if (typeof mapping.data !== 'object' || mapping.data === null)
    throw new MappingError(
      'The mapping has no "data": the fields of the line and the columns they come from.',
    );
  if (mapping.customer !== undefined && typeof mapping.customer?.column !== 'string')
    throw new MappingError('"customer" wants {"source": …, "column": …}.');
  if (mapping.occurredAt !== undefined && typeof mapping.occurredAt?.column !== 'string')
    throw new MappingError('"occurredAt" wants {"column": …, "zone": …, "format": …}.');
  return mapping as Mapping;
}

/** The value that a template makes of a row; undefined where its cell is empty. @throws MappingError, RangeError, DomainError */
export function fill(template: Template, cells: Cells): unknown {
  if (typeof template === 'string') return cell(cells, template) || undefined;
  if (Array.isArray(template))
    return template.map((item) => fill(item, cells)).filter((item) => item !== undefined);
  if ('constant' in template) return template['constant'];
  if (isMoney(template)) {
    const amount = cell(cells, template.money);
    return amount === '' ? undefined : parseMoney(amount.replace(/^[£$€]/, ''), template.currency);
  }
  if ('number' in template && typeof template['number'] === 'string') {
    const text = cell(cells, template['number']);
    return text === '' ? undefined : Number(text);
  }
  if (isTime(template, 'time')) return timeIn(template['time'], cells);
  if (isTime(template, 'day')) return timeIn({ ...template['day'], zone: 'UTC' }, cells)?.slice(0, 10);
  const fields = Object.entries(template as { readonly [field: string]: Template });
  const filled = fields.map(([name, field]) => [name, fill(field, cells)] as const);
  return Object.fromEntries(filled.filter(([, value]) => value !== undefined));
}

export function timeIn({ column, zone = 'UTC', format }: TimeColumn, cells: Cells): string | undefined {
  const text = cell(cells, column);
  return text === '' ? undefined : parseTime(text, zone, format);
}

/** @throws MappingError when there is no such column */
export function cell(cells: Cells, column: string): string {
  const text = cells[column];
  if (text === undefined)
    throw new MappingError(`There is no column "${column}". There are: ${Object.keys(cells).join(', ')}.`);
  return text;
}

const isMoney = (template: object): template is { readonly money: string; readonly currency: string } =>
  'money' in template && typeof template.money === 'string' && 'currency' in template;

const isTime = <K extends string>(template: object, name: K): template is Readonly<Record<K, TimeColumn>> => {
  const time = (template as Record<string, unknown>)[name];
  return typeof time === 'object' && time !== null && 'column' in time && typeof time.column === 'string';
};
