import { createHash } from 'node:crypto';

/** The same parts have the same fingerprint. */
export const fingerprint = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
