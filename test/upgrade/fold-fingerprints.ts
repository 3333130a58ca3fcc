import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Accesses } from '#apps/governance/src/assignments/accesses.stream.js';
import {
  AccessPackages,
  Applications,
  BirthrightRules,
  MoverRules,
  NameRuleStreams,
  WorkflowStreams,
  SeparationRules,
} from '#apps/governance/src/catalog/catalog.stream.js';
import { ReviewItems, Reviews } from '#apps/governance/src/campaigns/reviews.stream.js';
import { PackageReleases } from '#apps/governance/src/catalog/package-releases.stream.js';
import { Releases } from '#apps/governance/src/catalog/releases.stream.js';
import { Lockdowns } from '#apps/governance/src/lockdowns/lockdowns.stream.js';
import { Delegations } from '#apps/governance/src/delegations/delegations.stream.js';
import { DesiredAccesses } from '#apps/governance/src/desired-access/desired-accesses.stream.js';
import { Restatements } from '#apps/governance/src/desired-access/restatements.stream.js';
import { Identities } from '#apps/governance/src/identities/identities.stream.js';
import { Sponsorships } from '#apps/governance/src/sponsorships/sponsorships.stream.js';
import { AccessRequests } from '#apps/governance/src/requests/access-requests.stream.js';
import { Workers } from '#apps/hr-ingest/src/workers/workers.stream.js';
import { Accounts } from '#apps/provisioning/src/accounts/accounts.stream.js';
import { Connectors } from '#apps/provisioning/src/connectors/connectors.stream.js';
import { Entitlements } from '#apps/provisioning/src/discovery/entitlements.stream.js';
import { Exposures } from '#apps/provisioning/src/exposures/exposures.stream.js';
import { ReadingEnds } from '#apps/provisioning/src/readings/reading-ends.stream.js';
import { RemovalReleases } from '#apps/provisioning/src/removals/removal-releases.stream.js';
import { Cases } from '#apps/provisioning/src/cases/cases.stream.js';
import { Groups } from '#apps/provisioning/src/groups/groups.stream.js';
import { ObservedAccesses } from '#apps/provisioning/src/observed-access/observed-accesses.stream.js';
import { Ownerships } from '#apps/provisioning/src/matching/ownerships.stream.js';
import { AccountLists } from '#apps/provisioning/src/lists/account-lists.stream.js';
import { Tasks } from '#apps/provisioning/src/tasks/tasks.stream.js';
import type { AnyFact, RecordedFact } from '#libs/event-store/core.js';
import type { Tx } from '#libs/event-store/database.js';
import type { EventStore } from '#libs/event-store/event-store.js';
import type { EventStream } from '#libs/event-store/event-stream.js';
import type { Work } from '#libs/event-store/work.js';
import { root } from '../support/processes.js';

type AnyStream = Pick<EventStream<unknown, AnyFact>, 'category' | 'fold' | 'whole' | 'restore'>;

interface Golden {
  readonly make: new (store: EventStore) => AnyStream;
  readonly file: string;
  /** Facts of the file that are of this category; all unless given. */
  readonly types?: readonly string[];
  readonly id: string;
}

const ada = '0198c0de-0000-7000-8000-00000000000a';
const governance = 'apps/governance/src';
const catalog = `${governance}/catalog/golden/catalog.facts.jsonl`;
const desired = `${governance}/desired-access/golden/desired-access.facts.jsonl`;
const provisioning = 'apps/provisioning/src';

/** Each category of streams, with the golden facts that its fold is tried on. */
export const goldenStreams: readonly Golden[] = [
  { make: Workers, file: 'apps/hr-ingest/src/workers/golden/worker.facts.jsonl', id: ada },
  { make: Identities, file: `${governance}/identities/golden/identity.facts.jsonl`, id: ada },
  { make: Accesses, file: `${governance}/assignments/golden/access.facts.jsonl`, id: ada },
  { make: Lockdowns, file: `${governance}/lockdowns/golden/lockdown.facts.jsonl`, id: ada },
  { make: Delegations, file: `${governance}/delegations/golden/delegation.facts.jsonl`, id: ada },
  { make: Reviews, file: `${governance}/campaigns/golden/review.facts.jsonl`, id: ada },
  { make: ReviewItems, file: `${governance}/campaigns/golden/review-item.facts.jsonl`, id: ada },
  { make: Sponsorships, file: `${governance}/sponsorships/golden/sponsorship.facts.jsonl`, id: ada },
  { make: AccessRequests, file: `${governance}/requests/golden/access-request.facts.jsonl`, id: ada },
  { make: DesiredAccesses, file: desired, types: ['DesiredAccessChanged'], id: `${ada}.wiki` },
  { make: Restatements, file: desired, types: ['DesiredAccessRestated'], id: 'wiki' },
  { make: Applications, file: catalog, types: ['ApplicationDefined'], id: 'wiki' },
  { make: AccessPackages, file: catalog, types: ['AccessPackageDefined'], id: 'wiki-editor' },
  { make: BirthrightRules, file: catalog, types: ['BirthrightRuleDefined'], id: 'everybody' },
  { make: SeparationRules, file: catalog, types: ['SeparationRuleDefined'], id: 'payments' },
  { make: MoverRules, file: catalog, types: ['MoverRuleDefined'], id: 'everybody' },
  { make: NameRuleStreams, file: catalog, types: ['NameRuleDefined'], id: 'contractors' },
  { make: WorkflowStreams, file: catalog, types: ['WorkflowDefined'], id: 'engineers-begin' },
  { make: PackageReleases, file: `${governance}/catalog/golden/package-release.facts.jsonl`, id: 'wiki-user' },
  { make: Releases, file: `${governance}/catalog/golden/release.facts.jsonl`, id: ada },
  { make: Accounts, file: `${provisioning}/accounts/golden/account.facts.jsonl`, id: `${ada}.wiki` },
  { make: Groups, file: `${provisioning}/groups/golden/group.facts.jsonl`, id: `${ada}.wiki` },
  { make: Entitlements, file: `${provisioning}/discovery/golden/entitlement.facts.jsonl`, id: `${ada}.wiki` },
  { make: Exposures, file: `${provisioning}/exposures/golden/exposure.facts.jsonl`, id: ada },
  { make: Ownerships, file: `${provisioning}/matching/golden/ownership.facts.jsonl`, id: `${ada}.wiki` },
  { make: ReadingEnds, file: `${provisioning}/readings/golden/reading.facts.jsonl`, id: ada },
  {
    make: ObservedAccesses,
    file: `${provisioning}/observed-access/golden/observed-access.facts.jsonl`,
    id: `${ada}.wiki`,
  },
  { make: RemovalReleases, file: `${provisioning}/removals/golden/removal-release.facts.jsonl`, id: ada },
  { make: Cases, file: `${provisioning}/cases/golden/case.facts.jsonl`, id: `${ada}.wiki` },
  { make: AccountLists, file: `${provisioning}/lists/golden/account-list.facts.jsonl`, id: 'keys' },
  { make: Tasks, file: `${provisioning}/tasks/golden/manual-task.facts.jsonl`, id: ada },
  { make: Connectors, file: `${provisioning}/connectors/golden/connector.facts.jsonl`, id: 'wiki' },
];

/** The lines of a golden file. */
export function goldenFacts(file: string): AnyFact[] {
  const lines = readFileSync(join(root, file), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as AnyFact);
}

/** Every golden file of facts. */
export const goldenFiles = (): string[] => globSync('apps/*/src/**/golden/*.facts.jsonl', { cwd: root });

/** By `<category>@<version of the fold>`: a hash of the states and rows that golden facts lead to, fact by fact. */
export type FoldLock = Record<string, string>;

export const foldLockFile = join(root, 'test/upgrade/folds.lock.json');

export const readFoldLock = (): FoldLock => JSON.parse(readFileSync(foldLockFile, 'utf8')) as FoldLock;

/** What the folds of today make of the golden facts. */
export async function foldFingerprints(): Promise<FoldLock> {
  const lock: FoldLock = {};
  for (const golden of goldenStreams) {
    const facts = goldenFacts(golden.file).filter(({ type }) => golden.types?.includes(type) ?? true);
    const seen: unknown[] = [];
    const stored: { facts: RecordedFact[] } = { facts: [] };
    const stream = new golden.make(storeOf(stored));
    for (const fact of facts) {
      stored.facts.push(recorded(fact, `${stream.category}-${golden.id}`, stored.facts.length + 1));
      const [change] = await stream.whole([golden.id]);
      seen.push(change?.after, await rowsOf(stream, golden.id));
    }
    lock[`${stream.category}@${stream.fold}`] = createHash('sha256')
      .update(JSON.stringify(seen))
      .digest('hex')
      .slice(0, 32);
  }
  return lock;
}

type Upcasts = Readonly<Record<string, ((fact: RecordedFact) => RecordedFact) | undefined>>;

/** A store that brings its facts to their newest shape, as the real one does. */
function storeOf(stored: { readonly facts: readonly RecordedFact[] }): EventStore {
  let upcasts: Upcasts = {};
  const store = {
    register: (_: unknown, given: Upcasts) => {
      upcasts = given;
    },
    load: (streams: readonly string[]) => {
      const facts = stored.facts.map((fact) => upcasts[fact.type]?.(fact) ?? fact);
      return Promise.resolve(new Map(streams.map((name) => [name, facts])));
    },
  };
  return store as unknown as EventStore;
}

async function rowsOf(stream: AnyStream, id: string): Promise<unknown[]> {
  const rows: unknown[] = [];
  const run = (sql: string, params: readonly unknown[] = []): void =>
    void rows.push([sql.replaceAll(/\s+/g, ' ').trim(), params]);
  const work = { run, finishWith: (_: object, finish: (one: Work) => void): void => finish(work as unknown as Work) };
  await stream.restore(work as unknown as Work, [id], {} as unknown as Tx);
  return rows;
}

function recorded(fact: AnyFact, stream: string, version: number): RecordedFact {
  const id = `0198c0de-0000-7000-8000-${String(version).padStart(12, '0')}`;
  const envelope = { id, stream, version, epoch: 1, occurredAt: '2026-03-02T09:00:00.000Z' };
  return { ...fact, ...envelope, actor: 'service/spec', correlationId: id, causationId: null };
}
