import { Code, CustomerField, EmailField, OneOf, PageQuery, PhoneField, Text } from '#http/index.js';
import { LIFECYCLE, type LifecycleState } from '#ledger/index.js';

export class CustomerPath {
  @CustomerField() readonly customer!: string;
}

/** At most one way of finding; none lists all customers. */
export class FindCustomersQuery extends PageQuery {
  @PhoneField({ optional: true }) readonly phone?: string;
  @EmailField({ optional: true }) readonly email?: string;
  @Text({ max: 200, optional: true, example: 'mastodon:@ada@example.org', description: 'A social handle.' })
  readonly social?: string;
  @Code({ optional: true, example: 'shop', description: 'With externalId.' }) readonly source?: string;
  @Text({ max: 200, optional: true, example: 'C-10045', description: 'With source.' })
  readonly externalId?: string;
  @Code({ optional: true, example: 'premium' }) readonly segment?: string;
  @Code({ optional: true, example: 'retail' }) readonly unit?: string;
  @Code({ optional: true, example: 'uk-south' }) readonly region?: string;
  @Code({ optional: true, example: 'newsletter' }) readonly tag?: string;
  @OneOf(LIFECYCLE, {
    optional: true,
    description: 'State today by the published definition of retention, the next to be lost first.',
  })
  readonly lifecycle?: LifecycleState;
}
