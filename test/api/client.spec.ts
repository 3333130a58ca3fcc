import { some } from '../support/some.js';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { audit } from '#apps/audit/src/audit.service.js';
import { governance } from '#apps/governance/src/governance.service.js';
import { hrIngest } from '#apps/hr-ingest/src/hr-ingest.service.js';
import { provisioning } from '#apps/provisioning/src/provisioning.service.js';
import { mergedDocument } from '#libs/service-kit/http/api-docs.js';
import { describeService } from '#libs/service-kit/openapi/document.fixtures.js';
import { root } from '../support/processes.js';

/** What a team that integrates with the hub writes, with types generated from the document. */
const client = `
import createClient from 'openapi-fetch';
import type { components, paths } from './hub-api.js';

const hub = createClient<paths>({ baseUrl: 'http://127.0.0.1:3000', headers: { authorization: 'Bearer x' } });

export async function ask(packageId: string): Promise<string> {
  const { data, error } = await hub.POST('/governance/v1/requests', { body: { packageId, justification: 'because', beneficiaryId: null } });
  if (error !== undefined) throw new Error(error.code === 'request.already_open' ? 'open' : error.detail + error.errors.map(({ pointer }) => pointer).join());
  const status: 'pending' | 'approved' | 'denied' | 'expired' | 'cancelled' = data.status;
  const due: string | null = data.dueAt;
  return status + (due ?? '');
}

export async function holders(application: string): Promise<(string | null)[]> {
  const { data } = await hub.GET('/audit/v1/access', { params: { query: { application, limit: 500, basis: 'possible' } } });
  return (data?.items ?? []).map(({ identity }) => identity.displayName);
}

export async function hire(worker: components['schemas']['WorkerDto'], employeeId: string): Promise<string[]> {
  const { data, response } = await hub.PUT('/hr/v1/workers/{employeeId}', { params: { path: { employeeId } }, body: worker });
  return [response.headers.get('etag') ?? '', ...(data?.events ?? []).map(({ type }) => type)];
}

export async function connect(): Promise<boolean> {
  const auth = { type: 'bearer', token: 'env:WIKI_TOKEN' } as const;
  const { data } = await hub.PUT('/provisioning/v1/connectors/{id}', {
    params: { path: { id: 'wiki' } },
    body: { protocol: 'scim2', baseUrl: 'https://wiki.example/scim/v2', auth, mode: 'enforce' },
  });
  return data !== undefined && 'auth' in data && data.auth.type === 'bearer' && data.auth.token.set;
}
`;
/** Each of these must not compile: the document says so. */
const mistakes = [
  `hub.POST('/governance/v1/requests', { body: { justification: 'no package' } })`,
  `hub.GET('/governance/v1/nothing')`,
  `hub.PUT('/provisioning/v1/connectors/{id}', { params: { path: { id: 'x' } }, body: { protocol: 'scim9', baseUrl: 'x', auth: { type: 'bearer', token: 'x' } } })`,
];

const prelude = `import createClient from 'openapi-fetch';
import type { paths } from './hub-api.js';
const hub = createClient<paths>({});
`;

describe('a client generated from the API document', () => {
  let dir: string;
  let types: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'hub-api-'));
    const documents = await Promise.all([hrIngest, governance, provisioning, audit].map(describeService));
    await writeFile(join(dir, 'hub.json'), JSON.stringify(mergedDocument(documents)));
    const generator = join(root, 'node_modules/openapi-typescript/bin/cli.js');
    await promisify(execFile)(process.execPath, [
      generator,
      join(dir, 'hub.json'),
      '--output',
      join(dir, 'hub-api.ts'),
    ]);
    types = await readFile(join(dir, 'hub-api.ts'), 'utf8');
  }, 60_000);
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('compiles under strict rules, and knows fields, values and codes', () => {
    expect(compiled({ 'hub-api.ts': types, 'client.ts': client })).toEqual([]);
  }, 60_000);

  it('refuses what the hub would refuse', () => {
    const files = Object.fromEntries(mistakes.map((call, at) => [`mistake${at}.ts`, `${prelude}void ${call};\n`]));
    const errors = compiled({ 'hub-api.ts': types, ...files });
    for (const at of some(mistakes.keys())) expect(errors.join('\n')).toContain(`mistake${at}.ts`);
  }, 60_000);
});

/** Errors of a program made of these files, as if they lay in this folder. */
function compiled(files: Readonly<Record<string, string>>): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  };
  const here = import.meta.dirname;
  const virtual = new Map(Object.entries(files).map(([name, text]) => [join(here, name), text]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile: read, getSourceFile } = host;
  host.fileExists = (name) => virtual.has(name) || fileExists(name);
  host.readFile = (name) => virtual.get(name) ?? read(name);
  host.getSourceFile = (name, version, ...rest) => {
    const text = virtual.get(name);
    return text === undefined ? getSourceFile(name, version, ...rest) : ts.createSourceFile(name, text, version);
  };
  const program = ts.createProgram([...virtual.keys()], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}
