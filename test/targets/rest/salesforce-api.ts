import type { RealApplication } from '../contract/subject.js';
import { type ApiReply, type Routes, type RunningApi, serveApi } from './api.js';
import { People } from './people.js';

interface User {
  readonly id: string;
  readonly Username: string;
  readonly FederationIdentifier: string | null;
  readonly FirstName: string | null;
  readonly LastName: string;
  readonly IsActive: boolean;
  readonly CreatedDate: string;
}

const base = '/services/data/v62.0';
const permissionSets = [{ Id: '0PS1', Label: 'Approver', Description: null }] as const;
/** A query shows up to 2,000 records at a time; the tests have fewer. */
const pageSize = 5;

/**
 * Salesforce REST API: users and permission sets.
 *
 * - A query pages by `nextRecordsUrl`, a path, until `done`.
 *   https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm
 * - Creation answers `{id, success}` alone; a change answers 204.
 *   https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_sobject_create.htm
 * - A user cannot be deleted: IsActive is false instead. Username is unique over all companies.
 *   https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_user.htm
 * - A permission set is granted by a PermissionSetAssignment; one that is there already answers DUPLICATE_VALUE.
 *   https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_permissionsetassignment.htm
 * - Errors are a list with `errorCode`. https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
 */
export class SalesforceApi implements RealApplication {
  private readonly people = new People<User>('005');

  serve(token: string): Promise<RunningApi> {
    return serveApi(this.routes, token, {
      unauthorized: problem(401, 'INVALID_SESSION_ID'),
      unknownPath: problem(404, 'URL_NOT_RESET'),
    });
  }

  accounts() {
    const all = this.people.accounts.all;
    return Promise.resolve(all.map((one) => ({ id: one.id, userName: one.Username, active: one.IsActive })));
  }

  addAccount({ userName, externalId }: { readonly userName: string; readonly externalId?: string }): Promise<string> {
    return Promise.resolve(this.added({ Username: userName, FederationIdentifier: externalId ?? null }).id);
  }

  /** Nobody can: it is what the tests clear the table with. */
  removeAccount(id: string): Promise<void> {
    this.people.accounts.remove(id);
    return Promise.resolve();
  }

  attribute(id: string, path: string): Promise<unknown> {
    const user = this.people.accounts.get(id);
    return Promise.resolve(path === 'name.givenName' ? user?.FirstName : user?.LastName);
  }

  holders(_kind: 'group' | 'role', name: string): Promise<readonly string[]> {
    return Promise.resolve(this.people.holdersOf(permissionSets.find(({ Label }) => Label === name)?.Id ?? ''));
  }

  private added(user: Partial<User>): User {
    const fresh = { FederationIdentifier: null, FirstName: null, LastName: '', IsActive: true };
    const made = { Username: '', ...fresh, CreatedDate: new Date().toISOString(), ...user };
    return this.people.accounts.put({ ...made, id: this.people.accounts.nextId() });
  }

  private readonly routes: Routes = {
    [`GET ${base}/query`]: ({ query }) => this.queried(query.get('q') ?? '', 0),
    [`GET ${base}/query/:locator`]: ({ parts: [locator = ''] }) => {
      const [from = '0', ...text] = Buffer.from(locator, 'base64url').toString().split(' ');
      return this.queried(text.join(' '), Number(from));
    },
    [`POST ${base}/sobjects/User`]: ({ body }) => {
      const user = body as unknown as User;
      const required = ['Username', 'LastName', 'Email', 'Alias', 'ProfileId', 'TimeZoneSidKey', 'LocaleSidKey'];
      if (required.some((name) => (body[name] ?? '') === '')) return problem(400, 'REQUIRED_FIELD_MISSING');
      if (String(body['Alias']).length > 8) return problem(400, 'STRING_TOO_LONG');
      if (this.people.accounts.all.some(({ Username }) => Username === user.Username))
        return problem(400, 'DUPLICATE_USERNAME');
      const { Username, FederationIdentifier, FirstName, LastName, IsActive } = user;
      return created(this.added({ Username, FederationIdentifier, FirstName, LastName, IsActive }).id);
    },
    [`GET ${base}/sobjects/User/:user`]: ({ parts: [id = ''] }) =>
      this.ofUser(id, (user) => ({ status: 200, body: shown(user) })),
    [`PATCH ${base}/sobjects/User/:user`]: ({ parts: [id = ''], body }) =>
      this.ofUser(id, (user) => {
        this.people.accounts.put({ ...user, ...body });
        return { status: 204 };
      }),
    [`POST ${base}/sobjects/PermissionSetAssignment`]: ({ body }) => {
      const [account, set] = [String(body['AssigneeId']), String(body['PermissionSetId'])];
      if (this.people.find(account, set) !== undefined) return problem(400, 'DUPLICATE_VALUE');
      return created(this.people.add(account, set).id);
    },
    [`DELETE ${base}/sobjects/PermissionSetAssignment/:assignment`]: ({ parts: [id = ''] }) =>
      this.people.memberships.remove(id) ? { status: 204 } : problem(404, 'NOT_FOUND'),
  };

  /** The three queries of the description. */
  private queried(text: string, from: number): ApiReply {
    const [, object = '', field = '', quoted = ''] = /FROM (\w+)(?: WHERE (\w+)='((?:[^'\\]|\\.)*)')?/.exec(text) ?? [];
    const value = quoted.replace(/\\(.)/g, '$1');
    const all = this.rows(object).filter((one) => field === '' || one[field] === value);
    const records = all.slice(from, from + pageSize);
    const to = from + records.length;
    const locator = Buffer.from(`${to} ${text}`).toString('base64url');
    const more = to < all.length ? { done: false, nextRecordsUrl: `${base}/query/${locator}` } : { done: true };
    return { status: 200, body: { totalSize: all.length, ...more, records } };
  }

  private rows(object: string): readonly Readonly<Record<string, unknown>>[] {
    if (object === 'User') return this.people.accounts.all.map(shown);
    if (object === 'PermissionSet') return permissionSets;
    return this.people.memberships.all.map(({ id, account, of }) => ({
      Id: id,
      AssigneeId: account,
      PermissionSetId: of,
    }));
  }

  private ofUser(id: string, answer: (user: User) => ApiReply): ApiReply {
    const user = this.people.accounts.get(id);
    return user === undefined ? problem(404, 'NOT_FOUND') : answer(user);
  }
}

const shown = ({ id, ...user }: User): Readonly<Record<string, unknown>> => ({ Id: id, ...user });
const created = (id: string): ApiReply => ({ status: 201, body: { id, success: true, errors: [] } });

function problem(status: number, errorCode: string): ApiReply {
  return { status, body: [{ errorCode, message: `Salesforce says ${errorCode}` }] };
}
