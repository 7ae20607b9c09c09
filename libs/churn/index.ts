/** Who stayed, who left and who may: retention, cohorts, survival, causes. */
import type { Context } from '#context/index.js';
import { ChurnModule } from './churn.module.js';
import { churnView } from './views/churn.js';

export { becomingAtRisk } from './becoming-at-risk.js';

export const churn: Context = { views: ({ definition }) => [churnView(definition)], module: ChurnModule };
