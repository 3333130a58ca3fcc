import type { EntitlementFields } from '#libs/contracts/entitlement.js';
import { constant, either, object, text, type FieldsOf, type Schema } from './schema.js';

type Of<Name extends string> = Extract<EntitlementFields, Readonly<Record<Name, unknown>>>;

/** An account, a group or a role, with what is said of it. */
export function entitled<T extends object>(said: FieldsOf<T>): Schema<EntitlementFields & T> {
  const account = object<Of<'account'> & T>({ ...said, account: constant(true) } as FieldsOf<Of<'account'> & T>);
  const group = object<Of<'group'> & T>({ ...said, group: text } as FieldsOf<Of<'group'> & T>);
  const role = object<Of<'role'> & T>({ ...said, role: text } as FieldsOf<Of<'role'> & T>);
  return either(account, group, role);
}
