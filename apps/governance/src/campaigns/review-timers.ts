/** Timers of a review; their key is the review. Pages of each are done one after the other, so that a crash goes on after the last. */
export const timerKinds = {
  /** Lists the access of its scope. */
  list: 'review-list',
  /** It is due, or everything has been decided. */
  due: 'review-due',
  /** Looks whether revocations are verified. */
  verify: 'review-verify',
  /** A package is reviewed again; the key is the package. */
  every: 'review-every',
  /** The people who decide have changed; the key is a person. */
  reroute: 'review-reroute',
} as const;

/** Items handled in one work, at most. */
export const itemsPerWork = 100;
