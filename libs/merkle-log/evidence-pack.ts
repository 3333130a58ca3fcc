import { createHash, sign } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { vkeyOf, type NoteSigner } from './note.js';
import { bySlice, writeZip } from './write-zip.js';

/** One entry of a pack, as it is in `entries.ndjson`. */
export interface PackEntry {
  readonly index: number;
  readonly leafData: string;
  /** Salt in base64 and the fields, or `forgotten` for a person whose key is gone. */
  readonly parts: readonly (
    | { readonly subject: string; readonly salt: string; readonly fields: object }
    | { readonly subject: string; readonly forgotten: true }
  )[];
  /** Audit path to the checkpoint's root, base64. */
  readonly proof: readonly string[];
}

export interface PackInput {
  /** The signed note of the checkpoint, with cosignatures if there are any. */
  readonly checkpoint: string;
  readonly signer: NoteSigner;
  /** What was asked for: scope, from, to, and when it was made. */
  readonly scope: object;
  readonly entries: readonly PackEntry[];
  /** Texts in pieces, made as they are asked for. */
  readonly timelineCsv: Iterable<string>;
  readonly timelineJson: Iterable<string>;
}

/** Files of a pack. `manifest.json` lists the SHA-256 of all but itself and its signature. */
export const packFiles = {
  manifest: 'manifest.json',
  signature: 'manifest.sig',
  checkpoint: 'checkpoint.txt',
  vkey: 'vkey.txt',
  scope: 'scope.json',
  entries: 'entries.ndjson',
  timelineCsv: 'timeline.csv',
  timelineJson: 'timeline.json',
} as const;

export const sha256Hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Characters built before the event loop continues. */
const pieceLength = 1 << 18;

/**
 * Makes the zip an auditor takes away: entries with proofs, the timeline, a signed checkpoint, a signed manifest. Other
 * work continues during a large pack.
 */
export async function buildEvidencePack(input: PackInput): Promise<Buffer> {
  const contents = {
    [packFiles.checkpoint]: [input.checkpoint],
    [packFiles.vkey]: [`${vkeyOf(input.signer)}\n`],
    [packFiles.scope]: [`${JSON.stringify(input.scope, null, 2)}\n`],
    [packFiles.entries]: linesOf(input.entries),
    [packFiles.timelineCsv]: input.timelineCsv,
    [packFiles.timelineJson]: input.timelineJson,
  };
  const files = new Map<string, Buffer>();
  const sums: Record<string, string> = {};
  for (const [name, pieces] of Object.entries(contents)) {
    const bytes = await gathered(pieces);
    const hash = createHash('sha256');
    await bySlice(bytes, (slice) => hash.update(slice));
    files.set(name, bytes);
    sums[name] = hash.digest('hex');
  }
  const manifest = Buffer.from(
    `${JSON.stringify({ format: 'identity-hub-evidence/1', entries: input.entries.length, sha256: sums }, null, 2)}\n`,
  );
  const signature = Buffer.from(`${sign(null, manifest, input.signer.privateKey).toString('base64')}\n`);
  return await writeZip(new Map([[packFiles.manifest, manifest], [packFiles.signature, signature], ...files]));
}

function* linesOf(entries: readonly PackEntry[]): Generator<string> {
  for (const entry of entries) yield `${JSON.stringify(entry)}\n`;
}

async function gathered(pieces: Iterable<string>): Promise<Buffer> {
  const slices: Buffer[] = [];
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < pieceLength) continue;
    slices.push(Buffer.from(text));
    text = '';
    await turn();
  }
  return Buffer.concat([...slices, Buffer.from(text)]);
}
