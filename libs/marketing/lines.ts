/** The lines about marketing that an import takes. */
import { lineKind, type LineKind } from '#commands/index.js';
import { derivedId, given } from '#kernel';
import { RecordSpendDto } from './dto.js';
import { spend, spendStream } from './spend.js';

export const marketingLines: readonly LineKind[] = [
  lineKind({
    kind: 'spend',
    route: '/v1/spend',
    Body: RecordSpendDto,
    ask(body, _params, commandId) {
      const spendId = body.spendId ?? derivedId(commandId, 'spend');
      const data = { ...(given(body) as typeof body), spendId };
      return {
        stream: spendStream(body.spentOn),
        addressed: true,
        decider: spend,
        command: { type: 'RecordSpend', data },
        ids: { spendId },
      };
    },
  }),
];
