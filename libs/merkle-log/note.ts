import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { decodeBase64 } from './base64.js';

const ed25519 = 0x01;
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** A checkpoint's content (C2SP tlog-checkpoint): who logs, how many leaves, the root over them. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

export interface NoteSigner {
  readonly name: string;
  readonly privateKey: KeyObject;
}
export interface NoteVerifier {
  readonly name: string;
  /** First four bytes of SHA-256(name ‖ "\n" ‖ 0x01 ‖ public key). */
  readonly keyId: Buffer;
  readonly publicKey: KeyObject;
}

/** A new Ed25519 key as PKCS#8 PEM, to be sealed and stored. */
export function generateNoteKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** @throws Error if the name has a space, a plus or a newline, which the note format gives a meaning */
export function noteSigner(name: string, pem: string): NoteSigner {
  if (name === '' || /[\s+]/.test(name)) throw new Error(`not a key name: ${JSON.stringify(name)}`);
  return { name, privateKey: createPrivateKey(pem) };
}

/** The 32 bytes of an Ed25519 public key. */
export function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' }).subarray(spkiPrefix.length);
}

export function publicKeyOf(raw: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), type: 'spki', format: 'der' });
}

/** The text of a signed note that its signatures sign, with its last newline. @throws Error if it is none */
export function bodyOf(note: string): string {
  const end = note.indexOf('\n\n');
  if (end === -1 || !note.endsWith('\n')) throw new Error('checkpoint: not a signed note');
  return note.slice(0, end + 1);
}

/** Its first line: which log it is of, before anything of it is verified. Empty for what is no note. */
export const originIn = (note: string): string => note.slice(0, Math.max(0, note.indexOf('\n')));

function keyIdOf(name: string, raw: Buffer): Buffer {
  return createHash('sha256')
    .update(`${name}\n`)
    .update(Buffer.from([ed25519]))
    .update(raw)
    .digest()
    .subarray(0, 4);
}

/** The verifier key in text (C2SP signed-note): `name+<hex key id>+<base64 of 0x01 ‖ key>`. */
export function vkeyOf({ name, privateKey }: NoteSigner): string {
  const raw = rawPublicKey(createPublicKey(privateKey));
  return `${name}+${keyIdOf(name, raw).toString('hex')}+${Buffer.concat([Buffer.from([ed25519]), raw]).toString('base64')}`;
}

/** @throws Error if the text is not a verifier key of Ed25519 or its id does not fit */
export function parseVkey(text: string): NoteVerifier {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim());
  const [, name = '', id = '', key = ''] = match ?? [];
  const bytes = decodeBase64(key, 'verifier key');
  const raw = bytes.subarray(1);
  if (match === null || bytes[0] !== ed25519 || raw.length !== 32) throw new Error('not an Ed25519 verifier key');
  const keyId = keyIdOf(name, raw);
  if (keyId.toString('hex') !== id) throw new Error('the verifier key does not match its id');
  return {
    name,
    keyId,
    publicKey: publicKeyOf(raw),
  };
}

/** Signs a checkpoint as a C2SP signed note: three lines, an empty line, one signature line. */
export function signCheckpoint({ origin, size, root }: Checkpoint, signer: NoteSigner): string {
  const body = `${origin}\n${size}\n${root.toString('base64')}\n`;
  const raw = rawPublicKey(createPublicKey(signer.privateKey));
  const signature = sign(null, Buffer.from(body), signer.privateKey);
  const blob = Buffer.concat([keyIdOf(signer.name, raw), signature]).toString('base64');
  return `${body}\n— ${signer.name} ${blob}\n`;
}

/** Reads a signed checkpoint; strict. @throws Error saying what is wrong: the form, another log's, or no good signature of this key */
export function openCheckpoint(text: string, verifier: NoteVerifier): Checkpoint {
  const body = bodyOf(text);
  const lines = body.split('\n');
  const [origin = '', sizeText = '', rootText = '', ...rest] = lines;
  if (origin === '' || !/^(0|[1-9]\d{0,15})$/.test(sizeText) || rest.length !== 1)
    throw new Error('checkpoint: malformed body');
  const root = decodeBase64(rootText, 'checkpoint root');
  if (root.length !== 32) throw new Error('checkpoint: the root is not a SHA-256 hash');
  if (origin !== verifier.name) throw new Error(`checkpoint: of ${origin}, not of ${verifier.name}`);
  const good = text
    .slice(body.length + 1, -1)
    .split('\n')
    .map((line) => signatureIn(line))
    .some((signature) => signedBy(signature, body, verifier));
  if (!good) throw new Error(`checkpoint: no valid signature of ${verifier.name}`);
  return { origin, size: Number(sizeText), root };
}

interface NoteSignature {
  readonly signer: string;
  /** Key id and signature. */
  readonly blob: Buffer;
}

/** A signature line; those of others are allowed beside ours, anything else is not. */
function signatureIn(line: string): NoteSignature {
  const [, signer, text = ''] = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
  if (signer === undefined) throw new Error('checkpoint: malformed signature line');
  return { signer, blob: decodeBase64(text, 'checkpoint signature') };
}

function signedBy({ signer, blob }: NoteSignature, body: string, { name, keyId, publicKey }: NoteVerifier): boolean {
  const ours = signer === name && blob.subarray(0, 4).equals(keyId);
  return ours && verify(null, Buffer.from(body), publicKey, blob.subarray(4));
}

/** Which checkpoint was signed before one; null for the first. */
export interface CheckpointLink {
  readonly size: number;
  readonly previous: number | null;
}

/** Its second line is no number, so that nobody can take it for the body of a checkpoint. */
const linkText = (name: string, { size, previous }: CheckpointLink): Buffer =>
  Buffer.from(`${name}\nafter ${previous ?? 'none'}\n${size}\n`);

/** Puts the log's name to the order of its checkpoints, so that one that is taken out is missed. */
export function signLink(link: CheckpointLink, { name, privateKey }: NoteSigner): Buffer {
  return sign(null, linkText(name, link), privateKey);
}

export function isLink(link: CheckpointLink, signature: Buffer, { name, publicKey }: NoteVerifier): boolean {
  return verify(null, linkText(name, link), publicKey, signature);
}
