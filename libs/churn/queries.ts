/** The questions of this context, each: what is asked, what is read for it, and the pure function that answers. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { dayIn, type Instant } from '#kernel';
import type { CausesQuery, CohortsQuery, FiguresQuery, RetentionQuery } from './dto.js';
import { LedgerFigures, type Asked } from '#ledger/index.js';
import { dayRead, observation, type Answer, type Observation } from './queries/answer.js';
import { CAUSE_KINDS, causes, type CauseRow } from './queries/causes.js';
import { cohortKinds, cohorts, type CohortRow } from './queries/cohorts.js';
import { retention, retentionKinds, type RetentionRow } from './queries/retention.js';
import { SUMMARY_KINDS, summary, type SummaryRow } from './queries/summary.js';
import { survival, SURVIVAL_KINDS, type SurvivalRow } from './queries/survival.js';
import { cohortsOf, daysOf, mustBeZone, windowsOf } from './queries/windows.js';

abstract class FiguresAsked<Item, Q extends FiguresQuery = FiguresQuery> extends Query<Answer<Item>> {
  constructor(
    readonly query: Q,
    readonly now: Instant,
  ) {
    super();
  }
}

export class GetRetention extends FiguresAsked<RetentionRow, RetentionQuery> {}
export class GetCohorts extends FiguresAsked<CohortRow, CohortsQuery> {}
export class GetSurvival extends FiguresAsked<SurvivalRow> {}
export class GetCauses extends FiguresAsked<CauseRow, CausesQuery> {}
export class GetSummary extends FiguresAsked<SummaryRow> {}

/** Up to when the question sees; refused in a zone in which nothing is counted. */
async function seenBy(figures: LedgerFigures, query: FiguresQuery, now: Instant): Promise<Observation> {
  const { zone } = await figures.definition();
  mustBeZone(query.zone, zone);
  return observation(query.asOf, dayIn(zone, now));
}

const asked = ({ by, membership = 'dated' }: FiguresQuery, seen: Observation): Asked => ({
  by: by ?? null,
  membership,
  asOf: dayRead(seen),
});

@QueryHandler(GetRetention)
export class GetRetentionHandler implements IQueryHandler<GetRetention> {
  constructor(private readonly figures: LedgerFigures) {}

  async execute({ query, now }: GetRetention): Promise<Answer<RetentionRow>> {
    const seen = await seenBy(this.figures, query, now);
    const windows = windowsOf(query, seen);
    const kinds = retentionKinds(windows[0]!.months); // there is at least one, and all are of one length
    return retention(await this.figures.read(kinds, asked(query, seen)), windows, seen);
  }
}

@QueryHandler(GetCohorts)
export class GetCohortsHandler implements IQueryHandler<GetCohorts> {
  constructor(private readonly figures: LedgerFigures) {}

  async execute({ query, now }: GetCohorts): Promise<Answer<CohortRow>> {
    const seen = await seenBy(this.figures, query, now);
    const range = cohortsOf(query, seen);
    const figures = await this.figures.read(cohortKinds(seen), asked(query, seen));
    return cohorts(figures, query.period ?? 'month', range, seen);
  }
}

@QueryHandler(GetSurvival)
export class GetSurvivalHandler implements IQueryHandler<GetSurvival> {
  constructor(private readonly figures: LedgerFigures) {}

  async execute({ query, now }: GetSurvival): Promise<Answer<SurvivalRow>> {
    const seen = await seenBy(this.figures, query, now);
    return survival(await this.figures.read(SURVIVAL_KINDS, asked(query, seen)), seen);
  }
}

@QueryHandler(GetCauses)
export class GetCausesHandler implements IQueryHandler<GetCauses> {
  constructor(private readonly figures: LedgerFigures) {}

  async execute({ query, now }: GetCauses): Promise<Answer<CauseRow>> {
    const seen = await seenBy(this.figures, query, now);
    const window = daysOf(query, seen);
    const figures = await this.figures.read(CAUSE_KINDS, asked(query, seen));
    return causes(figures, window, query.order ?? 'value', seen);
  }
}

@QueryHandler(GetSummary)
export class GetSummaryHandler implements IQueryHandler<GetSummary> {
  constructor(private readonly figures: LedgerFigures) {}

  async execute({ query, now }: GetSummary): Promise<Answer<SummaryRow>> {
    const seen = await seenBy(this.figures, query, now);
    return summary(await this.figures.read(SUMMARY_KINDS, asked(query, seen)), seen);
  }
}
