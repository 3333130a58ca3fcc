/** What no secret has in it, because no call can carry it. */
const unfit = /[\p{Cc}\ufeff\ufffd]/u;

/** Without what editors and shells put around it: a byte order mark before it, line breaks after it. */
export function cleanSecret(text: string): string {
  return text.replace(/^\ufeff/, '').replace(/[\r\n]+$/, '');
}

/** Why no call can carry a secret; null when it can. */
export function secretProblem(secret: string): string | null {
  return unfit.test(secret)
    ? 'has a line break, a control character, a byte order mark or bytes that are no UTF-8 in it'
    : null;
}
