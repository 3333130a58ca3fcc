import { hasShape, parsed } from '#libs/event-store/core.js';
import { verify } from 'node:crypto';
import { decodeBase64 } from './base64.js';
import { packFiles, sha256Hex, type PackEntry } from './evidence-pack.js';
import { partDigest, partsSaidBy } from './leaf.js';
import { openCheckpoint, parseVkey, type Checkpoint, type NoteVerifier } from './note.js';
import { hashBytes, leafHash, verifyInclusion } from './tree.js';
import { readZip } from './zip.js';

export interface PackVerdict {
  readonly ok: boolean;
  /** What is wrong, in the order found; empty when `ok`. */
  readonly findings: readonly string[];
  /** What a reader should know though nothing is wrong. */
  readonly notes: readonly string[];
  readonly entries: number;
  readonly checkpoint: Checkpoint | null;
}

/**
 * Checks a pack with nothing but the pack and, if given, the log's verifier key: manifest and its signature, no file
 * unlisted or missing, the signed checkpoint, each leaf's inclusion, each part's digest. Goes on after a fault as far as
 * it can, so that a changed file does not hide which entry was changed.
 * @param trustedVkey the log's key from elsewhere; without it the pack's own key is used and a note says so
 */
export function verifyEvidencePack(bytes: Uint8Array, trustedVkey?: string): PackVerdict {
  const notes: string[] = [];
  const findings: string[] = [];
  let checkpoint: Checkpoint | null = null;
  let entries = 0;
  try {
    const files = readZip(Buffer.from(bytes));
    const file = (name: string): string => {
      const content = files.get(name);
      if (content === undefined) throw new Error(`${name} is missing`);
      return content.toString('utf8');
    };
    const own = parseVkey(file(packFiles.vkey));
    const verifier = trustedVkey === undefined ? own : parseVkey(trustedVkey);
    if (trustedVkey === undefined)
      notes.push('checked with the key in the pack itself: compare it with your copy of the key of this log');
    else if (file(packFiles.vkey).trim() !== trustedVkey.trim())
      throw new Error(`${packFiles.vkey} is not the key you trust`);
    const manifest = checkManifest(files, verifier, findings);
    checkpoint = openCheckpoint(file(packFiles.checkpoint), verifier);
    entries = checkEntries(file(packFiles.entries), checkpoint, findings);
    if (manifest.entries !== entries)
      findings.push(`the manifest says ${String(manifest.entries)} entries, there are ${entries}`);
  } catch (error) {
    findings.push(messageOf(error));
  }
  return { ok: findings.length === 0, findings, notes, entries, checkpoint };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

interface Manifest {
  readonly entries?: unknown;
  readonly sha256: Readonly<Record<string, string>>;
}

const isManifest = hasShape<Manifest>({ sha256: 'object' });
const isPackEntry = hasShape<PackEntry>({ index: 'any', leafData: 'text', parts: 'list', proof: 'list' });

function checkManifest(files: ReadonlyMap<string, Buffer>, verifier: NoteVerifier, findings: string[]): Manifest {
  const text = files.get(packFiles.manifest);
  const signature = files.get(packFiles.signature);
  if (text === undefined || signature === undefined) throw new Error('the manifest or its signature is missing');
  const signed = decodeBase64(signature.toString('utf8').replace(/\n$/, ''), packFiles.signature);
  if (!verify(null, text, verifier.publicKey, signed))
    throw new Error(`${packFiles.signature}: not a signature of ${packFiles.manifest}`);
  const manifest = parsed<Manifest>('the manifest', isManifest, JSON.parse(text.toString('utf8')));
  checkListed(files, manifest, findings);
  return manifest;
}

function checkListed(files: ReadonlyMap<string, Buffer>, manifest: Manifest, findings: string[]): void {
  const listed = new Map(Object.entries(manifest.sha256));
  for (const [name, content] of files) {
    if (name === packFiles.manifest || name === packFiles.signature) continue;
    if (!listed.has(name)) findings.push(`${name} is not listed in the manifest`);
    else if (listed.get(name) !== sha256Hex(content))
      findings.push(`${name} was changed: its SHA-256 is not the manifest's`);
  }
  for (const name of listed.keys()) if (!files.has(name)) findings.push(`${name} is missing`);
}

/** Returns how many there are. */
function checkEntries(text: string, checkpoint: Checkpoint, findings: string[]): number {
  const lines = text.split('\n').filter((line) => line !== '');
  let last = -1;
  lines.forEach((line, place) => {
    let entry: PackEntry | undefined;
    try {
      entry = parsed<PackEntry>('it', isPackEntry, JSON.parse(line));
      if (!Number.isSafeInteger(entry.index)) throw new Error('has no index');
      if (entry.index <= last) throw new Error('is out of order');
      last = entry.index;
      checkEntry(entry, checkpoint);
    } catch (error) {
      findings.push(`entry ${String(entry?.index ?? `on line ${place + 1}`)}: ${messageOf(error)}`);
    }
  });
  return lines.length;
}

function checkEntry({ index, leafData, parts, proof }: PackEntry, { size, root }: Checkpoint): void {
  const path = proof.map((hash) => decodeBase64(hash, 'proof'));
  if (path.some(({ length }) => length !== hashBytes)) throw new Error('its proof contains a value that is not a hash');
  if (!verifyInclusion(leafHash(leafData), index, size, path, root)) {
    throw new Error('its proof does not lead to the signed root');
  }
  const said = partsSaidBy(leafData);
  if (said.length !== parts.length) throw new Error('its parts do not match the leaf');
  said.forEach(({ subject, digest }, at) => {
    const part = parts[at];
    if (part?.subject !== subject) throw new Error(`part ${at} is about another person`);
    if ('forgotten' in part) return;
    if (partDigest(decodeBase64(part.salt, 'salt'), part.fields) !== digest) throw new Error(`part ${at} was changed`);
  });
}
