import { Controller, Get } from '@nestjs/common';
import { dtoOf } from '#context/index.js';
import { QueryRoute } from '#http/index.js';
import { flag, id, listOf, nested, openText } from '#kernel';
import { KEY_ID } from './commands.js';
import { API_KEY } from './events.js';
import { LogKeyRing } from './key-ring.js';

const KeysSchema = dtoOf('ApiKeys', {
  items: listOf(
    nested('ApiKey', { keyId: id(), ...API_KEY, pii: flag(), label: openText(100), revoked: flag() }),
    {
      max: 1_000_000,
    },
  ),
});

@Controller('v1/api-keys')
export class AccessController {
  constructor(private readonly ring: LogKeyRing) {}

  @Get()
  @QueryRoute({
    tag: 'Access',
    summary: 'API keys, without their secrets',
    roles: ['admin'],
    answer: KeysSchema,
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
