import { Module } from '@nestjs/common';
import { CustomersController } from './customers.controller.js';
import { Erasure } from './erasure.js';
import { ExternalIds } from './external-ids.js';
import { FindCustomersHandler, GetProfileHandler } from './queries.js';

@Module({
  controllers: [CustomersController],
  providers: [ExternalIds, Erasure, GetProfileHandler, FindCustomersHandler],
})
export class CustomersModule {}
