import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { hrPrecedence } from '#libs/contracts/provisioning-results.js';
import type { PulledAttributes } from './identity.events.js';

/** One value that an application made. */
export interface PulledValue {
  readonly attribute: string;
  readonly value: string;
  readonly connector: string;
  readonly precedence: number;
}

/** What all connectors give: by attribute, the one that counts first. */
export function pulledValues(pulled: Readonly<Record<string, PulledAttributes>>): PulledValue[] {
  const all = Object.entries(pulled).flatMap(([connector, given]) =>
    Object.entries(given).map(([attribute, { value, precedence }]) => ({ attribute, value, connector, precedence })),
  );
  return all.sort((one, other) => one.precedence - other.precedence || (one.connector < other.connector ? -1 : 1));
}

/**
 * HR's attributes with what applications made: of several sources of an attribute the lowest precedence counts, and HR
 * where it is the same.
 */
export function withPulled(
  stated: WorkerAttributes,
  pulled: Readonly<Record<string, PulledAttributes>> | undefined,
): WorkerAttributes {
  if (pulled === undefined) return stated;
  let merged = stated;
  const taken = new Set<string>();
  for (const { attribute, value, precedence } of pulledValues(pulled)) {
    const counts = !taken.has(attribute) && (precedence < hrPrecedence || !isStated(stated, attribute));
    taken.add(attribute);
    if (counts) merged = put(merged, attribute, value);
  }
  return merged;
}

const customOf = (attribute: string): string | null =>
  attribute.startsWith('custom.') ? attribute.slice('custom.'.length) : null;

function isStated({ email, custom = {} }: WorkerAttributes, attribute: string): boolean {
  const name = customOf(attribute);
  return name === null ? email !== undefined : Object.hasOwn(custom, name);
}

function put(attributes: WorkerAttributes, attribute: string, value: string): WorkerAttributes {
  const name = customOf(attribute);
  return name === null
    ? { ...attributes, email: value }
    : { ...attributes, custom: { ...attributes.custom, [name]: value } };
}
