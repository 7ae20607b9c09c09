import { Module } from '@nestjs/common';
import { LedgerFigures } from '#ledger/index.js';
import { CustomersController } from './customers.controller.js';
import { Erasing } from './erasure.js';
import { Lifecycles } from './lifecycles.js';
import { FindCustomersHandler, GetProfileHandler } from './queries.js';

@Module({
  controllers: [CustomersController],
  providers: [LedgerFigures, Lifecycles, Erasing, GetProfileHandler, FindCustomersHandler],
})
export class CustomersModule {}
