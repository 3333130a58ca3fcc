import { entitlementKinds, type EntitlementKind } from './entitlement.js';
import { object, text, type JsonSchema } from './json-schema.js';

const fields: Readonly<Record<EntitlementKind, JsonSchema>> = { account: { const: true }, group: text, role: text };

/** An entitlement with further fields: exactly one of its own fields names it. */
export const entitled = (more: Readonly<Record<string, JsonSchema>>): JsonSchema =>
  object(more, fields, { oneOf: entitlementKinds.map((kind) => ({ required: [kind] })) });
