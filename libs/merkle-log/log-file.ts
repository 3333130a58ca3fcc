import { hasShape, parsed } from '#libs/event-store/core.js';
import { decodeBase64 } from './base64.js';
import type { PackEntry } from './evidence-pack.js';
import { partDigest, partsSaidBy } from './leaf.js';
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
  known: KnownBefore = {},
): Promise<LogVerdict> {
  const check = new LogFileCheck(known);
  try {
    for await (const line of lines) if (line !== '') check.take(line);
    check.end();
  } catch (error) {
    check.wrong(error instanceof Error ? error.message : String(error));
  }
  return check.verdict();
}

interface KnownBefore {
  readonly trustedVkey?: string;
  readonly kept?: string;
}

class LogFileCheck {
  private readonly findings: string[] = [];
  private readonly notes: string[] = [];
  private checkpoint: Checkpoint | null = null;
  private old: Checkpoint | null = null;
  private frontier: Frontier = emptyTree;

  constructor(private readonly known: KnownBefore) {}

  take(line: string): void {
    if (this.checkpoint === null) this.begin(headOf(line));
    else this.append(line);
  }

  end(): void {
    const { checkpoint, frontier, old } = this;
    if (checkpoint === null) throw new Error(`this is not a log: the first line must say "${logFormat}"`);
    if (frontier.size !== checkpoint.size)
      this.wrong(`the checkpoint is over ${checkpoint.size} entries, there are ${frontier.size}`);
    else if (!rootOf(frontier).equals(checkpoint.root)) this.wrong('the entries do not match the checkpoint');
    if (old !== null && old.size > frontier.size)
      this.wrong(`the log has ${frontier.size} entries, fewer than the ${old.size} of the checkpoint you kept`);
  }

  wrong(finding: string): void {
    if (this.findings.length < maxFindings) this.findings.push(finding);
  }

  verdict(): LogVerdict {
    const { findings, notes, checkpoint, frontier } = this;
    return { ok: findings.length === 0, findings, notes, entries: frontier.size, checkpoint };
  }

  private begin(head: LogFileHead): void {
    const { trustedVkey, kept } = this.known;
    const verifier = parseVkey(trustedVkey ?? head.vkey);
    if (trustedVkey === undefined)
      this.notes.push('checked with the key in the file itself: compare it with your copy of the key of this log');
    this.checkpoint = openCheckpoint(head.checkpoint, verifier);
    this.old = kept === undefined ? null : openCheckpoint(kept, verifier);
  }

  private append(line: string): void {
    const { old } = this;
    this.frontier = appended(this.frontier, line, (finding) => this.wrong(finding));
    if (old !== null && this.frontier.size === old.size && !rootOf(this.frontier).equals(old.root))
      this.wrong(`the first ${old.size} entries do not match the checkpoint you kept`);
  }
}

const isHead = hasShape<LogFileHead>({ format: [logFormat], vkey: 'text', checkpoint: 'text' });
const isEntry = hasShape<LogFileEntry>({ index: 'number', leafData: 'text', parts: 'list' });

function headOf(line: string): LogFileHead {
  const head: unknown = JSON.parse(line);
  if (!isHead(head)) throw new Error(`this is not a log: the first line must say "${logFormat}"`);
  return parsed('the first line', isHead, head);
}

function appended(frontier: Frontier, line: string, wrong: (finding: string) => void): Frontier {
  const { index, leafData, parts } = parsed<LogFileEntry>(`entry ${frontier.size}`, isEntry, JSON.parse(line));
  if (index !== frontier.size) throw new Error(`entry ${frontier.size} is missing: entry ${index} is in its place`);
  const said = partsSaidBy(leafData);
  const same = said.length === parts.length && said.every(({ subject }, place) => parts[place]?.subject === subject);
  if (!same) wrong(`entry ${index}: its parts do not match the leaf`);
  else
    said.forEach(({ digest }, place) => {
      const part = parts[place];
      if (part === undefined || 'forgotten' in part) return;
      if (partDigest(decodeBase64(part.salt, 'salt'), part.fields) !== digest)
        wrong(`entry ${index}: part ${place} was changed`);
    });
  return appendLeaves(frontier, [leafHash(leafData)]).frontier;
}
