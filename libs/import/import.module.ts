import { Module } from '@nestjs/common';
import { ImportController } from './import.controller.js';

/** Takes the kinds of lines of every context from the house, because it may know none of them. */
@Module({ controllers: [ImportController] })
export class ImportModule {}
