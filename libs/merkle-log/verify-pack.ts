import { verify } from 'node:crypto';
import { unzipSync } from 'fflate';
import { decodeBase64 } from './base64.js';
import { packFiles, sha256Hex, type PackEntry } from './evidence-pack.js';
import { partDigest } from './leaf.js';
import { openCheckpoint, parseVkey, type Checkpoint, type NoteVerifier } from './note.js';
import { leafHash, verifyInclusion } from './tree.js';

export interface PackVerdict {
  readonly ok: boolean;
  /** What is wrong, in the order found; empty when `ok`. */
  readonly findings: readonly string[];
  /** What a reader should know though nothing is wrong. */
  readonly notes: readonly string[];
  readonly entries: number;
  readonly checkpoint: Checkpoint | null;
}

/** Largest pack that is looked at, unpacked, in bytes. */
const maxUnpacked = 1 << 30;
const maxFiles = 64;

/**
 * Checks a pack with nothing but the pack and, if given, the log's verifier key: manifest and its signature, no file
 * unlisted or missing, the signed checkpoint, each leaf's inclusion, each part's digest.
 * @param trustedVkey the log's key from elsewhere; without it the pack's own key is used and a note says so
 */
export function verifyEvidencePack(bytes: Uint8Array, trustedVkey?: string): PackVerdict {
  const notes: string[] = [];
  try {
    const files = unpack(bytes);
    const file = (name: string): Buffer => {
      const content = files.get(name);
      if (content === undefined) throw new Error(`${name} is missing`);
      return content;
    };
    const own = parseVkey(file(packFiles.vkey).toString('utf8'));
    const verifier = trustedVkey === undefined ? own : parseVkey(trustedVkey);
    if (trustedVkey === undefined)
      notes.push('checked with the key in the pack itself: compare it with the key you were given for this log');
    else if (!own.keyId.equals(verifier.keyId)) throw new Error(`${packFiles.vkey} is not the key you trust`);
    checkManifest(files, verifier);
    const checkpoint = openCheckpoint(file(packFiles.checkpoint).toString('utf8'), verifier);
    const { findings, count } = checkEntries(file(packFiles.entries).toString('utf8'), checkpoint);
    const manifest = JSON.parse(file(packFiles.manifest).toString('utf8')) as { entries?: unknown };
    if (manifest.entries !== count)
      findings.push(`the manifest says ${String(manifest.entries)} entries, there are ${count}`);
    return { ok: findings.length === 0, findings, notes, entries: count, checkpoint };
  } catch (error) {
    return {
      ok: false,
      findings: [error instanceof Error ? error.message : String(error)],
      notes,
      entries: 0,
      checkpoint: null,
    };
  }
}

function unpack(bytes: Uint8Array): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const seen = new Set<string>();
  let total = 0;
  const unpacked = unzipSync(bytes, {
    filter: ({ name, originalSize }) => {
      if (seen.has(name)) throw new Error(`${name} is there twice`);
      seen.add(name);
      total += originalSize;
      if (total > maxUnpacked || seen.size > maxFiles) throw new Error('the pack is too large');
      return true;
    },
  });
  for (const [name, content] of Object.entries(unpacked)) files.set(name, Buffer.from(content));
  return files;
}

function checkManifest(files: ReadonlyMap<string, Buffer>, verifier: NoteVerifier): void {
  const manifest = files.get(packFiles.manifest);
  const signature = files.get(packFiles.signature);
  if (manifest === undefined || signature === undefined) throw new Error('the manifest or its signature is missing');
  const signed = decodeBase64(signature.toString('utf8').replace(/\n$/, ''), packFiles.signature);
  if (!verify(null, manifest, verifier.publicKey, signed))
    throw new Error(`${packFiles.signature}: not a signature of ${packFiles.manifest}`);
  const { sha256 } = JSON.parse(manifest.toString('utf8')) as { sha256: Record<string, string> };
  const listed = new Map(Object.entries(sha256));
  for (const [name, content] of files) {
    if (name === packFiles.manifest || name === packFiles.signature) continue;
    if (!listed.has(name)) throw new Error(`${name} is not listed in the manifest`);
    if (listed.get(name) !== sha256Hex(content))
      throw new Error(`${name} was changed: its SHA-256 is not the manifest's`);
  }
  for (const name of listed.keys()) if (!files.has(name)) throw new Error(`${name} is missing`);
}

function checkEntries(text: string, checkpoint: Checkpoint): { findings: string[]; count: number } {
  const findings: string[] = [];
  const lines = text.split('\n').filter((line) => line !== '');
  let last = -1;
  for (const line of lines) {
    const entry = JSON.parse(line) as PackEntry;
    try {
      if (entry.index <= last) throw new Error('is out of order');
      last = entry.index;
      checkEntry(entry, checkpoint);
    } catch (error) {
      findings.push(`entry ${entry.index}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { findings, count: lines.length };
}

function checkEntry({ index, leafData, parts, proof }: PackEntry, { size, root }: Checkpoint): void {
  const path = proof.map((hash) => decodeBase64(hash, 'proof'));
  if (!verifyInclusion(leafHash(Buffer.from(leafData)), index, size, path, root)) {
    throw new Error('its proof does not lead to the signed root');
  }
  const leaf = JSON.parse(leafData) as { parts: { subject: string; digest: string }[] };
  if (leaf.parts.length !== parts.length) throw new Error('its parts are not those of the leaf');
  leaf.parts.forEach(({ subject, digest }, at) => {
    const part = parts[at];
    if (part?.subject !== subject) throw new Error(`part ${at} is about someone else`);
    if ('forgotten' in part) return;
    if (partDigest(decodeBase64(part.salt, 'salt'), part.fields) !== digest) throw new Error(`part ${at} was changed`);
  });
}
