import { Module } from '@nestjs/common';
import { DefinitionsController } from './definitions.controller.js';
import { PublishingDefinition } from './publishing.js';
import { GetDefinitionHandler, ListDefinitionsHandler } from './queries.js';

@Module({
  controllers: [DefinitionsController],
  providers: [PublishingDefinition, GetDefinitionHandler, ListDefinitionsHandler],
})
export class RetentionModule {}
