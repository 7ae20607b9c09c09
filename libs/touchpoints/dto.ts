import {
  Code,
  CustomerField,
  DayField,
  IdField,
  InstantField,
  ListOf,
  MoneyField,
  OneOf,
  Text,
  Whole,
} from '#http/index.js';
import type { Day, Instant, Money } from '#kernel';
import { CHANNELS, DIRECTIONS, INTERVALS, MOODS, POLARITIES, SURVEYS } from './events.js';

export class CustomerPath {
  @CustomerField() readonly customer!: string;
}
export class TouchpointPath extends CustomerPath {
  @IdField({ description: 'The id that recording it answered.' })
  readonly touchpoint!: string;
}
export class SubscriptionPath extends CustomerPath {
  @IdField({ description: 'The id that starting it answered.' })
  readonly subscription!: string;
}

export class Dated {
  @InstantField({ optional: true, description: 'When it happened; now, if not given.' })
  readonly occurredAt?: Instant;
}

export class InteractionDto extends Dated {
  @OneOf(CHANNELS) readonly channel!: (typeof CHANNELS)[number];
  @OneOf(DIRECTIONS) readonly direction!: (typeof DIRECTIONS)[number];
  @Text({ max: 200, optional: true, example: 'Late delivery' }) readonly subject?: string;
  @Text({ max: 10_000, multiline: true, optional: true, example: 'Asked where the parcel is.' })
  readonly text?: string;
  @Code({ optional: true, example: 'resolved' }) readonly outcome?: string;
  @Whole({ min: 0, max: 604_800, optional: true, example: 240 }) readonly durationSeconds?: number;
  @Code({ optional: true, example: 'agent-7' }) readonly staff?: string;
  @OneOf(MOODS, { optional: true, description: "The customer's mood, as staff noted it." })
  readonly mood?: (typeof MOODS)[number];
}

export class NoteDto extends Dated {
  @Text({ max: 10_000, multiline: true, example: 'Moved house in May.' }) readonly text!: string;
  @Text({ max: 2_000, multiline: true, optional: true, example: 'Prefers to be called after six.' })
  readonly treatment?: string;
  @OneOf(MOODS, { optional: true }) readonly mood?: (typeof MOODS)[number];
  @Code({ optional: true, example: 'agent-7' }) readonly staff?: string;
}

export class FeedbackDto extends Dated {
  @OneOf(CHANNELS) readonly channel!: (typeof CHANNELS)[number];
  @OneOf(SURVEYS) readonly survey!: (typeof SURVEYS)[number];
  @Whole({ min: 0, max: 10, optional: true, example: 9, description: 'NPS 0 to 10, CSAT 1 to 5.' })
  readonly score?: number;
  @OneOf(POLARITIES) readonly polarity!: (typeof POLARITIES)[number];
  @Text({ max: 10_000, multiline: true, optional: true, example: 'Quick and friendly.' })
  readonly text?: string;
  @Code({ optional: true, example: 'broadband' }) readonly product?: string;
}

export class MentionDto extends Dated {
  @Code({ example: 'mastodon' }) readonly network!: string;
  @OneOf(POLARITIES) readonly sentiment!: (typeof POLARITIES)[number];
  @Text({ max: 10_000, multiline: true, optional: true, example: 'Great service today!' })
  readonly text?: string;
  @Text({ max: 2_000, optional: true, example: 'https://social.example/@ada/1' }) readonly url?: string;
}

export class PurchaseLineDto {
  @Code({ example: 'cd' }) readonly product!: string;
  @Whole({ min: 0, max: 1_000_000_000, example: 2 }) readonly quantity!: number;
  @MoneyField({ min: 0, optional: true }) readonly amount?: Money;
}

export class PurchaseDto extends Dated {
  @MoneyField({ min: 0, description: 'What was paid in all.' }) readonly amount!: Money;
  @MoneyField({ optional: true, description: 'What is left of it after its own costs.' })
  readonly margin?: Money;
  @OneOf(CHANNELS, { optional: true }) readonly channel?: (typeof CHANNELS)[number];
  @ListOf(() => PurchaseLineDto, { max: 500, optional: true }) readonly lines?: PurchaseLineDto[];
  @Code({ optional: true, example: 'spring-sale' }) readonly campaign?: string;
}

export class RefundDto extends Dated {
  @MoneyField({ min: 1 }) readonly amount!: Money;
  @Code({ optional: true, example: 'damaged' }) readonly reason?: string;
}

export class CorrectionDto {
  @Code({ example: 'typing_error', description: 'Why. A code, not a text: it is kept.' })
  readonly reason!: string;
  @InstantField({ optional: true, description: 'When it truly happened.' }) readonly occurredAt?: Instant;
  @OneOf(CHANNELS, { optional: true }) readonly channel?: (typeof CHANNELS)[number];
  @OneOf(DIRECTIONS, { optional: true }) readonly direction?: (typeof DIRECTIONS)[number];
  @Text({ max: 200, optional: true, example: 'Late delivery' }) readonly subject?: string;
  @Text({ max: 10_000, multiline: true, optional: true, example: 'Asked where the second parcel is.' })
  readonly text?: string;
  @Text({ max: 2_000, multiline: true, optional: true, example: 'Call before ten.' })
  readonly treatment?: string;
  @Code({ optional: true, example: 'resolved' }) readonly outcome?: string;
  @OneOf(MOODS, { optional: true }) readonly mood?: (typeof MOODS)[number];
  @Whole({ min: 0, max: 10, optional: true, example: 8 }) readonly score?: number;
  @OneOf(POLARITIES, { optional: true }) readonly polarity?: (typeof POLARITIES)[number];
  @OneOf(POLARITIES, { optional: true }) readonly sentiment?: (typeof POLARITIES)[number];
  @MoneyField({ min: 0, optional: true }) readonly amount?: Money;
  @MoneyField({ optional: true }) readonly margin?: Money;
  @ListOf(() => PurchaseLineDto, { max: 500, optional: true }) readonly lines?: PurchaseLineDto[];
}

export class RetractionDto {
  @Code({ example: 'wrong_customer', description: 'Why. A code, not a text: it is kept.' })
  readonly reason!: string;
}

export class StartSubscriptionDto {
  @Code({ example: 'broadband' }) readonly product!: string;
  @Code({ optional: true, example: 'fibre-500' }) readonly plan?: string;
  @MoneyField({ min: 0, description: 'What is paid every interval.' }) readonly recurring!: Money;
  @OneOf(INTERVALS) readonly interval!: (typeof INTERVALS)[number];
  @DayField() readonly startsOn!: Day;
  @DayField({ optional: true, description: 'Last paid day of the first term.' }) readonly paidUntil?: Day;
}

export class RenewSubscriptionDto {
  @DayField() readonly renewedOn!: Day;
  @DayField({ example: '2027-02-28' }) readonly paidUntil!: Day;
}

export class ChangeSubscriptionDto {
  @DayField() readonly effectiveOn!: Day;
  @MoneyField({ min: 0, optional: true }) readonly recurring?: Money;
  @Code({ optional: true, example: 'fibre-900' }) readonly plan?: string;
}

export class CancelSubscriptionDto {
  @DayField({ description: 'When notice was given.' }) readonly noticeOn!: Day;
  @DayField({ example: '2026-04-01', description: 'First day without the subscription.' })
  readonly effectiveOn!: Day;
  @Code({ optional: true, example: 'price' }) readonly reason?: string;
}
