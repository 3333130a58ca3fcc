import { webhookKey } from '#libs/text/webhook-key.js';

/** Characters that no secret has, because no call can contain them. */
const unfit = /[\p{Cc}\ufeff\ufffd]/u;

/** Without a byte order mark before it and line breaks after it, which editors and shells add. */
export function cleanSecret(text: string): string {
  return text.replace(/^\ufeff/, '').replace(/[\r\n]+$/, '');
}

/** Why no call can contain a secret; null when it can. */
export function secretProblem(secret: string): string | null {
  return unfit.test(secret)
    ? 'has a line break, a control character, a byte order mark or bytes that are no UTF-8 in it'
    : null;
}

/** Why a text is no certificate or key as PEM (RFC 7468); null when it is one. */
export function pemProblem(text: string): string | null {
  return /-----BEGIN [A-Z0-9 ]+-----[\s\S]+-----END [A-Z0-9 ]+-----/.test(text)
    ? null
    : 'is no PEM: it must have -----BEGIN and -----END lines';
}

/** Why a text is no secret of Standard Webhooks; null when it is one. */
export function webhookProblem(text: string): string | null {
  return webhookKey(text) === null ? 'must be whsec_ and base64 of 24 to 64 bytes' : null;
}
