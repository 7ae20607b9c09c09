/**
 * The text of a line as the request that it is: its kind, the parameters and the body of the kind's route, and its key.
 * Everything wrong with a line is said at once.
 */
import { invalidRequest, parseJson, Problem, readAs, Reading } from '#http/index.js';
import type { LineKind } from '#context/index.js';
import type { CustomerId } from '#kernel';
import type { Identities } from '#key-store/identities.js';
import { LineDto } from './line.dto.js';
import { MOST_BYTES_A_LINE, type Line } from './line-splitter.js';

export interface LineRequest {
  readonly kind: LineKind;
  /** Names the command, together with who sends it and whose it is. */
  readonly key: string;
  /** Of the kind's route, but for the one that `of` names by a key. */
  readonly params: Readonly<Record<string, string>>;
  /** The parameter that is what another line made, and that line's key. */
  readonly of: { readonly parameter: string; readonly key: string } | null;
  /** As it came, for the fingerprint; and as it was read. */
  readonly sent: object;
  readonly body: object;
  /** True where the customer was named by another system's id, which may turn out to be somebody else's by now. */
  readonly byExternalId: boolean;
}

interface Known {
  readonly kind: LineKind;
  /** Names of the route's parameters, the customer's aside. */
  readonly of: string | undefined;
  readonly hasCustomer: boolean;
}

/** External ids whose customer is remembered: neighbouring lines are often of one customer. */
const REMEMBERED = 10_000;

export class LineReader {
  private readonly kinds: ReadonlyMap<string, Known>;
  private readonly ids = new Map<string, CustomerId>();

  constructor(
    kinds: readonly LineKind[],
    private readonly identities: Identities,
  ) {
    this.kinds = new Map(kinds.map((kind) => [kind.line, known(kind)]));
  }

  /** @throws Problem 400 `malformed` or `invalid_request`, 413 `too_large` */
  read(text: Line): LineRequest {
    if (text === null) throw TOO_LONG;
    const reading = new Reading(false);
    const line = readAs(LineDto, parseJson(text), '', reading) as LineDto; // or violations say what it is not
    const found = this.kinds.get(line?.kind);
    if (found === undefined) {
      if (typeof line?.kind === 'string')
        reading.refuse('kind', 'not_one_of', `Send one of: ${[...this.kinds.keys()].join(', ')}.`);
      throw invalidRequest(reading.violations);
    }
    const { kind } = found;
    const sent =
      line.occurredAt === undefined ? (line.data ?? {}) : { occurredAt: line.occurredAt, ...line.data };
    const body = readAs(kind.Body, sent, 'data', reading) as object; // or violations say what it is not
    const params = this.paramsOf(found, line, reading);
    if (reading.violations.length > 0) throw invalidRequest(reading.violations);
    const byExternalId = typeof line.customer === 'object';
    const of = referenceOf(found, line);
    return { kind, key: line.key, params, of, sent, body, byExternalId };
  }

  private paramsOf({ of, hasCustomer }: Known, line: LineDto, reading: Reading): Record<string, string> {
    const params: Record<string, string> = {};
    if (expected('customer', line.customer, hasCustomer, reading) && reading.violations.length === 0)
      params['customer'] = typeof line.customer === 'string' ? line.customer : this.idUnder(line.customer);
    if (expected('of', line.of, of !== undefined, reading) && of !== undefined && typeof line.of === 'string')
      params[of] = line.of;
    return params;
  }

  private idUnder(reference: { readonly source: string; readonly value: string }): CustomerId {
    const name = `${reference.source} ${reference.value}`;
    let id = this.ids.get(name);
    if (id === undefined) {
      id = this.identities.idUnder(reference);
      if (this.ids.size >= REMEMBERED) this.ids.clear();
      this.ids.set(name, id);
    }
    return id;
  }
}

const referenceOf = ({ of: parameter }: Known, { of }: LineDto): LineRequest['of'] =>
  parameter !== undefined && typeof of === 'object' ? { parameter, key: of.key } : null;

const TOO_LONG = new Problem(
  413,
  'too_large',
  `A line has at most ${MOST_BYTES_A_LINE} bytes. Send less in one.`,
);

function known(kind: LineKind): Known {
  const [first, ...rest] = kind.route.split('/').filter((part) => part.startsWith(':'));
  return { kind, hasCustomer: first === ':customer', of: rest[0]?.slice(1) };
}

/** True where it is there and is to be there; it is refused where only one of the two holds. */
function expected<T>(name: string, value: T | undefined, wanted: boolean, reading: Reading): value is T {
  if (wanted && value === undefined) reading.refuse(name, 'required', 'This field is required.');
  if (!wanted && value !== undefined)
    reading.refuse(name, 'not_expected', 'A line of this kind has no such field. Leave it out.');
  return wanted && value !== undefined;
}
