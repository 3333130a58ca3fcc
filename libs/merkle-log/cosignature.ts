import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { decodeBase64 } from './base64.js';
import { rawPublicKey, publicKeyOf, type NoteSigner } from './note.js';

/** Signature type of Ed25519 cosignatures (C2SP tlog-cosignature). */
const cosignatureType = 0x04;
const timestampBytes = 8;

/** Who witnesses checkpoints: a name and an Ed25519 key used for nothing else. */
export interface CosignatureVerifier {
  readonly name: string;
  readonly keyId: Buffer;
  readonly publicKey: KeyObject;
}

function keyIdOf(name: string, raw: Buffer): Buffer {
  return createHash('sha256')
    .update(`${name}\n`)
    .update(Buffer.from([cosignatureType]))
    .update(raw)
    .digest()
    .subarray(0, 4);
}

/** The verifier key of a cosigner: `name+<hex key id>+<base64 of 0x04 ‖ key>`. */
export function cosignerVkeyOf({ name, privateKey }: NoteSigner): string {
  const raw = rawPublicKey(createPublicKey(privateKey));
  const key = Buffer.concat([Buffer.from([cosignatureType]), raw]).toString('base64');
  return `${name}+${keyIdOf(name, raw).toString('hex')}+${key}`;
}

/** @throws Error if the text is not the verifier key of an Ed25519 cosigner */
export function parseCosignerVkey(text: string): CosignatureVerifier {
  const [, name = '', id = '', key = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim()) ?? [];
  const bytes = decodeBase64(key, 'cosigner key');
  const raw = bytes.subarray(1);
  if (bytes[0] !== cosignatureType || raw.length !== 32) throw new Error('not the key of an Ed25519 cosigner');
  const keyId = keyIdOf(name, raw);
  if (keyId.toString('hex') !== id) throw new Error("the cosigner's key does not match its id");
  return { name, keyId, publicKey: publicKeyOf(raw) };
}

/** The signed message: header, time, and the whole body of the checkpoint (tlog-cosignature, Ed25519 signed message). */
const messageOf = (body: string, seconds: number): Buffer => Buffer.from(`cosignature/v1\ntime ${seconds}\n${body}`);

/** A signature line that says: at this time this was the largest consistent tree of that log. @param body of the note, with its last newline */
export function cosign(body: string, seconds: number, { name, privateKey }: NoteSigner): string {
  const raw = rawPublicKey(createPublicKey(privateKey));
  const time = Buffer.alloc(timestampBytes);
  time.writeBigUInt64BE(BigInt(seconds));
  const signature = sign(null, messageOf(body, seconds), privateKey);
  return `— ${name} ${Buffer.concat([keyIdOf(name, raw), time, signature]).toString('base64')}\n`;
}

/** When that cosigner witnessed the body, in seconds of the Unix epoch; null if none of the lines is a good cosignature of it. */
export function cosignedAt(body: string, lines: string, verifier: CosignatureVerifier): number | null {
  for (const line of lines.split('\n')) {
    const [, name, text = ''] = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
    const blob = Buffer.from(text, 'base64');
    if (name !== verifier.name || blob.length !== 4 + timestampBytes + 64) continue;
    if (!blob.subarray(0, 4).equals(verifier.keyId)) continue;
    const seconds = Number(blob.readBigUInt64BE(4));
    if (verify(null, messageOf(body, seconds), verifier.publicKey, blob.subarray(4 + timestampBytes))) return seconds;
  }
  return null;
}
