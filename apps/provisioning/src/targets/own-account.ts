import { CallFailure } from '#libs/outgoing/failure.js';
import { sameAccounts, sameTarget } from './same-target.js';
import type { Call, Target } from './target.js';

/** The same application, of which the account that the hub signs in with is never disabled or removed: nobody could be disabled then. */
export function withOwnAccount(target: Target, userName: string): Target {
  const { accounts } = target;
  const isOwn = async (id: string, call: Call): Promise<boolean> => {
    try {
      const shown = await accounts.read(id, call);
      return shown.userName?.toLowerCase() === userName.toLowerCase();
    } catch (error) {
      // What cannot be read keeps nobody from being disabled.
      if (error instanceof CallFailure) return false;
      throw error;
    }
  };
  return {
    ...sameTarget(target),
    accounts: {
      ...sameAccounts(accounts),
      setActive: async (id, active, call) => {
        if (!active && (await isOwn(id, call))) throw ownAccount();
        return await accounts.setActive(id, active, call);
      },
      remove: async (id, call) => {
        if (await isOwn(id, call)) throw ownAccount();
        return await accounts.remove(id, call);
      },
    },
  };
}

function ownAccount(): CallFailure {
  const detail = 'the connector signs in with this account (auth.username): give the connector another one, then retry';
  const nothingSent = { status: null, effectUnknown: false, retryAfterMs: null };
  return new CallFailure({ class: 'validation', code: 'protected-account', ...nothingSent, detail });
}
