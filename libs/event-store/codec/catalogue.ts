/** Every event type this build knows, by wire name. What it does not know never reaches a fold. */
import { Compile } from 'typebox/compile';
import type { EventType, JsonObject } from '#kernel';

export interface CatalogueEntry {
  readonly definition: EventType;
  /** Does this data have the shape of the newest version? */
  readonly fits: (data: unknown) => boolean;
  /** The first field that does not fit, and why; for error messages. */
  readonly misfit: (data: unknown) => string;
}

export type Catalogue = ReadonlyMap<string, CatalogueEntry>;

export function catalogueOf(definitions: readonly EventType[]): Catalogue {
  const catalogue = new Map<string, CatalogueEntry>();
  for (const definition of definitions) {
    if (catalogue.has(definition.type)) throw new Error(`Two event types are named ${definition.type}`);
    for (let version = 1; version < definition.version; version++) {
      if (!definition.upcast[version])
        throw new Error(`${definition.type} has no upcaster from version ${version}`);
    }
    const guard = Compile(definition.data);
    catalogue.set(definition.type, {
      definition,
      fits: (data) => guard.Check(data),
      misfit: (data) => {
        const [first] = guard.Errors(data);
        return first === undefined ? 'unknown' : `${first.instancePath || '/'} ${first.message}`;
      },
    });
  }
  return catalogue;
}

/** Does an event of this type take away the personal fields of its stream? */
export const erases = (catalogue: Catalogue, type: string): boolean =>
  catalogue.get(type)?.definition.erases === true;

/** Data of an older schema version, brought to the newest, one version at a time. */
export function upcast(definition: EventType, from: number, data: JsonObject): JsonObject {
  let current = data;
  for (let version = from; version < definition.version; version++) {
    const step = definition.upcast[version];
    if (!step) throw new Error(`${definition.type} has no upcaster from version ${version}`);
    current = step(current);
  }
  return current;
}
