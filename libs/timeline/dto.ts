import { CustomerField, EmailField, InstantField, OneOf, PageQuery, PhoneField } from '#http/index.js';
import type { Instant } from '#kernel';
import { CHANNELS } from '#touchpoints/events.js';
import { foldsOf } from '#projections/index.js';
import { timelineView, type TimelineEvent } from './views/timeline.js';

export class CustomerPath {
  @CustomerField() readonly customer!: string;
}

const ENTRY_TYPES = Object.keys(foldsOf(timelineView)) as TimelineEvent['type'][];

export class TimelineQuery extends PageQuery {
  @OneOf(['newest', 'oldest'], { optional: true, description: 'Which comes first. Default newest.' })
  readonly order: 'newest' | 'oldest' = 'newest';

  @OneOf(ENTRY_TYPES, { optional: true, description: 'Only entries of this event type.' })
  readonly type?: TimelineEvent['type'];

  @OneOf(CHANNELS, { optional: true, description: 'Only what came by this channel.' })
  readonly channel?: (typeof CHANNELS)[number];

  @InstantField({ optional: true, description: 'Only what happened at or after.' }) readonly from?: Instant;
  @InstantField({ optional: true, description: 'Only what happened before.' }) readonly to?: Instant;
}

/** Exactly one of the two. */
export class BriefQuery {
  @PhoneField({ optional: true }) readonly phone?: string;
  @EmailField({ optional: true }) readonly email?: string;
}
