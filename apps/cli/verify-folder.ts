/** Verifies a data folder from its stored bytes, with its views as witnesses. No server and no key is asked. */
import { readCheckpoint, writeCheckpoint } from '#audit/checkpoint.js';
import { verifyLog, verifyStream } from '#audit/verification.js';
import { ViewWitnesses } from '#audit/view-witnesses.js';
import { customerStream, isCustomerId } from '#kernel';
import { ViewReader } from '#projections/index.js';
import type { Config } from '../composition/config.js';
import { auditedViews } from '../composition/contexts.js';
import { openStores } from '../composition/stores.js';
import { Failure, USAGE } from './exit.js';
import type { Report } from './verify.command.js';

/** @param customer a customer's id, or `all` */
export async function verifyFolder(config: Config, customer: string, certified?: string): Promise<Report> {
  const checkpoint = certified === undefined ? undefined : readCheckpoint(certified);
  if (checkpoint === null) throw new Failure('--checkpoint wants what an earlier run printed.', USAGE);
  const stores = await openStores(config);
  const { eventStore, readStore } = stores;
  const witnesses = new ViewWitnesses(new ViewReader(readStore), readStore, auditedViews(stores.identities));
  try {
    if (customer !== 'all' && isCustomerId(customer)) {
      const report = await verifyStream(eventStore, customerStream(customer), { witnesses });
      if (report.verdict === 'intact' && report.events === 0) throw new Failure('There is no such customer.');
      return report;
    }
    const report = await verifyLog(eventStore, { witnesses, ...(checkpoint && { checkpoint }) });
    return report.verdict === 'broken'
      ? report
      : { ...report, checkpoint: writeCheckpoint(report.checkpoint) };
  } finally {
    await stores.close();
  }
}
