import type { ProblemError } from '#libs/problems/problem.js';
import { isDuration } from '#libs/text/duration.js';
import { type AccountFile, byPeople, type Protocol, type TaskTimes } from './connector-document.js';

/** What a document says of whom its calls go to. */
interface Called {
  readonly protocol: Protocol;
  /** Empty for none. */
  readonly baseUrl: string;
  readonly authType: unknown;
  /** It describes an API of its own. */
  readonly describes: boolean;
  readonly file: AccountFile | null;
}

/** An API has an address and credentials. People are told by a signed webhook, which has both, or by notices, which have neither. */
export function calledProblems({ protocol, baseUrl, authType, describes, file }: Called): ProblemError[] {
  if (!byPeople.has(protocol)) return [...(file === null ? [] : [noFile]), ...apiProblems(baseUrl, authType)];
  const needed = protocol === 'file' && file === null ? [fileMissing] : [];
  const described = describes ? [{ pointer: '/rest', detail: 'describes an API: leave it out' }] : [];
  return [...needed, ...described, ...webhookProblems(baseUrl, authType)];
}

function webhookProblems(baseUrl: string, authType: unknown): ProblemError[] {
  if (baseUrl === '')
    return authType === 'none' ? [] : [{ pointer: '/auth', detail: 'is of no use without baseUrl: leave it out' }];
  if (authType === 'standard-webhooks') return [];
  return [{ pointer: '/auth/type', detail: 'must be standard-webhooks: each webhook is signed' }];
}

function apiProblems(baseUrl: string, authType: unknown): ProblemError[] {
  const address = baseUrl === '' ? [{ pointer: '/baseUrl', detail: 'is missing: give the address of its API' }] : [];
  if (authType === 'none')
    return [
      ...address,
      {
        pointer: '/auth',
        detail: 'is missing: for example {"type": "bearer", "token": "env:CONNECTOR_WIKI__TOKEN"}',
      },
    ];
  if (authType !== 'standard-webhooks') return address;
  return [...address, { pointer: '/auth/type', detail: 'standard-webhooks is for protocol webhook' }];
}

const noFile = { pointer: '/file', detail: 'is for protocols webhook and file: an application with an API is read' };
const fileMissing = { pointer: '/file', detail: 'is missing: name the columns of the list, at least `account`' };

export function accountFileOf(stated: StatedFile | null | undefined): AccountFile | null {
  if (stated === null || stated === undefined) return null;
  const { account, userName, externalId, active, groups, roles, separator, attributes, freshFor } = stated;
  return {
    account,
    ...filled({ userName, externalId, groups, roles }),
    active: active ? { column: active.column, values: active.values } : null,
    separator: separator ?? ';',
    attributes: attributes ?? {},
    freshFor: freshFor ?? 'P35D',
  };
}

type StatedFile = Pick<AccountFile, 'account'> & { readonly [Field in keyof AccountFile]?: AccountFile[Field] | null };

const filled = <Field extends string>(
  columns: Readonly<Record<Field, string | null | undefined>>,
): Readonly<Record<Field, string | null>> =>
  Object.fromEntries(Object.entries(columns).map(([field, column]) => [field, column ?? null])) as Readonly<
    Record<Field, string | null>
  >;

/** What is wrong with how a list is read. */
export function accountFileProblems(file: AccountFile | null): ProblemError[] {
  if (file === null || isDuration(file.freshFor)) return [];
  return [{ pointer: '/file/freshFor', detail: 'must be an ISO 8601 duration greater than zero, for example P35D' }];
}

const usualTaskTimes: TaskTimes = { within: 'P3D', remindEvery: 'P1D' };

export function taskTimesOf(stated: Partial<TaskTimes> | undefined): TaskTimes {
  const { within, remindEvery } = stated ?? {};
  return { within: within ?? usualTaskTimes.within, remindEvery: remindEvery ?? usualTaskTimes.remindEvery };
}

export function taskTimesProblems(times: TaskTimes): ProblemError[] {
  return Object.entries(times)
    .filter(([, duration]) => !isDuration(duration as string))
    .map(([field]) => ({
      pointer: `/tasks/${field}`,
      detail: 'must be an ISO 8601 duration greater than zero, for example P1D',
    }));
}
