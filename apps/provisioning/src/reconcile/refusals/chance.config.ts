/** The only random source of this service: it spreads retries. */
export const chance = (): number => Math.random();
