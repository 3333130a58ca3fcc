/** How long one call may take, from leaving to its last byte. */
export const callTimeoutMs = 30_000;
