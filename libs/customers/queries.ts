/** Profiles, one or a page of them. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  decodeCursor,
  encodeCursor,
  forEyesOf,
  invalidRequest,
  page,
  type ForEyes,
  type Page,
  type Principal,
} from '#http/index.js';
import { customerStream, DomainError, type CustomerId, type Instant } from '#kernel';
import type { Lifecycle, LifecycleState } from '#ledger/index.js';
import { ViewReader } from '#projections/index.js';
import type { FindCustomersQuery } from './dto.js';
import { contactList, PROFILE, type Profile } from './events.js';
import { Lifecycles } from './lifecycles.js';
import { Identities } from '#key-store/identities.js';

/** With its state today, where the ledger has the customer. */
export type ProfileAnswer = ForEyes<Profile> & { readonly lifecycle?: Lifecycle };

const profileOf = (customer: string) => ({ stream: customerStream(customer as CustomerId) });

export class GetProfile extends Query<ProfileAnswer> {
  constructor(
    readonly customer: CustomerId,
    readonly caller: Principal,
    readonly now: Instant,
  ) {
    super();
  }
}

export class FindCustomers extends Query<Page<ProfileAnswer>> {
  constructor(
    readonly query: FindCustomersQuery,
    readonly caller: Principal,
    readonly now: Instant,
  ) {
    super();
  }
}

@QueryHandler(GetProfile)
export class GetProfileHandler implements IQueryHandler<GetProfile> {
  constructor(
    private readonly views: ViewReader,
    private readonly lifecycles: Lifecycles,
  ) {}

  async execute({ customer, caller, now }: GetProfile): Promise<ProfileAnswer> {
    const [profile] = await this.views.get<Profile>(PROFILE, [profileOf(customer)]);
    if (profile === undefined)
      throw new DomainError('customer.not_found', 'There is no such customer.', 'not_found');
    if (profile.holder !== undefined) {
      throw new DomainError(
        'customer.alias',
        `This identity belongs to customer ${profile.holder}.`,
        'gone',
        {
          successor: profile.holder,
        },
      );
    }
    const lifecycle = (await this.lifecycles.of([customer], now)).get(customer);
    return withLifecycle(forEyesOf(caller, profile), lifecycle);
  }
}

const withLifecycle = (profile: ForEyes<Profile>, lifecycle: Lifecycle | undefined): ProfileAnswer =>
  lifecycle === undefined ? profile : { ...profile, lifecycle };

@QueryHandler(FindCustomers)
export class FindCustomersHandler implements IQueryHandler<FindCustomers> {
  constructor(
    private readonly views: ViewReader,
    private readonly identities: Identities,
    private readonly lifecycles: Lifecycles,
  ) {}

  async execute({ query, caller, now }: FindCustomers): Promise<Page<ProfileAnswer>> {
    const found = await this.found(query, now);
    const ids = found.items.map(({ customerId }) => customerId as CustomerId); // the view's keys
    const lifecycles = await this.lifecycles.of(ids, now);
    return {
      ...found,
      items: found.items.map((profile) =>
        withLifecycle(forEyesOf(caller, profile), lifecycles.get(profile.customerId)),
      ),
    };
  }

  private async found(query: FindCustomersQuery, now: Instant): Promise<Page<Profile>> {
    if (query.externalId !== undefined || query.source !== undefined) return this.underExternalId(query);
    if (query.lifecycle !== undefined) return this.inState(query, query.lifecycle, now);
    const place = decodeCursor(query.cursor, 2);
    const after = place === undefined ? {} : { after: { sort: place[0]!, key: place[1]! } }; // two were asked for
    const items = await this.views.range(PROFILE, this.listOf(query), { ...after, limit: query.limit + 1 });
    const found = page(items, query.limit, ({ sort, key }) => [sort, key]);
    return {
      ...found,
      items: found.items.map(({ document }) => JSON.parse(document) as Profile),
    };
  }

  private async inState(
    query: FindCustomersQuery,
    state: LifecycleState,
    now: Instant,
  ): Promise<Page<Profile>> {
    if (this.listOf(query) !== 'all') throw oneWay();
    const [sort, key] = decodeCursor(query.cursor, 2) ?? [];
    const from = sort === undefined || key === undefined ? undefined : { sort, key };
    const { customers, next } = await this.lifecycles.in(state, now, query.limit, from);
    const profiles = await this.views.get<Profile>(PROFILE, customers.map(profileOf));
    return {
      items: profiles.filter((profile) => profile !== undefined),
      next: next === null ? null : encodeCursor(next.sort, next.key),
    };
  }

  private listOf(query: FindCustomersQuery): string {
    const { hash } = this.identities;
    const ways = [
      ...(['phone', 'email', 'social'] as const).map(
        (medium) => query[medium] && contactList(hash, medium, query[medium]),
      ),
      ...(['segment', 'unit', 'region', 'tag'] as const).map(
        (field) => query[field] && `${field}:${query[field]}`,
      ),
    ].filter((way) => way !== undefined && way !== '');
    if (ways.length > 1) {
      throw oneWay();
    }
    return ways[0] ?? 'all';
  }

  private async underExternalId({ source, externalId }: FindCustomersQuery): Promise<Page<Profile>> {
    if (source === undefined || externalId === undefined) {
      throw invalidRequest([
        { field: 'source', code: 'together', message: 'Send source and externalId together.' },
      ]);
    }
    const identity = this.identities.idUnder({ source, value: externalId });
    const [named] = await this.views.get<Profile>(PROFILE, [profileOf(identity)]);
    const [profile] =
      named?.holder === undefined
        ? [named]
        : await this.views.get<Profile>(PROFILE, [profileOf(named.holder)]);
    return { items: profile === undefined ? [] : [profile], next: null };
  }
}

const oneWay = (): Error =>
  invalidRequest([{ field: 'query', code: 'one_of', message: 'Find by one of these at a time.' }]);
