import { PageQuery, Whole } from '#http/index.js';

export class DefinitionPath {
  @Whole({ min: 0, max: 1_000_000_000, example: 3, description: '0 is the one built in.' })
  readonly version!: number;
}

export class DefinitionsQuery extends PageQuery {}
