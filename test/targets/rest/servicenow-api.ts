import type { RealApplication } from '../contract/subject.js';
import { type ApiReply, type ApiRequest, type Routes, type RunningApi, serveApi, Table } from './api.js';

/** A record of a table: every value is a text. */
type Row = Readonly<Record<string, string>> & { readonly id: string };

const tables = ['sys_user', 'sys_user_group', 'sys_user_grmember', 'sys_user_role', 'sys_user_has_role'] as const;
type TableName = (typeof tables)[number];
/** The most that one answer shows: a server may show fewer than it is asked for. */
const mostShown = 5;

/**
 * ServiceNow Table API: users, groups and roles as records.
 *
 * - `sysparm_limit` and `sysparm_offset` page; `X-Total-Count` counts. A field of the table as a parameter filters.
 *   https://www.servicenow.com/docs/bundle/xanadu-api-reference/page/integrate/inbound-rest/concept/c_TableAPI.html
 * - Every value is a text, also `active`. Answers stand in `result`.
 * - What is not there answers 404 `No Record found`.
 * - Membership is a record of sys_user_grmember, a granted role one of sys_user_has_role.
 *   https://www.servicenow.com/docs/bundle/xanadu-platform-administration/page/administer/roles/concept/c_Roles.html
 */
export class ServiceNowApi implements RealApplication {
  private readonly tables = new Map<string, Table<Row>>(
    tables.map((name, index) => [name, new Table<Row>(`${index}f`)]),
  );

  constructor() {
    this.insert('sys_user_group', { name: 'Staff', description: 'All staff' });
    this.insert('sys_user_role', { name: 'itil', description: 'Works on tickets' });
  }

  serve(token: string): Promise<RunningApi> {
    return serveApi(this.routes, token, {
      unauthorized: problem(401, 'User Not Authenticated'),
      unknownPath: problem(400, 'Requested URI does not represent any resource'),
    });
  }

  accounts() {
    const all = this.table('sys_user').all;
    return Promise.resolve(
      all.map((one) => ({ id: one.id, userName: one['user_name'] ?? '', active: one['active'] === 'true' })),
    );
  }

  addAccount({ userName, externalId }: { readonly userName: string; readonly externalId?: string }): Promise<string> {
    const user = { user_name: userName, employee_number: externalId ?? '', active: 'true' };
    return Promise.resolve(this.insert('sys_user', user).id);
  }

  removeAccount(id: string): Promise<void> {
    this.table('sys_user').remove(id);
    return Promise.resolve();
  }

  attribute(id: string, path: string): Promise<unknown> {
    return Promise.resolve(this.table('sys_user').get(id)?.[path === 'name.givenName' ? 'first_name' : 'last_name']);
  }

  holders(kind: 'group' | 'role', name: string): Promise<readonly string[]> {
    const [of, by] =
      kind === 'group'
        ? (['sys_user_group', 'sys_user_grmember'] as const)
        : (['sys_user_role', 'sys_user_has_role'] as const);
    const id = this.table(of).all.find((one) => one['name'] === name)?.id;
    const held = this.table(by).all.filter((one) => one[kind] === id);
    return Promise.resolve(held.map((one) => one['user'] ?? ''));
  }

  private table(name: TableName): Table<Row> {
    const found = this.tables.get(name);
    if (found === undefined) throw new Error(`no table ${name}`);
    return found;
  }

  private insert(name: TableName, values: Readonly<Record<string, string>>): Row {
    const table = this.table(name);
    return table.put({ sys_created_on: new Date().toISOString(), ...values, id: table.nextId() });
  }

  private readonly routes: Routes = Object.fromEntries(
    tables.flatMap((name) => [
      [`GET /api/now/table/${name}`, (request: ApiRequest) => this.listed(name, request)],
      [
        `POST /api/now/table/${name}`,
        ({ body }: ApiRequest) => ({ status: 201, body: { result: shown(this.insert(name, texts(body))) } }),
      ],
      [
        `GET /api/now/table/${name}/:id`,
        ({ parts: [id = ''] }: ApiRequest) =>
          this.ofRow(name, id, (row) => ({ status: 200, body: { result: shown(row) } })),
      ],
      [
        `PATCH /api/now/table/${name}/:id`,
        ({ parts: [id = ''], body }: ApiRequest) =>
          this.ofRow(name, id, (row) => {
            const changed = this.table(name).put({ ...row, ...texts(body), id });
            return { status: 200, body: { result: shown(changed) } };
          }),
      ],
      [
        `DELETE /api/now/table/${name}/:id`,
        ({ parts: [id = ''] }: ApiRequest) =>
          this.ofRow(name, id, () => {
            this.table(name).remove(id);
            return { status: 204 };
          }),
      ],
    ]),
  ) as Routes;

  private listed(name: TableName, { query }: ApiRequest): ApiReply {
    const filters = [...query].filter(([field]) => !field.startsWith('sysparm_'));
    const all = this.table(name).all.filter((row) => filters.every(([field, value]) => row[field] === value));
    const from = Number(query.get('sysparm_offset') ?? '0');
    const rows = all.slice(from, from + Math.min(Number(query.get('sysparm_limit') ?? '10000'), mostShown));
    return { status: 200, body: { result: rows.map(shown) }, headers: { 'x-total-count': String(all.length) } };
  }

  private ofRow(name: TableName, id: string, answer: (row: Row) => ApiReply): ApiReply {
    const row = this.table(name).get(id);
    return row === undefined ? problem(404, 'No Record found') : answer(row);
  }
}

const shown = ({ id, ...row }: Row): Readonly<Record<string, string>> => ({ sys_id: id, ...row });

function texts(body: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, String(value ?? '')]));
}

function problem(status: number, message: string): ApiReply {
  return { status, body: { error: { message, detail: '' }, status: 'failure' } };
}
