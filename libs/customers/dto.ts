import {
  Code,
  CustomerField,
  DayField,
  IdField,
  EmailField,
  InstantField,
  ListOf,
  Nested,
  OneOf,
  PageQuery,
  PhoneField,
  Text,
  Codes,
} from '#http/index.js';
import type { Day, Instant } from '#kernel';
import { KINDS, RELATIONSHIPS } from './events.js';

export class CustomerPath {
  @CustomerField() readonly customer!: string;
}

export class ContactPointPath extends CustomerPath {
  @IdField({ description: 'The id that adding it answered.' })
  readonly contactPoint!: string;
}

export class TagPath extends CustomerPath {
  @Code({ example: 'newsletter' }) readonly tag!: string;
}

/** Exactly one of the four. */
export class ContactPointDto {
  @EmailField({ optional: true, description: 'Kept in lower case.' }) readonly email?: string;
  @PhoneField({ optional: true, description: 'With country code; kept as E.164.' }) readonly phone?: string;
  @Text({ max: 400, multiline: true, optional: true, example: '1 High Street, Oxford OX1 4AA' })
  readonly postal?: string;
  @Text({ max: 200, optional: true, example: 'mastodon:@ada@example.org' }) readonly social?: string;
  @Code({ optional: true, example: 'home' }) readonly label?: string;
}

export class ExternalIdDto {
  @Code({ example: 'shop', description: 'The system that gave the id.' }) readonly source!: string;
  @Text({ max: 200, example: 'C-10045' }) readonly value!: string;
}

class Dated {
  @InstantField({ optional: true, description: 'When it happened; now, if not given.' })
  readonly occurredAt?: Instant;
}

export class RegisterCustomerDto extends Dated {
  @OneOf(KINDS) readonly kind!: (typeof KINDS)[number];
  @OneOf(RELATIONSHIPS, { optional: true, description: 'Default prospect.' })
  readonly relationship?: (typeof RELATIONSHIPS)[number];
  @Text({ max: 200, optional: true, example: 'Ada Lovelace' }) readonly name?: string;
  @DayField({
    optional: true,
    description: 'First day of the relationship, where earlier history is missing.',
  })
  readonly customerSince?: Day;
  @ListOf(() => ContactPointDto, { max: 20, optional: true }) readonly contactPoints?: ContactPointDto[];
  @Nested(() => ExternalIdDto, {
    optional: true,
    description: 'The customer is found under it from now on; its own id follows from it.',
  })
  readonly externalId?: ExternalIdDto;
  @Code({ optional: true, example: 'premium' }) readonly segment?: string;
  @Code({ optional: true, example: 'uk-south' }) readonly region?: string;
  @Code({ optional: true, example: 'retail' }) readonly unit?: string;
  @Codes({ max: 50, optional: true }) readonly tags?: string[];
}

export class CorrectProfileDto extends Dated {
  @Text({ max: 200, optional: true, example: 'Ada King' }) readonly name?: string;
  @OneOf(RELATIONSHIPS, { optional: true }) readonly relationship?: (typeof RELATIONSHIPS)[number];
  @DayField({ optional: true }) readonly customerSince?: Day;
}

export class AddContactPointDto extends ContactPointDto {
  @InstantField({ optional: true }) readonly occurredAt?: Instant;
}

export class LinkExternalIdDto extends ExternalIdDto {
  @InstantField({ optional: true }) readonly occurredAt?: Instant;
}

export class AssignMarketSegmentDto extends Dated {
  @Code({ example: 'premium' }) readonly segment!: string;
}
export class AssignRegionDto extends Dated {
  @Code({ example: 'uk-south' }) readonly region!: string;
}
export class AssignBusinessUnitDto extends Dated {
  @Code({ example: 'retail' }) readonly unit!: string;
}
export class AddTagDto extends Dated {
  @Code({ example: 'newsletter' }) readonly tag!: string;
}
export class EraseCustomerDto {
  @Code({ example: 'gdpr_request', description: 'Why. A code, not a text: it is kept.' })
  readonly reason!: string;
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
}
