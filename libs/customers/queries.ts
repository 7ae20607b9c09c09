/** Profiles, one or a page of them. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  decodeCursor,
  forEyesOf,
  invalidRequest,
  page,
  type ForEyes,
  type Page,
  type Principal,
} from '#http/index.js';
import { customerStream, DomainError, type CustomerId } from '#kernel';
import { ViewReader } from '#projections/index.js';
import type { FindCustomersQuery } from './dto.js';
import { contactList, PROFILE, type Profile } from './events.js';
import { Identities } from '#key-store/identities.js';

export type ProfileAnswer = ForEyes<Profile>;

const profileOf = (customer: string) => ({ stream: customerStream(customer as CustomerId) });

export class GetProfile extends Query<ProfileAnswer> {
  constructor(
    readonly customer: CustomerId,
    readonly caller: Principal,
  ) {
    super();
  }
}

export class FindCustomers extends Query<Page<ProfileAnswer>> {
  constructor(
    readonly query: FindCustomersQuery,
    readonly caller: Principal,
  ) {
    super();
  }
}

@QueryHandler(GetProfile)
export class GetProfileHandler implements IQueryHandler<GetProfile> {
  constructor(private readonly views: ViewReader) {}

  async execute({ customer, caller }: GetProfile): Promise<ProfileAnswer> {
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
    return forEyesOf(caller, profile);
  }
}

@QueryHandler(FindCustomers)
export class FindCustomersHandler implements IQueryHandler<FindCustomers> {
  constructor(
    private readonly views: ViewReader,
    private readonly identities: Identities,
  ) {}

  async execute({ query, caller }: FindCustomers): Promise<Page<ProfileAnswer>> {
    if (query.externalId !== undefined || query.source !== undefined)
      return this.underExternalId(query, caller);
    const place = decodeCursor(query.cursor, 2);
    const after = place === undefined ? {} : { after: { sort: place[0]!, key: place[1]! } }; // two were asked for
    const items = await this.views.range(PROFILE, this.listOf(query), { ...after, limit: query.limit + 1 });
    const found = page(items, query.limit, ({ sort, key }) => [sort, key]);
    return {
      ...found,
      items: found.items.map(({ document }) => forEyesOf(caller, JSON.parse(document) as Profile)),
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
      throw invalidRequest([{ field: 'query', code: 'one_of', message: 'Find by one of these at a time.' }]);
    }
    return ways[0] ?? 'all';
  }

  private async underExternalId(
    { source, externalId }: FindCustomersQuery,
    caller: Principal,
  ): Promise<Page<ProfileAnswer>> {
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
    return { items: profile === undefined ? [] : [forEyesOf(caller, profile)], next: null };
  }
}
