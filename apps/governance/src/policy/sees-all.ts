import type { Caller } from '#libs/auth/caller.js';

/** Does a caller see what concerns everybody? Others see what is their own, or waits for them. */
export const seesAll = ({ roles }: Caller): boolean => roles.includes('policy-admin') || roles.includes('auditor');
