import { count, named, object } from '#libs/service-kit/openapi/schema.js';

/** How many held removals go on. */
export interface ReleasedRemovals {
  readonly released: number;
}

export const releasedRemovalsAnswer = named('ReleasedRemovals', object<ReleasedRemovals>({ released: count }), {
  released: 12,
});
