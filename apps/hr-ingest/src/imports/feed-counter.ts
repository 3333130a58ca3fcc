import { type BrakeLimits, isTooMany } from '../brake/brake.exports.js';
import type { HoldReason } from '../holds/holds.exports.js';
import type { WorkerField } from '../workers/workers.exports.js';

/** What one row would change of a worker who is known: former and new values. */
export type Changes = Readonly<Partial<Record<WorkerField, readonly [before: unknown, after: unknown]>>>;

/** Fields that identify a person. If many of them change at once, the columns of the file are probably shifted. */
const identifyingFields: ReadonlySet<string> = new Set<WorkerField>([
  'givenName',
  'familyName',
  'birthDate',
  'email',
  'hireDate',
  'personId',
]);

/** Counts a full feed, and tells whether an hr-operator must check it before a row is applied. */
export class FeedCounter {
  private readonly changed = new Map<WorkerField, number>();
  private known = 0;
  private misread = 0;
  rejected = 0;
  others = 0;
  rows = 0;

  addKnown(changes: Changes): void {
    this.known += 1;
    for (const [field, [before, after]] of Object.entries(changes) as [WorkerField, readonly [unknown, unknown]][]) {
      if (before === undefined) continue;
      this.changed.set(field, (this.changed.get(field) ?? 0) + 1);
      if (isMisread(before, after)) this.misread += 1;
    }
  }

  /** A row with bytes that are not UTF-8. */
  addMisread(): void {
    this.misread += 1;
  }

  /** @param cut did the file end inside a row? @param missing workers it leaves out */
  reasons(cut: boolean, missing: number, employed: number, limits: BrakeLimits): HoldReason[] {
    const reasons: HoldReason[] = [];
    if (this.rows === 0) reasons.push('empty');
    if (cut) reasons.push('truncated');
    if (this.misread > 0) reasons.push('mis-encoded');
    if (isTooMany(this.rejected, this.rows, limits)) reasons.push('rejected');
    if (isTooMany(this.others, this.known, limits)) reasons.push('other-person');
    if (this.hasShifted(limits)) reasons.push('shifted');
    if (isTooMany(missing, employed, limits)) reasons.push('missing');
    return reasons;
  }

  private hasShifted(limits: BrakeLimits): boolean {
    return [...this.changed].some(
      ([field, people]) =>
        isTooMany(people, this.known, limits) && (identifyingFields.has(field) || people * 2 > this.known),
    );
  }
}

const latin1 = new TextDecoder('windows-1252');

/** Is the new text the former one in UTF-8, read as Latin-1? */
function isMisread(before: unknown, after: unknown): boolean {
  if (typeof before !== 'string' || typeof after !== 'string' || before === after) return false;
  return latin1.decode(Buffer.from(before, 'utf8')) === after;
}
