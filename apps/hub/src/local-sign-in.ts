import { userInfo } from 'node:os';
import { LocalIssuer } from '#libs/auth/local-issuer.js';
import { SignInLinks } from '#libs/auth/sign-in-links.js';
import { SignInPage, signInPath } from '#libs/service-kit/http/sign-in-page.js';
import type { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import type { Clock } from '#libs/system/clock.js';

const roles = ['admin', 'auditor'];

/** How people sign in to a hub that issues tokens itself. */
export interface LocalSignIn {
  readonly page: SignInPage | null;
  /** A new link, as an administrator, for the person who started the hub; nothing with an OpenID provider. */
  linkAt(url: string): { readonly signIn?: string };
}

/** With an OpenID provider nobody: the provider signs people in itself. */
export function localSignIn(settings: ServiceSettings, clock: Clock): LocalSignIn {
  if (settings.OIDC_ISSUER !== undefined) return { page: null, linkAt: () => ({}) };
  const issuer = LocalIssuer.open(settings.HUB_DATA_DIR, settings.OIDC_AUDIENCE, clock);
  const claims = { [settings.OIDC_ROLES_CLAIM]: roles };
  const terms = { nameSpace: 'administrator', roles } as const;
  const links = new SignInLinks(() => issuer.issue(userInfo().username, claims, terms), clock);
  return {
    page: new SignInPage(links),
    linkAt: (url) => ({ signIn: `${url}${signInPath}?code=${links.make()}` }),
  };
}
