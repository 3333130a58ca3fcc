import { BillingApi } from '../targets/billing-api.js';
import { described } from '../targets/contract/subjects.js';
import { InvoicingApi } from '../targets/rest/invoicing-api.js';
import type { ScimStub } from '../targets/scim-stub.js';
import type { RolesOf, Target } from './oracle.js';

/** The application of a world, behind the faults of a stub. */
export interface Application {
  /** What its connector document has beside name, mode and credentials. */
  readonly document: object;
  dump(): Target;
  readonly rolesOf: RolesOf;
}

/** Which way the hub calls the application. */
export type Way = 'scim' | 'own-api';

/** Makes the stub answer as the application. */
export function applicationOn(stub: ScimStub, way: Way): Application {
  return way === 'scim' ? byScim(stub) : byOwnApi(stub);
}

/** Accounts and groups by SCIM, roles by an API of its own. */
function byScim(stub: ScimStub): Application {
  const roles = new BillingApi(() => stub.dump().users.map(({ id }) => id));
  stub.reply = (request) => roles.answer(request);
  const rest = BillingApi.description(`http://127.0.0.1:${stub.port}`);
  return {
    document: { protocol: 'scim2', baseUrl: stub.baseUrl, rest },
    dump: () => stub.dump(),
    rolesOf: (account) => roles.heldBy(account),
  };
}

/** Everything by an API of its own, which answers at once: no change waits for a person. */
function byOwnApi(stub: ScimStub): Application {
  const invoicing = new InvoicingApi();
  stub.reply = (request) => {
    const { status, body, headers } = invoicing.answer(request);
    return {
      status,
      body: body ?? null,
      headers: { 'content-type': 'application/json', ...headers },
    };
  };
  const baseUrl = `http://127.0.0.1:${stub.port}/api`;
  const { accepted: _, quietAfter: __, ...rest } = described('invoicing', baseUrl);
  return {
    document: { protocol: 'rest', baseUrl, rest },
    dump: () => invoicing.dump(),
    rolesOf: (account) => invoicing.rolesOf(account),
  };
}
