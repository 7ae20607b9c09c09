/** Who stayed, who left and who may: retention, cohorts, survival, causes. */
import type { Context } from '#context/index.js';
import { ChurnModule } from './churn.module.js';

export { becomingAtRisk } from './becoming-at-risk.js';

export const churn: Context = { module: ChurnModule };
