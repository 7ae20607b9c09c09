/**
 * References of a line to another line or request, by its key: the id of what that one made. A key is one of its route, so
 * each route that makes such a thing may have used it; which did is on record in the customer's stream.
 */
import type { CommandsOnRecord } from '#commands/index.js';
import type { LineKind } from '#context/index.js';
import type { CommandNames } from '#http/index.js';
import { derivedId, DomainError } from '#kernel';

export interface Reference {
  /** The parameter that names the thing: `touchpoint`, `subscription`. */
  readonly parameter: string;
  readonly key: string;
  readonly caller: string;
  /** As the line names it. */
  readonly customer: string;
}

export class References {
  private readonly routes = new Map<string, string[]>();

  constructor(
    kinds: readonly LineKind[],
    private readonly names: CommandNames,
  ) {
    for (const { creates, route } of kinds) {
      if (creates !== undefined) this.routes.set(creates, [...(this.routes.get(creates) ?? []), route]);
    }
  }

  /** An id of nothing where nothing was made under the key. @throws `reference.ambiguous` where more than one was */
  idOf({ parameter, key, caller, customer }: Reference, onRecord: CommandsOnRecord): string {
    const params = { customer };
    const routes = this.routes.get(parameter) ?? [];
    const named = routes.map((route) => this.names.idOf({ caller, route, params, key }));
    const former = this.names.formerIdOf(key);
    const candidates = former === null ? named : [...named, former];
    const found = candidates.filter((commandId) => onRecord.has(commandId));
    if (found.length > 1)
      throw new DomainError(
        'reference.ambiguous',
        `Several lines of this customer made a ${parameter} under this key. Send the id that the right one was answered with.`,
      );
    return derivedId(found[0] ?? candidates[0] ?? key, parameter);
  }
}
