/**
 * A kind of line that an import takes: the body of a route, and the command that the route makes of it. A context
 * says which kinds it has in its `lines.ts`; the composition root gives them to the import, which knows none.
 *
 * A line is the request of its route by another way in. The same key and the same content, once by header and once
 * by line, are the same command.
 */
import type { AnyDecider, Command, Instant, StreamName } from '#kernel';

/** The names of a route's parameters: `/v1/customers/:customer/notes` has `customer`. */
type ParameterOf<Route extends string> = Route extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParameterOf<Rest>
  : Route extends `${string}:${infer Name}`
    ? Name
    : never;

export interface Asked {
  readonly stream: StreamName;
  /** The stream follows from the body alone. */
  readonly addressed?: boolean;
  /** The stream follows from the command's id: this is how. */
  readonly streamOf?: ((commandId: string) => StreamName) | undefined;
  readonly decider: AnyDecider;
  readonly command: Command;
  readonly occurredAt?: Instant | undefined;
  /** What the answer names. */
  readonly ids: Readonly<Record<string, string>>;
}

export interface LineKind {
  readonly kind: string;
  /** As it is registered, with its parameters. `:customer` comes first where there is one. */
  readonly route: string;
  /** The parameter of other routes that names what this kind makes: `touchpoint`, `subscription`. */
  readonly creates?: string;
  /** The class of the route's body. */
  readonly Body: new () => object;
  readonly ask: (body: any, params: any, commandId: string) => Asked; // any: each kind has its own body and parameters
}

/** A line kind whose `ask` is checked against its own body and route. */
export const lineKind = <const Route extends string, Body extends object>(kind: {
  readonly kind: string;
  readonly route: Route;
  readonly creates?: string;
  readonly Body: new () => Body;
  readonly ask: (
    body: Body,
    params: Readonly<Record<ParameterOf<Route>, string>>,
    commandId: string,
  ) => Asked;
}): LineKind => kind;
