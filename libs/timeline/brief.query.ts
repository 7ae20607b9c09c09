/**
 * The pre-call brief: everyone who is reached at this phone number or e-mail address, what was last said and in
 * which mood, and what they are worth. Put together from documents there are already; none is kept for it.
 */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { contactList, PROFILE, type Profile } from '#customers/events.js';
import { customerStream, dayIn, type Day, type Instant, type Whole } from '#kernel';
import { forEyesOf, invalidRequest, type ForEyes, type Principal } from '#http/index.js';
import { Identities } from '#key-store/identities.js';
import {
  LEDGER,
  LedgerFigures,
  lifecycleOn,
  presentOf,
  recordedSilence,
  wholeStored,
  type Account,
  type Frame,
  type Lifecycle,
  type Silence,
} from '#ledger/index.js';
import type { RetentionDefinition } from '#retention/events.js';
import { ViewReader } from '#projections/index.js';
import type { BriefQuery } from './dto.js';
import { listOf, TIMELINE, type Entry } from './views/timeline.js';

export interface Brief {
  readonly profile: ForEyes<Profile>;
  /** Newest first, at most five of each; what was retracted is not among them. */
  readonly moods: readonly { readonly at: string; readonly mood: string }[];
  readonly notes: readonly ForEyes<Entry>[];
  readonly contacts: readonly ForEyes<Entry>[];
  readonly feedback: readonly ForEyes<Entry>[];
  /** Its state today by the published definition of retention; null where nothing of it is counted yet. */
  readonly lifecycle: Lifecycle | null;
  /** The silence in which it is at risk, where that is recorded. */
  readonly atRisk: Silence | null;
  readonly value: Value;
}

interface Value {
  readonly purchases: number;
  readonly lastPurchaseOn: string | null;
  /** Minor units, net of refunds. */
  readonly revenue: readonly { readonly minor: Whole; readonly currency: string }[];
  readonly subscriptions: readonly {
    readonly product: string;
    readonly startsOn: string;
    readonly endsOn: string | null;
  }[];
}

export class GetBrief extends Query<{ readonly items: readonly Brief[] }> {
  constructor(
    readonly query: BriefQuery,
    readonly caller: Principal,
    readonly now: Instant,
  ) {
    super();
  }
}

const MOST_CUSTOMERS = 20;
const SHOWN = 5;

@QueryHandler(GetBrief)
export class GetBriefHandler implements IQueryHandler<GetBrief> {
  constructor(
    private readonly views: ViewReader,
    private readonly identities: Identities,
    private readonly figures: LedgerFigures,
  ) {}

  async execute({ query: { phone, email }, caller, now }: GetBrief): Promise<{ items: Brief[] }> {
    if ((phone === undefined) === (email === undefined)) {
      throw invalidRequest([{ field: 'phone', code: 'one_of', message: 'Send either phone or email.' }]);
    }
    const [medium, value] = phone === undefined ? (['email', email!] as const) : (['phone', phone] as const); // one is given
    const list = contactList(this.identities.hash, medium, value);
    const found = await this.views.range(PROFILE, list, { limit: MOST_CUSTOMERS });
    const definition = await this.figures.definition();
    const by = { caller, definition, today: dayIn(definition.zone, now) };
    return {
      items: await Promise.all(
        found.map(({ document }) => this.briefOf(JSON.parse(document) as Profile, by)),
      ),
    };
  }

  private async briefOf(profile: Profile, { caller, definition, today }: By): Promise<Brief> {
    const { customerId } = profile;
    const newest = async (kind: Parameters<typeof listOf>[1]): Promise<Entry[]> => {
      const range = { direction: 'descending', limit: SHOWN } as const;
      const items = await this.views.range(TIMELINE, listOf(customerId, kind), range);
      return items.map(({ document }) => JSON.parse(document) as Entry);
    };
    const shown = async (kind: Parameters<typeof listOf>[1]): Promise<ForEyes<Entry>[]> =>
      (await newest(kind)).map((entry) => forEyesOf(caller, entry));
    const [[account], moods, notes, contacts, feedback] = await Promise.all([
      this.views.get<Account>(LEDGER, [{ stream: customerStream(customerId) }]),
      newest('mood'),
      shown('NoteAdded'),
      shown('InteractionRecorded'),
      shown('FeedbackReceived'),
    ]);
    return {
      profile: forEyesOf(caller, profile),
      moods: moods.map(({ occurredAt, data: { mood } }) => ({ at: occurredAt, mood: String(mood) })),
      notes,
      contacts,
      feedback,
      ...standingOf(account, definition, today),
    };
  }
}

interface By {
  readonly caller: Principal;
  readonly definition: RetentionDefinition;
  readonly today: Day;
}

/** What the ledger says of a customer; of one whom it does not know, nothing. */
function standingOf(
  account: Account | undefined,
  definition: RetentionDefinition,
  today: Day,
): Pick<Brief, 'lifecycle' | 'atRisk' | 'value'> {
  if (account === undefined)
    return {
      lifecycle: null,
      atRisk: null,
      value: { purchases: 0, lastPurchaseOn: null, revenue: [], subscriptions: [] },
    };
  const frame = presentOf(account, definition);
  const lifecycle = lifecycleOn(account, frame, today);
  const last = frame.version.days.at(-1)?.day;
  const silence =
    last === undefined || lifecycle.state !== 'at_risk' ? undefined : recordedSilence(account, last);
  return { lifecycle, atRisk: silence ?? null, value: valueOf(account, frame) };
}

function valueOf({ totals }: Account, { version }: Frame): Value {
  return {
    purchases: totals.purchases,
    lastPurchaseOn: version.days.at(-1)?.day ?? null,
    revenue: Object.entries(totals.revenue)
      .map(([currency, minor]) => ({ minor: wholeStored(minor), currency }))
      .sort((a, b) => (a.currency < b.currency ? -1 : 1)),
    subscriptions: version.contracts.map(({ product, startsOn, endsOn }) => ({ product, startsOn, endsOn })),
  };
}
