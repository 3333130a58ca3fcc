/** The longest time of one call, from sending it to the last byte of the answer. */
export const callTimeoutMs = 30_000;
