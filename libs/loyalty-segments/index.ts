/** How customers respond to spend, by unit: acquirers, retainers, profit-maximizers. */
import type { Context } from '#context/index.js';
import { LoyaltySegmentsModule } from './loyalty-segments.module.js';
import { unitFiguresView } from './views/unit-figures.js';

export const loyaltySegments: Context = {
  views: ({ definition }) => [unitFiguresView(definition, definition.version)],
  module: LoyaltySegmentsModule,
};
