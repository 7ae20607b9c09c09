import { Codes, CustomerField, InstantField, OneOf, PageQuery, Text } from '#http/index.js';
import type { Instant } from '#kernel';
import { MAX_WRITTEN } from './checkpoint.js';

export class CustomerPath {
  @CustomerField() readonly customer!: string;
}

export class StateQuery extends PageQuery {
  @InstantField({ optional: true, description: 'The time. Now, if neither it nor a position is given.' })
  readonly asOf?: Instant;
  @Text({
    max: 19,
    optional: true,
    example: '1042',
    description: 'After the event at this position of the log.',
  })
  readonly position?: string;
  @OneOf(['known', 'true'], {
    optional: true,
    description:
      'With asOf. `known`: what had been recorded by then. `true`: what had happened by then, as is known today.',
  })
  readonly as: 'known' | 'true' = 'known';
}

export class VerifyQuery {
  @Text({
    max: MAX_WRITTEN,
    optional: true,
    example: '2:1042:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef',
    description:
      '`checkpoint` of an earlier answer of /v1/audit/checkpoints, kept elsewhere. Those without `2:`, of an earlier version, are still taken.',
  })
  readonly checkpoint?: string;
}

export class FollowQuery {
  @Text({
    max: 19,
    optional: true,
    example: '1042',
    description:
      'Begin behind this position; `head` for what is still to come. Default: from the beginning. Last-Event-ID, where it is sent, comes first.',
  })
  readonly after?: string;
  @Codes({ max: 100, min: 1, optional: true, description: 'Only events of these types: repeated, or `a,b`.' })
  readonly type?: string[];
  @CustomerField({ optional: true, description: "Only this customer's events." }) readonly customer?: string;
}
