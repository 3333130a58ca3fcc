import { serviceHarness, type ServiceAnswer, type ServiceHarness } from '../../../test/support/service-harness.js';
import { hrIngest } from './hr-ingest.service.js';

export type Answer = ServiceAnswer;

export interface RunningHr extends Pick<ServiceHarness, 'clock' | 'db' | 'another' | 'restart' | 'stop'> {
  call(
    method: string,
    path: string,
    body?: object | string,
    more?: { roles?: string; headers?: Record<string, string>; subject?: string },
  ): Promise<Answer>;
  /** Posts a CSV body as it comes. */
  stream(path: string, body: ReadableStream<Uint8Array>): Promise<Response>;
}

/** The service alone on a database of its own, answering on a free port; the clock stands at noon of 2 March 2026. */
export async function runningHr(env: Record<string, string> = {}): Promise<RunningHr> {
  const harness = await serviceHarness(hrIngest, {
    at: '2026-03-02T12:00:00.000Z',
    env: { HUB_TIME_ZONE: 'Europe/Berlin', ...env },
  });
  return {
    ...harness,
    call: (method, path, body, { roles = 'hr-feed', headers = {}, subject = 'feed' } = {}) =>
      harness.call(method, path, body, { as: subject, roles: [roles], headers }),
    stream: async (path, body) => {
      const headers = {
        authorization: `Bearer ${await harness.token('feed', ['hr-feed'])}`,
        'content-type': 'text/csv',
      };
      return await fetch(`${harness.url()}${path}`, { method: 'POST', headers, body, duplex: 'half' });
    },
  };
}
