/** Definitions of retention: those published, newest first, and the one built in behind them. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, page, type Page } from '#http/index.js';
import { DomainError } from '#kernel';
import { documentKey, ViewReader } from '#projections/index.js';
import type { DefinitionsQuery } from './dto.js';
import {
  BUILT_IN_DEFINITION,
  definitionNamed,
  DEFINITIONS_VIEW,
  type RetentionDefinition,
} from './events.js';
import { ALL, versionSort, type PublishedDefinition } from './views/definitions.js';

export type DefinitionAnswer = RetentionDefinition | PublishedDefinition;

export class GetDefinition extends Query<DefinitionAnswer> {
  constructor(readonly version: number) {
    super();
  }
}

export class ListDefinitions extends Query<Page<DefinitionAnswer>> {
  constructor(readonly query: DefinitionsQuery) {
    super();
  }
}

@QueryHandler(GetDefinition)
export class GetDefinitionHandler implements IQueryHandler<GetDefinition> {
  constructor(private readonly views: ViewReader) {}

  async execute({ version }: GetDefinition): Promise<DefinitionAnswer> {
    if (version === BUILT_IN_DEFINITION.version) return BUILT_IN_DEFINITION;
    const [found] = await this.views.get<PublishedDefinition>(DEFINITIONS_VIEW, [definitionNamed(version)]);
    if (found === undefined) {
      throw new DomainError('definition.not_found', 'No definition has this version.', 'not_found');
    }
    return found;
  }
}

@QueryHandler(ListDefinitions)
export class ListDefinitionsHandler implements IQueryHandler<ListDefinitions> {
  constructor(private readonly views: ViewReader) {}

  async execute({ query: { cursor, limit } }: ListDefinitions): Promise<Page<DefinitionAnswer>> {
    const [before] = decodeCursor(cursor, 1) ?? [];
    const found = await this.views.range(DEFINITIONS_VIEW, ALL, {
      direction: 'descending',
      limit: limit + 1,
      ...(before !== undefined && {
        after: { sort: versionSort(Number(before)), key: documentKey(definitionNamed(before)) },
      }),
    });
    const published = found.map(({ document }) => JSON.parse(document) as PublishedDefinition);
    const items = before === '0' ? [] : [...published, BUILT_IN_DEFINITION];
    return page(items.slice(0, limit + 1), limit, ({ version }) => [String(version)]);
  }
}
