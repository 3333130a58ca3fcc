import type { Target } from './oracle.js';

/** One entry of the log, as `GET /audit/v1/entries` shows it. */
export interface Entry {
  readonly id: string;
  readonly type: string;
  readonly application?: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly data: {
    readonly operation?: string;
    readonly account?: string | null;
    readonly group?: string;
    readonly delivery?: string;
  };
}

/** What changed an account or membership in the application. */
const isEffect = ({ type }: Entry): boolean =>
  /^hub\.provisioning\.(account|membership)\./.test(type) && !/in-sync|out-of-scope|deletion-/.test(type);
/** Where a chain of causes may begin: what people or the HR system said. */
const isOrigin = ({ type }: Entry): boolean =>
  type.startsWith('hub.hr.worker.') || type.startsWith('hub.governance.request.');

/** What is wrong with the log in itself and beside what the application holds; empty when nothing is. */
export function logProblems(entries: readonly Entry[], target: Target): string[] {
  const effects = entries.filter(isEffect);
  if (effects.length === 0) return ['the log has no effects at all'];
  return [...twice(entries, effects), ...withoutCause(entries, effects), ...differing(effects, target)];
}

function twice(entries: readonly Entry[], effects: readonly Entry[]): string[] {
  const found: string[] = [];
  for (const [id, same] of Map.groupBy(entries, (entry) => entry.id))
    if (same.length > 1) found.push(`logged ${same.length} times: ${same[0]?.type} ${id}`);
  for (const [operation, outcomes] of Map.groupBy(effects, ({ data }) => data.operation))
    if (outcomes.length > 1)
      found.push(`operation ${operation} has ${outcomes.length} outcomes: ${outcomes.map(({ type }) => type).join()}`);
  return found;
}

function withoutCause(entries: readonly Entry[], effects: readonly Entry[]): string[] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  return effects.flatMap((effect) => {
    const seen = new Set<string>();
    let at = effect;
    while (!isOrigin(at)) {
      const cause = at.causationId === null ? undefined : byId.get(at.causationId);
      if (cause === undefined || seen.has(cause.id))
        return [`no cause of ${effect.type} ${effect.id}: the chain ends with ${at.type} ${at.id}`];
      seen.add(cause.id);
      at = cause;
    }
    return [];
  });
}

/** The log's own account of each account, against the application. */
function differing(effects: readonly Entry[], { users, groups }: Target): string[] {
  const logged = new Map<string, { active: boolean; groups: Set<string> }>();
  for (const { type, data } of effects) {
    const id = data.account ?? '';
    const account = logged.get(id) ?? { active: true, groups: new Set() };
    logged.set(id, account);
    if (type.endsWith('.deleted.v1')) logged.delete(id);
    else if (type.endsWith('.disabled.v1')) account.active = false;
    else if (type.endsWith('.enabled.v1')) account.active = true;
    else if (type.endsWith('.added.v1')) account.groups.add(data.group ?? '');
    else if (type.endsWith('.removed.v1')) account.groups.delete(data.group ?? '');
  }
  const found: string[] = [];
  for (const { id, userName, active } of users) {
    const said = logged.get(id);
    logged.delete(id);
    const held = groups.filter(({ members }) => members.some(({ value }) => value === id));
    const inGroups = held.map(({ displayName }) => displayName).sort();
    if (said === undefined) found.push(`the log does not know of the account of ${userName}`);
    else if (said.active !== (active !== false)) found.push(`the log says that ${userName} is active: ${said.active}`);
    else if ([...said.groups].sort().join() !== inGroups.join())
      found.push(`the log has ${userName} in ${[...said.groups].sort().join()}, and not in ${inGroups.join()}`);
  }
  for (const id of logged.keys()) found.push(`the log tells of an account ${id} that is not there`);
  return found;
}
