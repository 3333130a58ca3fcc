const prefix = 'whsec_';

/** The key in a secret of Standard Webhooks: `whsec_` and base64 of 24 to 64 bytes; null for anything else. */
export function webhookKey(secret: string): Buffer | null {
  const encoded = secret.startsWith(prefix) ? secret.slice(prefix.length) : secret;
  const key = Buffer.from(encoded, 'base64');
  const isCanonical = key.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
  return isCanonical && key.length >= 24 && key.length <= 64 ? key : null;
}
