import { Module, type DynamicModule } from '@nestjs/common';
import type { LineKind } from '#context/index.js';
import { ImportController, LINE_KINDS } from './import.controller.js';

/** Takes the kinds of lines of every context, because it may know none of them. */
@Module({})
export class ImportModule {
  static of(kinds: readonly LineKind[]): DynamicModule {
    return {
      module: ImportModule,
      controllers: [ImportController],
      providers: [{ provide: LINE_KINDS, useValue: kinds }],
    };
  }
}
