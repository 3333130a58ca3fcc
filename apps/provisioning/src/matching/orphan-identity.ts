import { uuidv5 } from '#libs/event-store/ids.js';

/** Under this identity the hub keeps an account of which nobody is known whose it is: it is nobody's in governance. */
export const orphanIdentity = (connector: string, accountId: string): string =>
  uuidv5(`orphan/${connector}/${accountId}`);
