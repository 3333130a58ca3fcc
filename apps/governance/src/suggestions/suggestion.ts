import type { EntitlementFields } from '#libs/contracts/entitlement.js';

/** Attributes of people by which access may be given. */
export const attributes = [
  'department',
  'division',
  'costCenter',
  'company',
  'jobTitle',
  'location',
  'country',
  'employmentType',
] as const;
export type Attribute = (typeof attributes)[number];

/** How many people have the same attributes, hold the same of one application, and wait for the same certifications. */
export interface Cell {
  readonly attributes: Readonly<Partial<Record<Attribute, string | null>>>;
  /** Keys of the entitlements that they hold, by whatever cause. */
  readonly held: readonly string[];
  /** Keys of those that were found, and that nobody has certified. */
  readonly found: readonly string[];
  readonly people: number;
}

/** A value that people have in common. */
export interface Condition {
  readonly attribute: Attribute;
  readonly value: string;
}

/** What explains found access, as a proposal. */
export interface Suggestion {
  /** `birthright-rule`: a rule gives a package to who matches; `access-package`: who holds all of it now holds a package instead. */
  readonly kind: 'birthright-rule' | 'access-package';
  /** Of a rule: what people have in common; empty for everybody. */
  readonly conditions: readonly Condition[];
  /** Keys, sorted. */
  readonly entitlements: readonly string[];
  /** Of a rule: who matches. Of a package: who holds at least one of its entitlements as found. */
  readonly people: number;
  /** How many of these people hold all of it. */
  readonly holders: number;
  /** Found assignments that it explains, and that no suggestion before it explains. */
  readonly explains: number;
  /** Share of what it gives that these people hold already, from 0 to 1. */
  readonly precision: number;
  /** Share of the found assignments of these entitlements that it explains, from 0 to 1. */
  readonly coverage: number;
}

/** Fewer people show no pattern. */
export const fewestPeople = 3;
/** A rule gives at least this share to people who hold it already. */
export const leastPrecision = 0.8;
/** Of those who hold something of a package, at least this share holds all of it. */
export const leastTogether = 0.5;
/** A suggestion with less is not worth a decision. */
export const mostSuggestions = 50;

/** Something of one application, with its key. */
export type Entitlement = EntitlementFields & { readonly key: string };
