import type { AddressGuard } from './address-guard.js';
import { callTimeoutMs } from './call-timeout.js';
import { failureOf, type Answer } from './classify.js';
import { credentialsFor, type ApplicationAuth, type Credentials, type SecretUsed } from './credentials.js';
import type { Egress } from './egress.js';
import { CallFailure, type FailureTerms } from './failure.js';
import { HttpExchange, type Outgoing } from './http-exchange.js';
import { OutsideText } from './outside-text.js';
import type { Pace } from './pace.js';
import { watcher, withoutSecrets } from './seen-exchange.js';

/** Of a body that somebody watches, in characters. */
const longestSeen = 4_000;

/** A change that a dry run did not send. */
export function withheld(): CallFailure {
  const detail = 'nothing is changed in a dry run';
  const terms = { status: null, effectUnknown: false, retryAfterMs: null, detail };
  return new CallFailure({ ...terms, class: 'transient', code: 'withheld' });
}

/** Where an application is, and how it is called. */
export interface ApplicationAccess {
  readonly baseUrl: string;
  readonly auth: ApplicationAuth;
  readonly guard: AddressGuard;
  /** Connections at most, and so calls at a time. */
  readonly connections: number;
  readonly nowMs: () => number;
  /** Keeps the calls within what the application permits; none where it does not say. */
  readonly pace?: Pace;
  /** Told of each answer that accepts the credentials: which secret counted. */
  readonly onAccepted?: (secret: SecretUsed) => void;
  /** Nothing but reading is sent: a change is told to who watches, and fails with `withheld`. */
  readonly withholdsChanges?: boolean;
  /** A proxy, and an authority that is trusted besides the public ones. */
  readonly egress?: Egress;
}

/** Calls to one application with its credentials, which go into the headers of these calls and nowhere else. */
export class AuthorizedExchange {
  /** Cleans what the application sends. */
  readonly outside: OutsideText;
  private readonly exchange: HttpExchange;
  private readonly credentials: Credentials;
  private readonly base: string;

  /** @throws AddressRefused when the base URL is an address that may not be called */
  constructor(private readonly access: ApplicationAccess) {
    const url = new URL(access.baseUrl);
    this.base = url.pathname.replace(/\/+$/, '');
    const { auth, egress = {} } = access;
    const certificate = auth.type === 'mtls' ? { certificate: { cert: auth.cert, key: auth.key } } : {};
    this.exchange = new HttpExchange(url, access.guard, access.connections, { ...egress, ...certificate });
    const credentials = credentialsFor(auth, access);
    this.credentials = credentials;
    this.outside = new OutsideText(() => credentials.secrets());
  }

  /**
   * Whatever status came; once more with fresh credentials after a 401.
   * @param path added to the path of the base URL
   * @throws CallFailure when no whole answer came
   */
  async answer(outgoing: Outgoing): Promise<Answer> {
    if (this.access.withholdsChanges === true && outgoing.method !== 'GET') {
      this.see(outgoing, null);
      throw withheld();
    }
    try {
      const answer = await this.answered(outgoing);
      this.see(outgoing, answer);
      return answer;
    } catch (error) {
      this.see(outgoing, null);
      throw error;
    }
  }

  /** Tells who watches the work under way what was sent, and what came back. */
  private see({ method, path, body }: Outgoing, answer: Answer | null): void {
    const see = watcher();
    if (see === undefined) return;
    const read = (text: string): string => this.outside.words(withoutSecrets(text), longestSeen);
    // A request of several changes is about several people.
    const isOfMany = path.endsWith('/Bulk');
    see({
      method,
      path: `${this.base}${path}`,
      body: body === undefined || isOfMany ? null : read(body),
      status: answer?.status ?? null,
      answer: answer === null || isOfMany ? null : read(answer.text),
    });
  }

  private async answered({ path, headers, withinMs = callTimeoutMs, ...outgoing }: Outgoing): Promise<Answer> {
    const started = performance.now();
    const once = async (proof: Readonly<Record<string, string>>): Promise<Answer> => {
      const left = (): number => withinMs - (performance.now() - started);
      await this.access.pace?.turn({ method: outgoing.method, path }, left());
      const full = { ...outgoing, path: `${this.base}${path}`, headers: { ...headers, ...proof } };
      return await this.exchange.send({ ...full, withinMs: left() });
    };
    const proof = await this.credentials.headers();
    const answer = await once(proof);
    const again = answer.status === 401 && this.credentials.renew(proof);
    const last = again ? await once(await this.credentials.headers()) : answer;
    if (last.status !== 401) this.access.onAccepted?.(this.credentials.uses);
    return last;
  }

  /** What a refusing answer means; null for 2xx. @param write whether the call would have changed something */
  failureOf(answer: Answer, write: boolean): FailureTerms | null {
    return failureOf(answer, write, this.access.nowMs(), (text, most) => this.outside.words(text, most));
  }

  /** Ends every call under way, at once. */
  async destroy(): Promise<void> {
    await Promise.all([this.exchange.destroy(), this.credentials.destroy()]);
  }
}
