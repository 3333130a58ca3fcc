import type { ProblemError } from '#libs/problems/problem.js';
import { isDuration } from '#libs/text/duration.js';
import { byPeople, type Protocol, type TaskTimes } from './connector-document.js';

/** What a document says of whom its calls go to. */
interface Called {
  readonly protocol: Protocol;
  /** Empty for none. */
  readonly baseUrl: string;
  readonly authType: unknown;
  /** It describes an API of its own. */
  readonly describes: boolean;
}

/** An API has an address and credentials. People are told by a signed webhook, which has both, or by notices, which have neither. */
export function calledProblems({ protocol, baseUrl, authType, describes }: Called): ProblemError[] {
  if (!byPeople.has(protocol)) return apiProblems(baseUrl, authType);
  const described = describes ? [{ pointer: '/rest', detail: 'describes an API: leave it out' }] : [];
  return [...described, ...webhookProblems(baseUrl, authType)];
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
