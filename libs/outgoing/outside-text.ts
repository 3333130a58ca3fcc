import { cleanText, cutText, isWellFormedText } from '#libs/text/text.js';

/** Shorter secrets would hide unrelated text. */
const shortestSecret = 4;
const mask = '***';
/** Escapes of what cannot be stored or shown, and such characters themselves. */
const suspicious = /\\u|[\x7f-\x9f]/i;
/** Numbers that lose digits when they are read, and numbers where an id stands. */
const digits = /\d{16}|"(?:id|value)"\s*:\s*-?\d/i;
const stringOrNumber = /("(?:[^"\\]|\\.)*")(\s*:\s*)?(-?\d[\d.eE+-]*)?|-?\d[\d.eE+-]*/g;
const idNames = new Set(['"id"', '"value"']);
/** Left as they are: compared byte for byte, and never stored unless they can be. */
const opaque = new Set(['id', 'members']);

/** An answer's JSON as it was sent. */
export interface ReadJson {
  readonly value: unknown;
  /** No text in it needs cleaning. */
  readonly clean: boolean;
}

/**
 * Cleans everything that an application sends: text that can be stored and shown, without the secrets of the call. Ids
 * are opaque: they stay byte for byte, or the resource cannot be read.
 */
export class OutsideText {
  private known = '';
  private secret: RegExp | null = null;

  /** @param secrets those in use now, in the clear */
  constructor(private readonly secrets: () => readonly string[]) {}

  /** For people to read, at most `most` characters of it. */
  words(text: string, most: number): string {
    return cutText(this.clean(text), most);
  }

  /** Ids keep their digits, also where the application counts in numbers. @throws SyntaxError */
  json(text: string): ReadJson {
    const read: unknown = JSON.parse(text);
    const value: unknown = digits.test(text) ? JSON.parse(text.replace(stringOrNumber, withDigits)) : read;
    return { value, clean: !suspicious.test(text) && !text.includes('\\/') && !this.holdsSecret(text) };
  }

  /** A resource with clean texts and its id as it was sent; null without an id that can be kept and asked for. */
  resource(body: unknown, clean: boolean): { readonly id: string } | null {
    if (typeof body !== 'object' || body === null || !('id' in body)) return null;
    const { id } = body;
    if (typeof id !== 'string' || !isUsableId(id) || this.holdsSecret(id)) return null;
    return clean ? { ...body, id } : { ...(this.cleanValue(body, opaque) as object), id };
  }

  private holdsSecret(text: string): boolean {
    const secret = this.pattern();
    return secret !== null && text.search(secret) >= 0;
  }

  private cleanValue(value: unknown, except: ReadonlySet<string>): unknown {
    if (typeof value === 'string') return this.clean(value);
    if (Array.isArray(value)) return value.map((one: unknown) => this.cleanValue(one, none));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([name, one]: [string, unknown]) => [
      this.clean(name),
      except.has(name) ? one : this.cleanValue(one, none),
    ]);
    return Object.fromEntries(entries) as object;
  }

  private clean(text: string): string {
    const secret = this.pattern();
    const clean = cleanText(text);
    return secret === null ? clean : clean.replace(secret, mask);
  }

  private pattern(): RegExp | null {
    const secrets = this.secrets().filter((one) => one.length >= shortestSecret);
    const known = secrets.join('\n');
    if (known === this.known) return this.secret;
    this.known = known;
    const forms = [...new Set(secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length);
    this.secret = forms.length === 0 ? null : new RegExp(forms.map(escaped).join('|'), 'gi');
    return this.secret;
  }
}

const none: ReadonlySet<string> = new Set();

/** A path made of dots leads elsewhere (RFC 3986 §5.2.4). */
function isUsableId(id: string): boolean {
  return id !== '' && id !== '.' && id !== '..' && isWellFormedText(id);
}

/** An id, and a number that would lose digits, as the text of its digits. */
function withDigits(
  all: string,
  text: string | undefined,
  colon: string | undefined,
  number: string | undefined,
): string {
  if (text === undefined) return isExact(all) ? all : `"${all}"`;
  if (number === undefined) return all;
  return idNames.has(text.toLowerCase()) || !isExact(number) ? `${text}${colon ?? ''}"${number}"` : all;
}

const isExact = (number: string): boolean => !/^-?\d+$/.test(number) || Number.isSafeInteger(Number(number));

/** How an application may write a secret that it was sent. */
function formsOf(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64');
  const html = secret
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  return [
    secret,
    encodeURIComponent(secret),
    base64,
    base64.replace(/=+$/, ''),
    Buffer.from(secret).toString('base64url'),
    html,
  ];
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
