import type { NameHolder } from '../../accounts/name-holders.query.js';
import type { Policy } from '../../accounts/plan.js';
import type { GroupDirectory } from '../../groups/group-directory.js';
import type { ApplicationCalls } from '../calls/application-calls.js';
import type { Journal } from './journal.js';
import type { PlaceProof } from '../look-ups/place-proof.js';
import type { Refusals } from '../refusals/refusals.js';

/** What the work on one account needs of its worker. */
export interface TaskContext {
  readonly connector: string;
  readonly policy: Policy;
  readonly journal: Journal;
  readonly calls: ApplicationCalls;
  readonly refusals: Refusals;
  /** Another account that the hub keeps there under this userName. */
  readonly nameHolder: (userName: string, identityId: string) => Promise<NameHolder | null>;
  /** Somebody else's account that nobody may use is to give its userName up to this identity. */
  readonly askForName: (userName: string, from: string, to: string) => Promise<void>;
  /** When the application last did what was asked for an account other than this one; null for never. */
  readonly othersSucceededMs: (identityId: string) => number | null;
  /** It waits for a person from now on. */
  readonly parked: (identityId: string, code: string) => void;
  readonly place: PlaceProof;
  readonly membership: GroupDirectory['membership'];
  readonly now: () => string;
  readonly chance: () => number;
  /** When a call that started then, and of which nothing was heard, can no longer be running. */
  readonly overMs: (startedAtMs: number) => number;
  /** May calls leave now? When not, the account stays due, and is taken up once they may. */
  readonly mayCall: () => boolean;
  /** The worker ends: what is under way is finished, nothing is begun. */
  readonly ending: () => boolean;
}
