/**
 * A command, said once. From a declaration follow its route, the class of its body, its place in the OpenAPI document, its
 * message on the command bus, its line in an import and who may send it.
 *
 *   const command = commandsOf(promise, { tag: 'Promises', path: '/v1/customers/:customer', id: 'promiseId' });
 *
 *   command({ type: 'MakePromise', path: 'promises', line: 'promise', dated: 'dueOn', body: PROMISE.make,
 *     summary: 'Promise something to a customer, by a day' });
 *   command({ type: 'KeepPromise', path: 'promises/:promise/keep', line: 'promise-kept', dated: true, body: PROMISE.keep,
 *     summary: 'Record that a promise was kept' });
 *
 * A parameter `:promise` of the path is the field `promiseId` of the command. A command whose path does not name the
 * group's id makes a new one, which follows from the id of the command: sent again, it names the same thing.
 */
import type { Type } from '@nestjs/common';
import { Decide } from '#commands/index.js';
import {
  customerId as customerField,
  customerStream,
  derivedId,
  id as idField,
  instantField,
  type AnyDecider,
  type AnyField,
  type Command,
  type CustomerId,
  type Decider,
  type Field,
  type Fields,
  type Instant,
  type Role,
  type Said,
} from '#kernel';
import type { Identities } from '#key-store/identities.js';
import type { Asked, Target } from './asked.js';
import { dtoOf, type Dto } from './dto.js';
import type { Process } from './process.js';

type Params = Readonly<Record<string, string>>;
export type Roles = readonly [Role, ...Role[]];

export const WRITERS: Roles = ['back-office', 'admin'];

/** What a request comes with beside its body. */
export interface Coming {
  readonly params: Params;
  readonly commandId: string;
  readonly identities: Identities;
}

/** What the commands of a group have in common. */
export interface Group {
  /** The chapter of the document. */
  readonly tag: string;
  /** What their paths begin with: `/v1/customers/:customer`. */
  readonly path: string;
  /** Default: back-office and admin. */
  readonly roles?: Roles;
  /** Rules of the domain that may stand in the way of any of them: their codes, and what each means. */
  readonly refusals?: Readonly<Record<string, string>>;
  /** The field that names the thing they are about: `promiseId`. */
  readonly id?: `${string}Id`;
  /** Parameters of their paths that are something else than an id. */
  readonly params?: Fields;
}

interface Spec<C extends Command, T extends C['type'], B extends Fields> {
  readonly type: T;
  /** What follows on the group's path; none where nothing does. */
  readonly path?: string;
  readonly summary: string;
  readonly description?: string;
  readonly roles?: Roles;
  readonly refusals?: Readonly<Record<string, string>>;
  /**
   * When the fact occurred: `true` where the request may say so (`occurredAt`), or the field with the fact's own day.
   * Without either it occurs as it is recorded.
   */
  readonly dated?: true | (keyof B & string);
  /** Fields of the command for parameters of the path, where they are not named alike: `{ touchpoint: 'purchaseId' }`. */
  readonly names?: Readonly<Record<string, string>>;
  /** Whose it is and what is answered, where that is not the customer of the path. */
  readonly target?: (said: Said<B>, coming: Coming) => Target;
  /** Ids that are answered, with an example of each, where they are others than the group's. */
  readonly answers?: Readonly<Record<string, string>>;
  /** Sees to what the command takes beside its own stream. */
  readonly process?: Type<Process>;
}

/** Its kind of line in an import, or why it has none. */
type Line =
  { readonly line: string; readonly noLine?: never } | { readonly noLine: string; readonly line?: never };

type DataOf<C extends Command, T extends C['type']> =
  Extract<C, { type: T }> extends { readonly data: infer Data } ? Data : never;

/** Fields that are the command's own. */
type Fitting<Data, B> = {
  readonly [K in keyof B]: K extends keyof Data ? Field<NonNullable<Data[K]>, boolean, boolean> : never;
};

type Plain<C extends Command, T extends C['type'], B extends Fields> = Spec<C, T, B> &
  Line & { readonly body?: B & Fitting<DataOf<C, T>, B>; readonly data?: never };

type Made<C extends Command, T extends C['type'], B extends Fields> = Spec<C, T, B> &
  Line & {
    readonly body?: B;
    /** The command that is made of the body, where it is not the body itself. */
    readonly data: (said: Said<B>, coming: Coming) => DataOf<C, T>;
  };

/**
 * A command as an import takes it. A line is the request of its route by another way in: the same key and the same content,
 * once by header and once by line, are the same command.
 */
export interface LineKind {
  readonly line: string;
  /** As it is registered, with its parameters. `:customer` comes first where there is one. */
  readonly route: string;
  /** The parameter of other routes that names what this command makes: `touchpoint`, `subscription`. */
  readonly creates: string | undefined;
  readonly Body: Dto;
  /** The command that a request makes. */
  readonly ask: (body: object, coming: Coming) => Asked;
}

export interface Declared extends Omit<LineKind, 'line'> {
  readonly type: string;
  readonly line: string | undefined;
  /** Why an import does not take it. */
  readonly noLine: string | undefined;
  readonly tag: string;
  readonly summary: string;
  readonly description: string | undefined;
  readonly roles: Roles;
  readonly refusals: Readonly<Record<string, string>>;
  /** Ids that are answered, with an example of each. */
  readonly answers: Readonly<Record<string, string>>;
  readonly Path: Dto;
  /** When its fact occurred: `true` where the request may say, or the field with the fact's own day. */
  readonly dated: true | string | undefined;
  /** What a request says, its own time included. */
  readonly body: Fields;
  readonly process: Type<Process> | undefined;
  /** Its class on the command bus. */
  readonly Message: new (...decide: ConstructorParameters<typeof Decide>) => Decide<any, any, any, any>; // any: as AnyDecider
}

export const isLineKind = (command: Declared): command is Declared & LineKind => command.line !== undefined;

export const CUSTOMER_EXAMPLE = '01890a5d-ac96-774b-bcce-b302099a8057';
export const ID_EXAMPLE = '7a1e0e3c-3a52-8e4f-9c1b-0d6f0a3a6f11';
const OCCURRED_AT = instantField({ description: 'When it happened; now, if not given.' }).optional;

/** Declares commands of a decider that have a group's words in common. */
export function commandsOf<C extends Command>(decider: Decider<any, C, any, any>, group: Group) {
  // any: as AnyDecider
  function command<const T extends C['type'], const B extends Fields = Record<never, never>>(
    spec: Plain<C, T, B>,
  ): Declared;
  function command<const T extends C['type'], const B extends Fields = Record<never, never>>(
    spec: Made<C, T, B>,
  ): Declared;
  function command(spec: any): Declared {
    return declared(decider, group, spec as Loose); // any: what is above says which specs there are
  }
  return command;
}

/** A declaration as it is read: which fields it has, its own types have seen to. */
interface Loose extends Omit<Spec<Command, string, Fields>, 'target'> {
  readonly line?: string;
  readonly noLine?: string;
  readonly body?: Fields;
  readonly data?: (said: any, coming: Coming) => object; // any: each has its own body
  readonly target?: (said: any, coming: Coming) => Target; // any: each has its own body
}

function declared(decider: AnyDecider, group: Group, spec: Loose): Declared {
  const { type, dated, line, noLine, process } = spec;
  const body: Fields = { ...(dated === true && { occurredAt: OCCURRED_AT }), ...spec.body };
  const route = spec.path === undefined ? group.path : `${group.path}/${spec.path}`;
  const params = [...route.matchAll(/:(\w+)/g)].map(([, name]) => name!); // the group is in the match
  const fieldOf = (name: string): string => spec.names?.[name] ?? `${name}Id`;
  const ofCustomer = params[0] === 'customer';
  const inData = ofCustomer ? params.slice(1) : params;
  const makes = group.id !== undefined && !inData.some((name) => fieldOf(name) === group.id) && !spec.target;
  const noun = group.id?.slice(0, -'Id'.length);

  const idOf = ({ params, commandId }: Coming): string | undefined => {
    if (noun === undefined) return undefined;
    return makes ? derivedId(commandId, noun) : params[noun];
  };
  const targetOf = (coming: Coming): Target => {
    const { customer = '' } = coming.params;
    const id = idOf(coming);
    const ids = {
      customerId: customer,
      ...(group.id !== undefined && id !== undefined && { [group.id]: id }),
    };
    return { stream: customerStream(customer as CustomerId), ids };
  };
  const dataOf = (said: object, coming: Coming): object => {
    const data: Record<string, unknown> = { ...said };
    if (group.id !== undefined && makes) data[group.id] = idOf(coming);
    for (const name of inData) data[fieldOf(name)] = coming.params[name];
    return data;
  };

  return {
    type,
    route,
    line,
    noLine,
    creates: makes ? noun : undefined,
    tag: group.tag,
    summary: spec.summary,
    description: spec.description,
    roles: spec.roles ?? group.roles ?? WRITERS,
    refusals: { ...group.refusals, ...spec.refusals },
    answers: spec.answers ?? {
      ...(ofCustomer && { customerId: CUSTOMER_EXAMPLE }),
      ...(group.id !== undefined && { [group.id]: ID_EXAMPLE }),
    },
    Path: dtoOf(`${type}Path`, Object.fromEntries(params.map((name) => [name, paramField(group, name)]))),
    Body: dtoOf(type, body),
    dated,
    body,
    process,
    Message: { [type]: class extends Decide<any, any, any, any> {} }[type]!, // any: as AnyDecider; it is in there
    ask(body, coming) {
      const { occurredAt, ...rest } = body as { readonly occurredAt?: Instant };
      const said = dated === true ? rest : { ...body };
      return {
        ...(spec.target ? spec.target(said, coming) : targetOf(coming)),
        decider,
        command: { type, data: (spec.data ?? dataOf)(said, coming) } as Command,
        time: {
          said: occurredAt,
          occurred: dated === true,
          day: typeof dated === 'string' ? (said as Params)[dated] : undefined,
        },
      };
    },
  };
}

const paramField = ({ params }: Group, name: string): AnyField =>
  params?.[name] ??
  (name === 'customer' ? customerField() : idField({ description: 'The id that making it answered.' }));
