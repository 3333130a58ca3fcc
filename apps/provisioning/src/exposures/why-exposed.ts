import type { ExposureCode } from '#libs/contracts/exposures.js';

const words: Readonly<Record<ExposureCode, string>> = {
  'under-way': 'the hub is about to take it away',
  'application-down': 'the application does not answer, or asks to wait; the hub tries again',
  'credentials-refused': 'the application refuses the credentials of the connector: correct them',
  misconfigured: 'the connector is not defined, or cannot work: see its health',
  failing: 'attempts fail; the hub tries again',
  refused: 'the application refuses the change: take the access away there, then retry or confirm',
  'not-done': 'the application answered with success and still shows it: take the access away there, then retry',
  parked: 'a person must look at the account, then retry or dismiss',
  dismissed: 'a person left it as it is; the access still counts as exposed',
  'not-verifiable':
    'it was taken away, and the application cannot show it: look there, then confirm it under unverified-removals',
  unproven: 'nothing shows that it is gone: look in the application, then have the hub look again',
  observing: 'the connector is in mode observe and writes nothing: release it, or take the access away there',
  held: 'a limit for removals holds it: release it',
  found: 'a reading of the application shows it: decide about the account',
};

/** Why it is still there and what to do, with the words of the application where the account is parked. */
export const whyExposed = (code: ExposureCode, detail: string | null): string =>
  detail === null || detail === '' ? words[code] : `${words[code]}: ${detail}`;
