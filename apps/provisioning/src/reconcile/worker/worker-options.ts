import type { ConnectorRow } from '../../connectors/connectors.exports.js';
import type { GroupEvent } from '../../groups/groups.exports.js';
import type { Target } from '../../targets/targets.exports.js';
import type { AccountStorage } from './account-storage.process.js';
import type { Health } from './health.store.js';

/** What a connector's worker is made of. */
export interface ConnectorWorkerOptions {
  readonly row: ConnectorRow;
  readonly storage: AccountStorage;
  readonly health: Health;
  readonly target: Target;
  /** The same application, to which no change is sent. */
  readonly trial: () => Target;
  readonly applications: () => Promise<readonly string[]>;
  readonly now: () => string;
  readonly chance: () => number;
  readonly holder: string;
  /** The former process has ended before `startedMs`: this process takes its lease, and its calls end soon. */
  readonly takeover: { readonly startedMs: number } | null;
  readonly onError: (error: unknown) => void;
  readonly onGroups: (events: readonly GroupEvent[]) => void;
  readonly onParked: (identityId: string, code: string) => void;
}
