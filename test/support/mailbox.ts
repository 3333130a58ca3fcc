import { SMTPServer } from 'smtp-server';

/** A mail as an SMTP server took it. */
export interface Mail {
  readonly to: readonly string[];
  /** Headers and body, decoded as far as quoted-printable and encoded words go. */
  readonly text: string;
}

export interface Mailbox {
  readonly url: string;
  readonly mails: readonly Mail[];
  /** How often the server was asked to take a mail, also in vain. */
  readonly attempts: () => number;
  /** What the server answers to the next recipients; null: it takes them. */
  refuse(code: number | null): void;
  close(): Promise<void>;
}

/** A real SMTP server on loopback, without login. */
export async function mailbox(): Promise<Mailbox> {
  const mails: Mail[] = [];
  let attempts = 0;
  let refusal: number | null = null;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: (_address, _session, done) => {
      attempts += 1;
      done(refusal === null ? null : Object.assign(new Error('not now'), { responseCode: refusal }));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          text: decoded(Buffer.concat(chunks).toString('utf8')),
        });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    attempts: () => attempts,
    refuse: (code) => {
      refusal = code;
    },
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

/** Quoted-printable (RFC 2045 §6.7) as UTF-8. */
function decoded(mail: string): string {
  const bytes = mail
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
