/** What other features of this service may use of this one. */
export { AccessModule } from './access.module.js';
export { timelineItem, type TimelineItem, timelineOf } from './identity-timeline.query.js';
export { NamedExplanations } from './named-explanations.query.js';
export { becauseOf, overlaps } from './period.js';
export { type Holder, Timelines } from './timelines.query.js';
