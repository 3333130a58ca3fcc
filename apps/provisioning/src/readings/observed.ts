import { createHash } from 'node:crypto';
import { cleanText, isWellFormedText } from '#libs/text/text.js';
import type { ShownAccount } from '../targets/targets.exports.js';

/** An account as it is kept of a reading. */
export interface Observed {
  readonly accountId: string;
  readonly userName: string | null;
  readonly externalId: string | null;
  readonly active: boolean | null;
  readonly createdAt: string | null;
  /** Values by attribute path; a path without a value is left out. */
  readonly shown: Readonly<Record<string, readonly unknown[]>>;
}

/** What is kept of a shown account. @param paths the attribute paths whose values are of interest */
export function observedFrom(account: ShownAccount, paths: readonly string[]): Observed {
  const shown = Object.fromEntries(
    paths.flatMap((path) => {
      const values = account.at(path).filter((value) => value !== undefined && value !== null);
      return values.length === 0 ? [] : [[path, storable(values)]];
    }),
  ) as Observed['shown'];
  return {
    accountId: account.id,
    userName: textOf(account.userName),
    externalId: textOf(account.externalId),
    active: account.active,
    createdAt: textOf(account.createdAt),
    shown,
  };
}

/** The same observation has the same digest. */
export function digestOf(observed: Observed): string {
  return createHash('sha256').update(JSON.stringify(observed)).digest('base64url').slice(0, 22);
}

const textOf = (text: string | undefined): string | null => (text === undefined ? null : cleanText(text));

/** PostgreSQL holds no U+0000 and no half of a surrogate pair. */
function storable(value: unknown): unknown {
  const text = JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'string' && !isWellFormedText(one) ? cleanText(one) : one,
  );
  return JSON.parse(text) as unknown;
}
