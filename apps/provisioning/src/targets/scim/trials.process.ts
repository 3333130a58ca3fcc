import type { ApplicationAccess } from '#libs/outgoing/authorized-exchange.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import type { ScimProfile } from '#libs/scim/client/profile.js';
import { ScimClient } from '#libs/scim/client/scim-client.js';
import type { ProposedProfile } from './proposed-profile.js';

/** One way to try, and what it means for the profile when it works. */
export interface Way {
  readonly changes: Partial<ScimProfile>;
  readonly saw: string;
}

/** Tries ways to speak with an application, and notes in the proposed profile which one works. */
export class Trials {
  constructor(
    private readonly access: ApplicationAccess,
    readonly proposed: ProposedProfile,
  ) {}

  /** The first way that a reading confirms. @returns false for none */
  async firstOf(
    what: string,
    ways: readonly Way[],
    attempt: (client: ScimClient, n: number) => Promise<boolean>,
  ): Promise<boolean> {
    for (const [n, { changes, saw }] of ways.entries()) {
      const works = await this.asking(changes, (client) => attempt(client, n)).catch(passOver);
      if (works !== true) continue;
      this.take(changes, saw);
      return true;
    }
    this.proposed.unsettled.push(`${what}: no known way works`);
    return false;
  }

  take(changes: Partial<ScimProfile>, saw: string): void {
    for (const [name, value] of Object.entries(changes)) this.proposed.note(name as keyof ScimProfile, value, saw);
  }

  /** As the proposed profile says, with these changes. */
  async asking<T>(changes: Partial<ScimProfile>, question: (client: ScimClient) => Promise<T>): Promise<T> {
    const client = new ScimClient(this.access, this.proposed.with(changes));
    try {
      return await question(client);
    } finally {
      await client.destroy();
    }
  }
}

/** The status of a refusal, or its code. */
export const wordsOf = (error: unknown): string =>
  error instanceof CallFailure ? String(error.terms.status ?? error.terms.code) : 'unclear';

/** A refusal only says that this way does not work. @throws what is no answer */
export function passOver(error: unknown): null {
  if (error instanceof CallFailure && error.terms.class !== 'auth' && error.terms.status !== null) return null;
  throw error;
}
