/** What happened to a customer, newest first, and what to know before speaking to them. */
import type { Context } from '#context/index.js';
import { TimelineModule } from './timeline.module.js';
import { timelineView } from './views/timeline.js';

export const timeline: Context = { views: () => [timelineView], module: TimelineModule };
