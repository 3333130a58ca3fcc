import type { ProblemError } from '#libs/problems/problem.js';
import type { ScimProfile } from '#libs/scim/client/profile.js';
import { profileProblems } from '#libs/scim/client/profile-combinations.js';
import { switches, switchProblems } from '#libs/scim/client/profile-switches.js';
import { profileBy, templateNamed, templates } from '#libs/scim/client/templates.js';

export { isWritablePath, pathKey } from '#libs/scim/client/attribute-path.js';

/** How a connector names its profile: by a template, with switches of its own where it has some. */
export type ProfileChoice =
  string | { readonly template: string; readonly switches: Readonly<Record<string, unknown>> };

/** A profile that a connector can name, as it is shown. */
export interface ProfileView {
  readonly name: string;
  readonly describes: string;
  readonly source: string;
  readonly protocol: 'scim1' | 'scim2';
  readonly baseUrl: string;
  readonly mapping: Readonly<Record<string, string>>;
  /** Those that differ from the profile generic. */
  readonly differs: readonly string[];
  readonly switches: ScimProfile;
}

export const profileNames = templates.map(({ name }) => name);

/** The API document's schema of each switch, with what it means. */
export const switchSchemas = Object.fromEntries(
  Object.entries(switches).map(([name, { schema, means }]) => [name, { ...schema, description: means }]),
);

export function profileViews(): ProfileView[] {
  return templates.map(({ name, describes, source, baseUrl, mapping, switches: own }) => {
    const whole = profileBy(name, {});
    const protocol = protocolOf(whole);
    return { name, describes, source, protocol, baseUrl, mapping, differs: Object.keys(own), switches: whole };
  });
}

/** The whole profile. */
export function profileOf(choice: ProfileChoice): ScimProfile {
  return typeof choice === 'string' ? profileBy(choice, {}) : profileBy(choice.template, choice.switches);
}

/** The profile of documents that name none. */
export const usualProfile = (protocol: 'scim1' | 'scim2'): ProfileChoice =>
  protocol === 'scim1' ? 'scim1' : 'generic';

/** A choice as it was stated, in its shortest form; or what is wrong with it. */
export function statedProfile(stated: unknown): { choice: ProfileChoice } | { problems: ProblemError[] } {
  const isName = typeof stated !== 'object' || stated === null;
  const { template, switches, ...more }: StatedProfile = isName ? { template: stated } : stated;
  const own = switches ?? {};
  const problems = [
    ...Object.keys(more).map((name) => ({
      pointer: `/profile/${name}`,
      detail: 'is no field of a profile: give template and switches',
    })),
    ...templateProblems(template, isName ? '/profile' : '/profile/template'),
    ...ownProblems(own),
  ];
  if (problems.length > 0) return { problems };
  const choice = chosen(template as string, own);
  const together = profileProblems(profileOf(choice), '/profile/switches');
  return together.length > 0 ? { problems: together } : { choice };
}

const chosen = (template: string, own: object): ProfileChoice =>
  Object.keys(own).length === 0 ? template : { template, switches: { ...own } };

function ownProblems(own: unknown): ProblemError[] {
  const isObject = typeof own === 'object' && own !== null && !Array.isArray(own);
  if (!isObject) return [{ pointer: '/profile/switches', detail: 'must be an object of switches' }];
  return switchProblems(own as Readonly<Record<string, unknown>>, '/profile/switches');
}

interface StatedProfile {
  readonly template?: unknown;
  readonly switches?: unknown;
}

function templateProblems(template: unknown, pointer: string): ProblemError[] {
  if (typeof template === 'string' && templateNamed(template) !== undefined) return [];
  return [{ pointer, detail: `must be one of ${profileNames.join(', ')}` }];
}

/** Entries that such an application needs in its mapping, and the document does not have. */
export function profileMapping(
  choice: ProfileChoice,
  targets: readonly string[],
): { target: string; expression: string }[] {
  const template = templateNamed(typeof choice === 'string' ? choice : choice.template);
  const known = new Set(targets.map((target) => target.toLowerCase()));
  return Object.entries(template?.mapping ?? {})
    .filter(([target]) => !known.has(target.toLowerCase()))
    .map(([target, expression]) => ({ target, expression }));
}

export const protocolOf = ({ version }: ScimProfile): 'scim1' | 'scim2' => (version === '1.1' ? 'scim1' : 'scim2');
