import { entitlementKey } from '#libs/contracts/entitlement.js';
import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { buildEvidencePack, type PackEntry } from '#libs/merkle-log/evidence-pack.js';
import { csvCell } from '#libs/text/csv-cell.js';
import { planInclusion } from '#libs/merkle-log/tree.js';
import type { TimelineItem } from '../access/access.exports.js';
import { Checkpoints, LeafParts, LogKeys, type OpenedPart, proveAll } from '../log/log.exports.js';
import type { ExportJob } from './export-job.store.js';
import { PackContents } from './pack-contents.query.js';

/** Maximum of entries that are read and proved at once. */
const chunk = 1_000;

/**
 * Builds the zip of a finished export. Each download is the same, except for people who were forgotten in the meantime.
 */
@Injectable()
export class EvidencePacks {
  constructor(
    private readonly db: Database,
    private readonly contents: PackContents,
    private readonly parts: LeafParts,
    private readonly checkpoints: Checkpoints,
    private readonly keys: LogKeys,
  ) {}

  async of(job: ExportJob): Promise<Buffer> {
    const { indexes, timeline } = await this.contents.of(job);
    const checkpoint = await this.checkpoints.at(job.size);
    if (checkpoint === null) throw new Error(`no checkpoint of ${job.size} entries was signed`);
    const { signer } = await this.keys.get();
    const entries: PackEntry[] = [];
    for (let at = 0; at < indexes.length; at += chunk)
      entries.push(...(await this.entries(indexes.slice(at, at + chunk), job.size)));
    const { kind, id, from, to } = job.scope;
    return await buildEvidencePack({
      checkpoint: checkpoint.note,
      signer,
      scope: {
        export: job.id,
        scope: { [kind]: id },
        from,
        to,
        requestedAt: job.requestedAt,
        requestedBy: job.requestedBy,
      },
      entries,
      timelineCsv: csvOf(timeline),
      timelineJson: jsonOf(timeline),
    });
  }

  private async entries(indexes: readonly number[], size: number): Promise<PackEntry[]> {
    const rows = await this.db.query<{ index: string; leaf_data: string }>(
      `select index, leaf_data from leaf where index = any($1::bigint[]) order by index`,
      [indexes],
    );
    const found = rows.map(({ index, leaf_data: leafData }) => ({ index: Number(index), leafData }));
    const parts = await this.parts.of(indexes);
    const proofs = await proveAll(
      this.db,
      found.map(({ index }) => planInclusion(index, size)),
    );
    return found.map(({ index, leafData }, place) => ({
      index,
      leafData,
      parts: (parts.get(index) ?? []).map(packPart),
      proof: (proofs[place] ?? []).map((hash) => hash.toString('base64')),
    }));
  }
}

function packPart({ subject, salt, fields }: OpenedPart): PackEntry['parts'][number] {
  return salt === null || fields === null
    ? { subject, forgotten: true }
    : { subject, salt: salt.toString('base64'), fields };
}

const columns: Readonly<Record<string, (item: TimelineItem) => string>> = {
  employeeId: ({ identity }) => identity.employeeId ?? '',
  displayName: ({ identity }) => identity.displayName ?? '',
  identity: ({ identity }) => identity.id,
  application: ({ application }) => application,
  applicationName: ({ named }) => named.application.displayName ?? '',
  entitlement: (item) => entitlementKey(item),
  basis: ({ basis }) => basis,
  since: ({ since }) => since,
  until: ({ until }) => until ?? '',
  state: ({ state }) => state ?? '',
  confirmedAt: (item) => item.confirmedAt ?? '',
  shouldHaveEnded: (item) => String(item.shouldHaveEnded),
  justifiedUntil: (item) => item.justifiedUntil ?? '',
  enabled: ({ enabled }) => String(enabled),
  packages: ({ why }) => [...new Set(why.map((one) => one.package))].join(' '),
  packageNames: ({ why }) => [...new Set(why.flatMap(({ named }) => named.package.displayName ?? []))].join(', '),
  causes: ({ why }) => why.map(({ by }) => causeText(by)).join('; '),
  sinceEntry: ({ sinceEntry }) => String(sinceEntry),
  untilEntry: ({ untilEntry }) => (untilEntry === null ? '' : String(untilEntry)),
  lastSeenAt: ({ lastSeenAt }) => lastSeenAt ?? '',
  sinceUnknown: ({ sinceUnknown }) => String(sinceUnknown),
};

/** RFC 4180, for spreadsheets. */
function* csvOf(timeline: readonly TimelineItem[]): Generator<string> {
  yield `${Object.keys(columns).join(',')}\r\n`;
  for (const item of timeline) {
    const cells = Object.values(columns).map((cell) => csvCell(cell(item)));
    yield `${cells.join(',')}\r\n`;
  }
}

function* jsonOf(timeline: readonly TimelineItem[]): Generator<string> {
  yield '[';
  for (const [place, item] of timeline.entries()) {
    yield `${place === 0 ? '\n' : ',\n'}${JSON.stringify(item, null, 2)}`;
  }
  yield '\n]\n';
}

function causeText(by: TimelineItem['why'][number]['by']): string {
  if (by.type === 'request') return `request ${by.request}`;
  if (by.type === 'as-found') return asFoundText(by);
  if (by.type === 'workflow') return `workflow ${by.workflow}`;
  return by.type === 'birthright' ? `rule ${by.rule}` : `${by.type} by ${by.by.employeeId ?? by.by.id}`;
}

function asFoundText({ certifiedBy }: Extract<TimelineItem['why'][number]['by'], { type: 'as-found' }>): string {
  const approver =
    certifiedBy === null ? 'approver unknown' : `certified by ${certifiedBy.employeeId ?? certifiedBy.id}`;
  return `found in the application, ${approver}`;
}
