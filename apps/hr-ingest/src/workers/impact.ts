import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import type { GivenPackages, Impact } from '../brake/brake.exports.js';
import { employmentAt, endMs } from './employment.js';
import type { Today, Worker } from './worker.js';

const dayMs = 86_400_000;

/**
 * What a statement takes away. It counts when it is stated, not when its date comes: an earlier end than the known one,
 * a postponed first day, or an attribute because of which a rule gives a package that no rule would give. Null for
 * everything else, and for a person who is not employed.
 */
export function impactOf(before: Worker, after: WorkerAttributes, today: Today, rules: GivenPackages): Impact | null {
  if (before.status === 'unknown' || !before.employed || before.attributes === null) return null;
  const next = employmentAt(after, today.nowMs, today.defaultZone);
  // A change of the time zone alone moves an end by less than a day.
  const sooner = endMs(after, today.defaultZone) < endMs(before.attributes, today.defaultZone) - dayMs;
  if (sooner || next.phase !== 'live') return 'leaving';
  const kept = packagesOf(after, next.onLeave, rules);
  const lost = [...packagesOf(before.attributes, before.onLeave, rules)].some((name) => !kept.has(name));
  return lost ? 'losing-access' : null;
}

function packagesOf(attributes: WorkerAttributes, onLeave: boolean, rules: GivenPackages): Set<string> {
  const resource = { ...attributes, status: onLeave ? 'on-leave' : 'active', kind: 'person' };
  return new Set(rules.matching(resource).flat());
}
