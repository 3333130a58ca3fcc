import { decodeBase64 } from './base64.js';
import type { PackEntry } from './evidence-pack.js';
import { partDigest } from './leaf.js';
import { openCheckpoint, parseVkey, type Checkpoint } from './note.js';
import { appendLeaves, emptyTree, leafHash, rootOf, type Frontier } from './tree.js';

/** First line of a whole log in a file (NDJSON); each line after it is one entry, from 0 on. */
export interface LogFileHead {
  readonly format: typeof logFormat;
  readonly vkey: string;
  /** The signed note over all the entries that follow. */
  readonly checkpoint: string;
}
export const logFormat = 'identity-hub-log/1';

/** An entry of a log file: without proof, for the whole tree is there. */
export type LogFileEntry = Omit<PackEntry, 'proof'>;

export interface LogVerdict {
  readonly ok: boolean;
  readonly findings: readonly string[];
  readonly notes: readonly string[];
  readonly entries: number;
  readonly checkpoint: Checkpoint | null;
}

/** Maximum of findings that are reported. */
const maxFindings = 20;

/**
 * Checks a whole log: that the entries are those that its checkpoint signs, and each part of a person is what its entry
 * holds. Line by line, so that no log is too large.
 * @param trustedVkey the log's key from elsewhere; without it the file's own is used and a note says so
 * @param kept        a checkpoint that the reader kept from before: the log must continue it
 */
export async function verifyLogFile(
  lines: AsyncIterable<string> | Iterable<string>,
  { trustedVkey, kept }: { readonly trustedVkey?: string; readonly kept?: string } = {},
): Promise<LogVerdict> {
  const findings: string[] = [];
  const notes: string[] = [];
  let checkpoint: Checkpoint | null = null;
  let old: Checkpoint | null = null;
  let frontier: Frontier = emptyTree;
  let isHead = true;
  const wrong = (finding: string): void => {
    if (findings.length < maxFindings) findings.push(finding);
  };
  try {
    for await (const line of lines) {
      if (line === '') continue;
      if (isHead) {
        const head = headOf(line);
        const verifier = parseVkey(trustedVkey ?? head.vkey);
        if (trustedVkey === undefined)
          notes.push('checked with the key in the file itself: compare it with your copy of the key of this log');
        checkpoint = openCheckpoint(head.checkpoint, verifier);
        old = kept === undefined ? null : openCheckpoint(kept, verifier);
        isHead = false;
        continue;
      }
      frontier = appended(frontier, line, wrong);
      if (old !== null && frontier.size === old.size && !rootOf(frontier).equals(old.root))
        wrong(`the first ${old.size} entries do not match the checkpoint you kept`);
    }
    if (checkpoint === null) throw new Error(`this is not a log: the first line must say "${logFormat}"`);
    if (frontier.size !== checkpoint.size)
      wrong(`the checkpoint is over ${checkpoint.size} entries, there are ${frontier.size}`);
    else if (!rootOf(frontier).equals(checkpoint.root)) wrong('the entries do not match the checkpoint');
    if (old !== null && old.size > frontier.size)
      wrong(`the log has ${frontier.size} entries, fewer than the ${old.size} of the checkpoint you kept`);
  } catch (error) {
    wrong(error instanceof Error ? error.message : String(error));
  }
  return { ok: findings.length === 0, findings, notes, entries: frontier.size, checkpoint };
}

function headOf(line: string): LogFileHead {
  const head = JSON.parse(line) as Partial<LogFileHead>;
  if (head.format !== logFormat || head.vkey === undefined || head.checkpoint === undefined)
    throw new Error(`this is not a log: the first line must say "${logFormat}"`);
  return head as LogFileHead;
}

function appended(frontier: Frontier, line: string, wrong: (finding: string) => void): Frontier {
  const { index, leafData, parts } = JSON.parse(line) as LogFileEntry;
  if (index !== frontier.size) throw new Error(`entry ${frontier.size} is missing: entry ${index} is in its place`);
  const said = (JSON.parse(leafData) as { parts: { subject: string; digest: string }[] }).parts;
  const same = said.length === parts.length && said.every(({ subject }, place) => parts[place]?.subject === subject);
  if (!same) wrong(`entry ${index}: its parts do not match the leaf`);
  else
    said.forEach(({ digest }, place) => {
      const part = parts[place];
      if (part === undefined || 'forgotten' in part) return;
      if (partDigest(decodeBase64(part.salt, 'salt'), part.fields) !== digest)
        wrong(`entry ${index}: part ${place} was changed`);
    });
  return appendLeaves(frontier, [leafHash(Buffer.from(leafData))]).frontier;
}
