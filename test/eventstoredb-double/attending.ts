/** What is done to every call before it is answered: it is counted, checked, and made to fail if so told. */
import type { Metadata } from '@grpc/grpc-js';
import { setTimeout as delay } from 'node:timers/promises';
import { refusedAccess, type Credentials } from './access.js';
import type { Calls } from './calls.js';
import type { EventLog } from './event-log.js';
import type { Fault, Faults, Method } from './faults.js';
import type { Version } from './version.js';
import { notReady, refusal, unknown, type Refusal } from './refusals.js';

export interface Parts {
  readonly log: EventLog;
  readonly faults: Faults;
  readonly calls: Calls;
  readonly credentials: Credentials | undefined;
  readonly maxAppendSize: number;
  readonly checkpointPastHead: boolean;
  readonly version: Version;
  address(): string;
  cutConnection(peer: string): void;
}

interface AnyCall {
  readonly metadata: Metadata;
  getPeer(): string;
}

/** Features and gossip are open to everybody; streams are not. */
const isOpen = (method: Method): boolean => method === 'gossip' || method === 'serverFeatures';

/** Counts the call, and answers it unless it is refused or told to hang. */
export async function attend(
  { calls, credentials, faults }: Parts,
  method: Method,
  call: AnyCall,
  refuse: (refusal: Refusal) => void,
  answer: (fault: Fault | undefined) => Promise<void>,
): Promise<void> {
  calls.note(method, call.metadata.get('connection-name')[0]?.toString());
  const denied = isOpen(method) ? null : refusedAccess(credentials, call.metadata);
  if (denied) return refuse(denied);
  // Faults of batch appends strike each append, not the call that carries many.
  const fault = method === 'batchAppend' ? undefined : faults.take(method);
  const refused = fault && refusalBy(fault);
  if (refused) return refuse(refused);
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'slow') await delay(fault.ms);
  await answer(fault).catch((error: Error) => refuse(unknown(error.message)));
}

export const refusalBy = (fault: Fault): Refusal | null => {
  if (fault.kind !== 'refuse') return null;
  const { code, details } = notReady();
  return refusal(fault.code ?? code, fault.details ?? details, fault.trailers);
};

/** Whether the answer is lost: the work is done, and the client is not told. */
export function withheld({ cutConnection }: Parts, call: AnyCall, fault: Fault | undefined): boolean {
  if (fault?.kind === 'cut before the answer') cutConnection(call.getPeer());
  return fault?.kind === 'cut before the answer' || fault?.kind === 'hang before the answer';
}
