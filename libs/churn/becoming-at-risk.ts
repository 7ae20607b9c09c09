/**
 * Who is at risk at an instant and not recorded as such: the to-do list of that deadline. A look reads one sum for each
 * day on which anybody lapses, and then only the days that have somebody to record; where all is done it reads no
 * customer at all. Who leaves the list does so by the event that is recorded, or by buying.
 */
import { addDays, dayIn, type CustomerId, type Instant } from '#kernel';
import { dueOf, STAYING, LEDGER, LedgerFigures, prefixOf, presentOf, type Account } from '#ledger/index.js';
import type { ViewReader } from '#projections/index.js';
import type { ListItem } from '#read-store/port.js';
import type { BecomingAtRisk, RetentionDefinition } from '#retention/events.js';
import { lapsesAtRisk } from './queries/at-risk.js';

const PAGE = 200;

/**
 * The nearest to being lost first, a page at a time as they are taken. It ends early where other figures take over
 * meanwhile: what is due by them is for the next look.
 * @throws `view.not_ready` and ReadStoreUnavailable
 */
export async function* becomingAtRisk(views: ViewReader, now: Instant): AsyncGenerator<BecomingAtRisk> {
  const collection = await views.collection(LEDGER);
  const definition = await new LedgerFigures(views).definition();
  const { from, to } = lapsesAtRisk(definition, dayIn(definition.zone, now));
  const prefix = prefixOf('due');
  for (const [name] of await views.cells(LEDGER, prefix)) {
    const day = name.slice(prefix.length);
    if (day < from || day >= to) continue;
    let after: ListItem | undefined;
    for (;;) {
      const range = { from: day, to: addDays(day, 1), limit: PAGE, ...(after && { after }) };
      const page = await views.range(LEDGER, STAYING, range);
      if ((await views.collection(LEDGER)) !== collection) return; // the page may be of another definition
      for (const { document } of page) yield* dueIn(JSON.parse(document) as Account, definition);
      if (page.length < PAGE) break;
      after = page.at(-1);
    }
  }
}

function* dueIn(account: Account, definition: RetentionDefinition): Generator<BecomingAtRisk> {
  const due = dueOf(presentOf(account, definition), account);
  if (due === null) return;
  const { version: definitionVersion, inactivityDays, atRiskDays, zone } = definition;
  const atRiskOn = addDays(due.lastOccasionOn, atRiskDays);
  yield {
    customerId: account.customerId as CustomerId, // the view's key
    data: { ...due, atRiskOn, definitionVersion, inactivityDays, atRiskDays },
    zone,
    seen: account.seen,
  };
}
