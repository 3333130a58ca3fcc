import { ConcurrencyConflict } from '#libs/event-store/conflict.js';

/** How often a decision is made again after someone else wrote first. */
const attempts = 8;

/** Runs one load, decide and commit; again from the start when someone else wrote first. */
export async function decideAgainOnConflict<T>(once: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once();
    } catch (error) {
      if (!(error instanceof ConcurrencyConflict) || attempt >= attempts) throw error;
    }
  }
}
