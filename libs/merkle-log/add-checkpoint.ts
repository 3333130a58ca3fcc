import { decodeBase64 } from './base64.js';
import { openCheckpoint, originIn, type NoteVerifier } from './note.js';
import { hashBytes, verifyConsistency } from './tree.js';

/** Most lines of a consistency proof (C2SP tlog-witness). */
const longestProof = 63;

/** A log asks a witness to take its newest checkpoint (C2SP tlog-witness, add-checkpoint). */
export interface AddCheckpoint {
  readonly oldSize: number;
  readonly proof: readonly Buffer[];
  /** The signed note. */
  readonly note: string;
}

/** What a witness keeps of a log: the newest checkpoint that it has taken. */
export interface Witnessed {
  readonly size: number;
  readonly root: Buffer;
}

/** A witness's verdict on a checkpoint. */
export type WitnessVerdict =
  | { readonly is: 'taken'; readonly checkpoint: Witnessed }
  /** The old size is not that of the newest checkpoint taken, or the same size has another root. */
  | { readonly is: 'conflict'; readonly size: number }
  | { readonly is: 'malformed' | 'unknown-log' | 'untrusted' | 'inconsistent'; readonly why: string };

/** The body of a request. */
export function addCheckpointBody({ oldSize, proof, note }: AddCheckpoint): string {
  return `old ${oldSize}\n${proof.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${note}`;
}

/** @throws Error saying what is malformed */
export function parseAddCheckpoint(body: string): AddCheckpoint {
  const end = body.indexOf('\n\n');
  if (end === -1) throw new Error('there is no empty line before the checkpoint');
  const [first = '', ...lines] = body.slice(0, end).split('\n');
  const [, oldSize] = /^old (0|[1-9]\d{0,15})$/.exec(first) ?? [];
  if (oldSize === undefined) throw new Error('the first line is not `old` and a size');
  if (lines.length > longestProof) throw new Error(`the proof has more than ${longestProof} lines`);
  const proof = lines.map((line) => decodeBase64(line, 'a line of the proof'));
  if (proof.some(({ length }) => length !== hashBytes)) throw new Error('a line of the proof is not a hash');
  return { oldSize: Number(oldSize), proof, note: body.slice(end + 2) };
}

/**
 * Decides about a checkpoint. The caller must store the result before it answers, and decide only on what it stored.
 * @param keyOf the key of the log with that origin; null for a log that is not known
 * @param newest what was taken of that log; null for nothing
 */
export function judgeCheckpoint(
  { oldSize, proof, note }: AddCheckpoint,
  keyOf: (origin: string) => NoteVerifier | null,
  newest: Witnessed | null,
): WitnessVerdict {
  const origin = originIn(note);
  const key = keyOf(origin);
  if (key === null) return { is: 'unknown-log', why: `the key of the log ${origin} is unknown` };
  const opened = opening(note, key);
  return 'why' in opened ? { is: 'untrusted', why: opened.why } : follows(opened, { oldSize, proof }, newest);
}

function opening(note: string, key: NoteVerifier): Witnessed | { readonly why: string } {
  try {
    const { size, root } = openCheckpoint(note, key);
    return { size, root };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
}

/** Does a checkpoint that the log signed continue the newest one? */
function follows(
  checkpoint: Witnessed,
  { oldSize, proof }: Pick<AddCheckpoint, 'oldSize' | 'proof'>,
  newest: Witnessed | null,
): WitnessVerdict {
  if (oldSize > checkpoint.size) return { is: 'malformed', why: 'the old size is above the size of the checkpoint' };
  const size = newest?.size ?? 0;
  if (oldSize !== size || isOther(checkpoint, newest)) return { is: 'conflict', size };
  const why = newest === null || oldSize === 0 ? proofOfNothing(proof) : gapIn(proof, newest, checkpoint);
  return why === null ? { is: 'taken', checkpoint } : { is: 'inconsistent', why };
}

const isOther = (checkpoint: Witnessed, newest: Witnessed | null): boolean =>
  newest !== null && newest.size === checkpoint.size && !newest.root.equals(checkpoint.root);

const proofOfNothing = (proof: readonly Buffer[]): string | null =>
  proof.length === 0 ? null : 'there is no proof from an empty tree';

const gapIn = (proof: readonly Buffer[], before: Witnessed, after: Witnessed): string | null =>
  verifyConsistency(before, after, proof) ? null : 'the proof does not lead from the former checkpoint to this one';
