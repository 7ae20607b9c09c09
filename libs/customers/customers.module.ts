import { Module } from '@nestjs/common';
import { CustomersController } from './customers.controller.js';
import { Erasing } from './erasure.js';
import { LinkingExternalId } from './external-ids.js';
import { FindCustomersHandler, GetProfileHandler } from './queries.js';

@Module({
  controllers: [CustomersController],
  providers: [LinkingExternalId, Erasing, GetProfileHandler, FindCustomersHandler],
})
export class CustomersModule {}
