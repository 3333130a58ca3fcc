import type { ConnectorAuth, StoredSecret } from './connector-document.js';

/** A secret as it is shown: that there is one, and where it is if not here. */
export interface ShownSecret {
  readonly set: true;
  readonly reference?: string;
}

type ShownFields<Auth> = { readonly [Name in keyof Auth]: Auth[Name] extends StoredSecret ? ShownSecret : Auth[Name] };
type Shown<Auth> = Auth extends unknown ? ShownFields<Omit<Auth, 'former'>> : never;
export type ShownAuth = Shown<ConnectorAuth>;

/** How `auth` is shown: without secrets. */
export function shownAuth(auth: ConnectorAuth): ShownAuth {
  return Object.fromEntries(
    Object.entries(auth).flatMap(([name, value]: [string, unknown]) => {
      if (name === 'former') return [];
      return [shownField(name, value)];
    }),
  ) as ShownAuth;
}

function shownField(name: string, value: unknown): [string, unknown] {
  if (typeof value !== 'object' || value === null) return [name, value];
  return [name, 'reference' in value ? { set: true, reference: value.reference } : { set: true }];
}
