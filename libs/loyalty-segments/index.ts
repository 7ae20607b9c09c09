/** How customers respond to spend, by unit: acquirers, retainers, profit-maximizers. */
import type { Context } from '#context/index.js';
import { LoyaltySegmentsModule } from './loyalty-segments.module.js';

export const loyaltySegments: Context = { module: LoyaltySegmentsModule };
