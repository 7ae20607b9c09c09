import { Controller, Get } from '@nestjs/common';
import { QueryRoute } from '#http/index.js';
import { KEY_ID } from './commands.js';
import { LogKeyRing } from './key-ring.js';

@Controller('v1/api-keys')
export class AccessController {
  constructor(private readonly ring: LogKeyRing) {}

  @Get()
  @QueryRoute({
    tag: 'Access',
    summary: 'API keys, without their secrets',
    roles: ['admin'],
    example: { items: [{ keyId: KEY_ID, role: 'analyst', pii: false, label: 'dashboards', revoked: false }] },
  })
  all(): { items: object[] } {
    return {
      items: this.ring
        .all()
        .map(({ keyId, role, pii, label, revoked }) => ({ keyId, role, pii, label, revoked })),
    };
  }
}
