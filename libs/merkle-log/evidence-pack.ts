import { createHash, sign } from 'node:crypto';
import { zipSync } from 'fflate';
import { signCheckpoint, vkeyOf, type Checkpoint, type NoteSigner } from './note.js';

/** One entry of a pack, as it lies in `entries.ndjson`. */
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
  readonly checkpoint: Checkpoint;
  readonly signer: NoteSigner;
  /** What was asked for: scope, from, to, and when it was made. */
  readonly scope: object;
  readonly entries: readonly PackEntry[];
  readonly timelineCsv: string;
  readonly timelineJson: string;
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

/** Makes the zip an auditor takes away: entries with proofs, the timeline, a signed checkpoint, a signed manifest. */
export function buildEvidencePack(input: PackInput): Uint8Array {
  const text = (content: string): Uint8Array => Buffer.from(content, 'utf8');
  const files: Record<string, Uint8Array> = {
    [packFiles.checkpoint]: text(signCheckpoint(input.checkpoint, input.signer)),
    [packFiles.vkey]: text(`${vkeyOf(input.signer)}\n`),
    [packFiles.scope]: text(`${JSON.stringify(input.scope, null, 2)}\n`),
    [packFiles.entries]: text(input.entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')),
    [packFiles.timelineCsv]: text(input.timelineCsv),
    [packFiles.timelineJson]: text(input.timelineJson),
  };
  const sums = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, sha256Hex(bytes)]));
  const manifest = text(
    `${JSON.stringify({ format: 'identity-hub-evidence/1', entries: input.entries.length, sha256: sums }, null, 2)}\n`,
  );
  const signature = text(`${sign(null, manifest, input.signer.privateKey).toString('base64')}\n`);
  return zipSync({ [packFiles.manifest]: manifest, [packFiles.signature]: signature, ...files }, { level: 6 });
}

/** A CSV cell that no spreadsheet takes for a formula: a leading = + - @ tab or CR gets a quote before it. */
export function csvCell(value: string): string {
  const safe = /^[=+\-@\t\r\0]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
