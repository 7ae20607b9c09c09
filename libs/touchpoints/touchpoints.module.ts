import { Module } from '@nestjs/common';
import { SubscriptionsController } from './subscriptions.controller.js';
import { TouchpointsController } from './touchpoints.controller.js';

@Module({ controllers: [TouchpointsController, SubscriptionsController] })
export class TouchpointsModule {}
