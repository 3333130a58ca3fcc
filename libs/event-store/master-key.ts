import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { randomBytesFromPool } from '#libs/system/random-pool.js';

const ivBytes = 12;
const tagBytes = 16;

/** AES-256-GCM: nonce ‖ tag ‖ ciphertext. `context` is authenticated, so a value cannot be moved to another place. */
export function sealWith(key: KeyObject, plain: Uint8Array | string, context: string): Buffer {
  const iv = randomBytesFromPool(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(context));
  const body = typeof plain === 'string' ? cipher.update(plain, 'utf8') : cipher.update(plain);
  // GCM holds nothing back: the end adds the tag only.
  cipher.final();
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

/** Reverse of {@link sealWith}. @throws Error if the key, the context or a single bit differs */
export function openWith(key: KeyObject, sealed: Uint8Array, context: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes));
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(ivBytes + tagBytes)), decipher.final()]);
}

/** The key above all keys: wraps subject keys and seals connector secrets. Never stored in the database. */
export class MasterKey {
  private readonly key: KeyObject;

  /** @param secret 32 bytes. @throws RangeError for any other length: a short key is never padded */
  constructor(secret: Uint8Array) {
    if (secret.length !== 32) throw new RangeError(`the master key must be 32 bytes, got ${secret.length}`);
    this.key = createSecretKey(secret);
  }

  /** Seals text for storage; base64. `context` names the place, for example `connector/slack/auth.token`. */
  seal(text: string, context: string): string {
    return sealWith(this.key, text, context).toString('base64');
  }

  /** @throws Error if sealed under another key or context */
  open(sealed: string, context: string): string {
    return openWith(this.key, Buffer.from(sealed, 'base64'), context).toString();
  }

  wrap(key: Uint8Array, context: string): Buffer {
    return sealWith(this.key, key, context);
  }

  unwrap(sealed: Uint8Array, context: string): Buffer {
    return openWith(this.key, sealed, context);
  }
}
