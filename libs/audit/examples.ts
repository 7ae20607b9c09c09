/** What the routes of this context answer, for the OpenAPI document. */
const CUSTOMER = '01890a5d-ac96-774b-bcce-b302099a8057';
const STREAM = `customer-${CUSTOMER}`;
const HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const AT = '2026-03-01T09:30:00.000Z';

export const EVENT = {
  id: '3f1c0f0e-0c5f-8d2b-a2a5-1f2e3d4c5b6a', type: 'MarketSegmentAssigned', stream: STREAM, revision: '4', position: '1042', schema: 1,
  occurredAt: AT, recordedAt: '2026-03-01T09:31:12.400Z', actor: { id: 'web-shop', role: 'back-office' },
  commandId: '019a3f0c-5d1e-7a44-9d5b-6c2f6f0f3c11', correlationId: 'checkout-77', causationId: '019a3f0c-5d1e-7a44-9d5b-6c2f6f0f3c11',
  hash: HASH, data: { segment: 'premium' },
}; // prettier-ignore

export const STATE = {
  customerId: CUSTOMER,
  events: 5,
  unreadable: 0,
  profile: { customerId: CUSTOMER, standing: 'registered', segment: 'premium', tags: [], revision: '4' },
  timeline: { items: [], next: null },
};

export const EXPORTED = `{"stream":"${STREAM}","revision":"4","position":"1042","id":"${EVENT.id}","type":"MarketSegmentAssigned","data":"{\\"segment\\":\\"premium\\"}","metadata":"{…}"}`;

export const STREAM_INTACT = { verdict: 'intact', events: 5, hash: HASH };

export const LOG_INTACT = { verdict: 'intact', events: 1042, streams: 97, checkpoint: `2:1042:${HASH}` };

export const LOG_BROKEN = {
  verdict: 'broken',
  events: 1042,
  wrong: [
    {
      kind: 'changed',
      stream: STREAM,
      revision: '4',
      position: '1042',
      id: EVENT.id,
      reason: 'does not have the hash of its content',
    },
  ],
};
