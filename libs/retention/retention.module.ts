import { Module } from '@nestjs/common';
import { DefectionsController } from './defections.controller.js';
import { DefinitionsController } from './definitions.controller.js';
import { GetDefinitionHandler, ListDefinitionsHandler } from './queries.js';

@Module({
  controllers: [DefectionsController, DefinitionsController],
  providers: [GetDefinitionHandler, ListDefinitionsHandler],
})
export class RetentionModule {}
