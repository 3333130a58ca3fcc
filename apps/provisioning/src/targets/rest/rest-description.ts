import type { ProblemError } from '#libs/problems/problem.js';
import { type AcceptedDescription, acceptedOf, quietOf } from './accepted-description.js';
import { type AccountDescription, accountsOf } from './account-description.js';
import { DescriptionReader } from './description-reader.js';
import { type EntitlementDescription, entitlementsOf } from './entitlement-description.js';
import { type AnswerTest, testOf } from './rest-requests.js';

/** How an application's own API is called, as a connector document describes it, ready to be used. */
export interface RestDescription {
  /** Null: the connector's own address. */
  readonly baseUrl: string | null;
  /** Answers that say that a thing is not there. */
  readonly notFound: AnswerTest;
  /** What an answer with a status from 200 to 299 must also show to be a success; null for nothing more. */
  readonly success: AnswerTest | null;
  readonly errors: readonly (AnswerTest & { readonly class: ErrorClass })[];
  /** Where a refusal has the application's words. */
  readonly words: string | null;
  /** Header that takes the key of an operation, so that the application carries it out once; null for none. */
  readonly keyHeader: string | null;
  /** How the application answers that it will do something later; null where it never does. */
  readonly accepted: AcceptedDescription | null;
  /** Milliseconds after which a call without an answer can no longer be running; null where nobody knows. */
  readonly quietAfterMs: number | null;
  /** Null: accounts are reached in another way. */
  readonly accounts: AccountDescription | null;
  readonly groups: EntitlementDescription | null;
  readonly roles: EntitlementDescription | null;
}

/** What an API is described for: everything, or only the roles of an application whose accounts are reached by SCIM. */
export type RestScope = 'everything' | 'roles';

const classes = ['refused', 'conflict', 'throttled', 'outage', 'credentials', 'licence'] as const;
export type ErrorClass = (typeof classes)[number];

/** Headers that belong to the exchange or the credentials. */
const ownHeaders = /^(authorization|proxy-.*|cookie|host|content-.*|transfer-encoding|connection|accept|user-agent)$/i;

/** @param stated what a connector document has as `rest` */
export function compileRest(
  stated: unknown,
  scope: RestScope = 'roles',
): { description: RestDescription | null; problems: ProblemError[] } {
  const problems: ProblemError[] = [];
  const reader = new DescriptionReader(stated, '/rest', problems);
  const description = {
    baseUrl: baseUrlOf(reader),
    notFound: notFoundOf(reader),
    success: testOf(reader.part('success', null)),
    errors: (reader.list('errors', null) ?? []).flatMap((one, index) =>
      errorOf(one, `/rest/errors/${index}`, problems),
    ),
    words: reader.point('words', null),
    keyHeader: keyHeaderOf(reader),
    accepted: acceptedOf(reader.part('accepted', null)),
    quietAfterMs: quietOf(reader),
    ...partsOf(reader, scope),
  };
  reader.end();
  return { description: problems.length > 0 ? null : (description as RestDescription), problems };
}

function partsOf(reader: DescriptionReader, scope: RestScope): Pick<RestDescription, 'accounts' | 'groups' | 'roles'> {
  const roles = reader.part(
    'roles',
    scope === 'roles' ? 'describe how roles are listed, held, granted and revoked' : null,
  );
  if (scope === 'roles') return { accounts: null, groups: null, roles: entitlementsOf(roles, 'role') };
  const mend = 'describe how accounts are found, read, listed, created, changed, disabled, enabled and removed';
  return {
    accounts: accountsOf(reader.part('accounts', mend)),
    groups: entitlementsOf(reader.part('groups', null), 'group'),
    roles: entitlementsOf(roles, 'role'),
  };
}

function baseUrlOf(reader: DescriptionReader): string | null {
  const text = reader.text('baseUrl', null);
  if (text === null) return null;
  const isAddress = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && !/[?#@]/.test(text);
  return isAddress
    ? text
    : reader.refuse('must be an https address without credentials, query and fragment', 'baseUrl');
}

function notFoundOf(reader: DescriptionReader): AnswerTest | null {
  const mend =
    'say how the API answers for what is not there, for example {"status": [404]}; without it a wrong address would look like access that was taken away';
  return testOf(reader.part('notFound', mend));
}

function keyHeaderOf(reader: DescriptionReader): string | null {
  const text = reader.text('keyHeader', null);
  if (text === null) return null;
  if (!/^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(text))
    return reader.refuse('must be the name of a header, for example Idempotency-Key', 'keyHeader');
  return ownHeaders.test(text)
    ? reader.refuse('is a header that the hub sets itself: give another one', 'keyHeader')
    : text;
}

function errorOf(stated: unknown, pointer: string, problems: ProblemError[]): RestDescription['errors'] {
  const reader = new DescriptionReader(stated, pointer, problems);
  const kind = reader.oneOf('class', classes, `say what such an answer means: one of ${classes.join(', ')}`);
  const test = testOf(reader);
  return kind === null || test === null ? [] : [{ ...test, class: kind }];
}
