import { Module } from '@nestjs/common';
import { AccessController } from './access.controller.js';
import { IssuingKey, RevokingKey } from './issuing.js';

@Module({ controllers: [AccessController], providers: [IssuingKey, RevokingKey] })
export class AccessModule {}
