/** The one source of chance of this service: spreads retries. */
export const chance = (): number => Math.random();
