import type { EntitlementKind } from '#libs/contracts/entitlement.js';
import type { Loaded } from '#libs/event-store/event-stream.js';
import type { Account, Granted, NameHolder, Operate, Policy, PullRule } from '../../accounts/accounts.exports.js';
import type { GroupDirectory } from '../../groups/groups.exports.js';
import type { ApplicationCalls } from '../calls/application-calls.process.js';
import type { Journal } from './journal.process.js';
import type { UniqueValues } from '../look-ups/unique-values.js';
import type { PlaceProof } from '../look-ups/place-proof.js';
import type { Removal } from './removal-guard.js';
import type { Ended } from '../refusals/quarantine.js';
import type { Refusals } from '../refusals/refusals.js';

/** What the work on one account needs from its worker. */
export interface TaskContext {
  readonly connector: string;
  readonly policy: Policy;
  readonly journal: Journal;
  readonly calls: ApplicationCalls;
  readonly refusals: Refusals;
  /** Another account that the hub keeps there under this userName. */
  readonly nameHolder: (userName: string, identityId: string) => Promise<NameHolder | null>;
  /** What the application makes, and becomes attributes of identities. */
  readonly pull: readonly PullRule[];
  /** Chooses what gets a value that nobody else has. */
  readonly choose: UniqueValues['choose'];
  /** Asks an account that nobody may use to give its userName to this identity. */
  readonly askForName: (userName: string, from: string, to: string) => Promise<void>;
  /** An account from its facts: a row that an older version wrote may lack what is known of it. */
  readonly reload: (streamId: string) => Promise<Loaded<Account>>;
  /** When the application last succeeded for another account than this one; null for never. */
  readonly othersSucceededMs: (identityId: string) => number | null;
  /** Does the limit of the connector hold this removal for a person? Null: no; else how many it permits in an hour. */
  readonly removalLimit: (removal: Removal) => number | null;
  /** When this may be done for the account; null: now. Not while such calls are refused to everybody, or most accounts are refused. */
  readonly waitUntilMs: (next: Pick<Operate, 'kind' | 'entitlement'>, identityId: string) => number | null;
  /** How the work on an account that should be there ended. */
  readonly ended: (identityId: string, ended: Ended) => void;
  /** Called when the account is parked. */
  readonly parked: (identityId: string, code: string) => void;
  readonly place: PlaceProof;
  /** What has become of something that was granted with an account. */
  readonly membership: (granted: Granted) => ReturnType<GroupDirectory['membership']>;
  /** Which kinds of entitlements the application grants. */
  readonly grants: (kind: EntitlementKind) => boolean;
  readonly now: () => string;
  /** The wait after so many failures. */
  readonly backoffMs: (failures: number) => number;
  /** Attempts after which a person must look, if the application serves others in the meantime. */
  readonly mostAttempts: number;
  /** People make its changes: a task has a deadline of its own. */
  readonly byPeople: boolean;
  /** When a call that started then, and has no answer, can no longer be running. */
  readonly overMs: (startedAtMs: number) => number;
  /** May calls be made now? If not, the account stays due. */
  readonly mayCall: () => boolean;
  /** True while the worker stops: running work is finished, nothing new is started. */
  readonly ending: () => boolean;
}
