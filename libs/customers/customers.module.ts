import { Module } from '@nestjs/common';
import { CustomersController } from './customers.controller.js';
import { Erasing } from './erasure.js';
import { FindCustomersHandler, GetProfileHandler } from './queries.js';

@Module({
  controllers: [CustomersController],
  providers: [Erasing, GetProfileHandler, FindCustomersHandler],
})
export class CustomersModule {}
