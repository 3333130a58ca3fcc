import { createHmac } from 'node:crypto';

/**
 * The headers that sign a webhook.
 * @param id the same for each attempt @param seconds since 1970, of the attempt
 * @see https://www.standardwebhooks.com
 */
export function webhookHeaders(
  key: Buffer,
  id: string,
  seconds: number,
  body: string,
): Readonly<Record<string, string>> {
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${signature}` };
}
