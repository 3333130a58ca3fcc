/** Resolves after a while. */
export const pause = (ms: number): Promise<void> => new Promise((done) => void setTimeout(done, ms));
