import type { Egress } from '#libs/outgoing/egress.js';
import type { ProblemError } from '#libs/problems/problem.js';
import type { EgressChoice } from './connector-document.js';
import { pemProblem } from './secret-text.js';

/** What an administrator stated as `egress`, with defaults filled in. */
export const statedEgress = (stated: Partial<EgressChoice> | undefined): EgressChoice => ({
  proxy: stated?.proxy ?? null,
  ca: stated?.ca ?? null,
});

/** What is wrong with it. @param referenceProblem why the connector may not use a reference */
export function egressProblems(
  { proxy, ca }: EgressChoice,
  referenceProblem: (reference: string) => string | null,
): ProblemError[] {
  const wrong = ca === null ? null : isReference(ca) ? referenceProblem(ca) : pemProblem(ca);
  return [
    ...(proxy === null || isPlainProxy(proxy)
      ? []
      : [
          {
            pointer: '/egress/proxy',
            detail: 'must be an address such as http://proxy.corp:3128, without credentials',
          },
        ]),
    ...(wrong === null ? [] : [{ pointer: '/egress/ca', detail: wrong }]),
  ];
}

/** As calls take it. @param read resolves a reference */
export function openedEgress({ proxy, ca }: EgressChoice, read: (reference: string) => string): Egress {
  return {
    ...(proxy === null ? {} : { proxy }),
    ...(ca === null ? {} : { ca: () => (isReference(ca) ? read(ca) : ca) }),
  };
}

const isReference = (text: string): boolean => /^(env|file):/i.test(text);

function isPlainProxy(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, pathname, search } = new URL(text);
  const isHttp = protocol === 'http:' || protocol === 'https:';
  return isHttp && username === '' && password === '' && pathname === '/' && search === '';
}
