import { createTransport } from 'nodemailer';
import type { Channel, Outgoing, Sent } from './channel.port.js';

const connectMs = 10_000;
const silentMs = 30_000;

/** E-mail by SMTP. The Message-ID follows from the notification: a mail sent twice after a crash has the same. */
export function emailChannel(url: string, from: string): Channel {
  const transport = createTransport(
    {
      url,
      pool: true,
      maxConnections: 2,
      connectionTimeout: connectMs,
      greetingTimeout: connectMs,
      socketTimeout: silentMs,
    },
    { from },
  );
  const host = from.slice(from.lastIndexOf('@') + 1).replace(/[>\s]/g, '');
  return {
    name: 'email',
    reaches: (recipient) => recipient?.email != null,
    send: async ({ id, recipient, subject, text }: Outgoing): Promise<Sent> => {
      if (recipient?.email == null) return { is: 'refused', problem: 'the recipient has no address' };
      const to = { name: recipient.displayName, address: recipient.email };
      const headers = { 'Auto-Submitted': 'auto-generated' };
      try {
        await transport.sendMail({ to, subject, text, headers, messageId: `<${id}@${host}>` });
        return { is: 'sent' };
      } catch (error) {
        return { is: isRefusal(error) ? 'refused' : 'failed', problem: wordsOf(error) };
      }
    },
    close: () => {
      transport.close();
      return Promise.resolve();
    },
  };
}

/** A reply of 5xx to the envelope is about this address; others are about the server (RFC 5321 §4.2.1). */
function isRefusal(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('responseCode' in error)) return false;
  const { responseCode } = error;
  const isEnvelope = 'code' in error && error.code === 'EENVELOPE';
  return isEnvelope && typeof responseCode === 'number' && responseCode >= 500;
}

function wordsOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'error';
  const reply =
    typeof error === 'object' && error !== null && 'responseCode' in error ? ` ${String(error.responseCode)}` : '';
  return `${code}${reply}`;
}
