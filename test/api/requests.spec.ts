import type { Type } from '@nestjs/common';
import { AccessPackageDto } from '#apps/governance/src/catalog/access-package.dto.js';
import { ApplicationDto, BirthrightRuleDto } from '#apps/governance/src/catalog/catalog.dto.js';
import { governance } from '#apps/governance/src/governance.service.js';
import { DecisionDto, SubmitRequestDto } from '#apps/governance/src/requests/requests.dto.js';
import { hrIngest } from '#apps/hr-ingest/src/hr-ingest.service.js';
import { WorkerDto } from '#apps/hr-ingest/src/workers/worker.dto.js';
import { audit } from '#apps/audit/src/audit.service.js';
import { ExportDto } from '#apps/audit/src/exports/exports.dto.js';
import { ConnectorDto } from '#apps/provisioning/src/connectors/connector.dto.js';
import { provisioning } from '#apps/provisioning/src/provisioning.service.js';
import { describeService } from '#libs/service-kit/openapi/document.fixtures.js';
import { SchemaValidator } from '#libs/service-kit/openapi/schema-validator.fixtures.js';
import type { Json } from '#libs/service-kit/openapi/schema.js';
import { DismissalInput } from '#libs/service-kit/parked-messages/parked-messages.dto.js';
import { InvalidInput } from '#libs/problems/problem.js';
import { validationPipe } from '#libs/service-kit/input/validation.js';

const uuid = '0198c0de-0000-7000-8000-00000000000a';
const stages = [{ approvers: ['manager'], quorum: 1, timeout: 'P3D', onTimeout: 'deny' }];

/** A whole body of each, which fits. */
const bodies: readonly (readonly [Type, object])[] = [
  [ApplicationDto, { displayName: 'Wiki', connectorId: 'wiki', owners: [uuid] }],
  [
    AccessPackageDto,
    {
      displayName: 'Editors',
      description: 'Who writes',
      status: 'draft',
      grants: [{ application: 'wiki', account: true }],
      eligibility: 'department eq "x"',
      requestFor: 'self',
      requireJustification: true,
      approval: { stages },
    },
  ],
  [BirthrightRuleDto, { displayName: 'Everybody', filter: 'kind eq "person"', packages: ['wiki'] }],
  [SubmitRequestDto, { packageId: 'wiki', beneficiaryId: uuid, justification: 'because' }],
  [DecisionDto, { decision: 'deny', comment: 'no' }],
  [DismissalInput, { reason: 'twice' }],
  [ExportDto, { scope: { application: 'wiki' }, from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' }],
  [
    ConnectorDto,
    {
      displayName: 'Wiki',
      mode: 'observe',
      protocol: 'scim2',
      baseUrl: 'https://wiki.example/scim/v2',
      auth: { type: 'bearer', token: 'secret' },
      profile: 'generic',
      mapping: [{ target: 'title', type: 'direct', source: 'jobTitle', apply: 'always' }],
      mappingDefaults: true,
      groups: { mode: 'by-name', create: true },
      deprovision: { onUnassign: 'keep', onLeave: 'delete' },
      onDisable: 'keep',
      limits: { concurrency: 4, bulk: 'off' },
    },
  ],
  [
    WorkerDto,
    {
      employeeId: '1',
      givenName: 'Ada',
      familyName: 'Lovelace',
      birthDate: '1990-01-01',
      email: 'ada@example.com',
      phoneNumbers: ['+44'],
      addresses: ['x\ny'],
      managerId: '2',
      timeZone: 'Europe/London',
      status: 'active',
      hireDate: '2026-01-01',
      accessEndsAt: '2026-06-30T17:00:00+02:00',
      custom: { badge: 'B' },
    },
  ],
];

const odd: readonly unknown[] = [
  undefined,
  null,
  '',
  ' ',
  'x',
  'X Y',
  'x'.repeat(5_000),
  '😀'.repeat(150),
  0,
  1,
  -1,
  33,
  1.5,
  true,
  false,
  [],
  [''],
  [null],
  [1],
  ['x', 'x'],
  {},
  { x: 1 },
  { x: 'y' },
  uuid,
  '2026-01-01',
];

/** What JSON Schema cannot say, or says by a format alone, and what commands check. */
const inWordsOnly =
  /^\/(approval|auth|baseUrl|email|timeZone|hireDate|birthDate|accessEndsAt|beneficiaryId|owners|from|to)\b/;

async function refused(dto: Type, body: object): Promise<boolean> {
  try {
    await validationPipe().transform(structuredClone(body), { type: 'body', metatype: dto });
    return false;
  } catch (error) {
    if (error instanceof InvalidInput) return true;
    throw error;
  }
}

/** The body with each of its values, also inner ones, in turn replaced by each odd one; and with a field more. */
function* variants(body: object, path = ''): Generator<{ at: string; value: unknown; body: object }> {
  for (const [name, inner] of Object.entries(body) as [string, unknown][]) {
    for (const value of odd) {
      const others = Object.fromEntries(Object.entries(body).filter(([other]) => other !== name));
      const changed = value === undefined ? others : { ...body, [name]: value };
      yield { at: `${path}/${name}`, value, body: changed };
    }
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner) && name !== 'custom')
      for (const { at, value, body: within } of variants(inner, `${path}/${name}`))
        yield { at, value, body: { ...body, [name]: within } };
  }
  yield { at: `${path}/colour`, value: 'red', body: { ...body, colour: 'red' } };
}

describe('a body of a request', () => {
  let validator: SchemaValidator;
  beforeAll(async () => {
    const documents = await Promise.all([hrIngest, governance, provisioning, audit].map(describeService));
    const schemas = Object.assign({}, ...documents.map(({ components }) => components?.schemas)) as Record<
      string,
      Json
    >;
    validator = new SchemaValidator(schemas);
  }, 30_000);

  it.each(bodies.map(([dto, body]) => [dto.name, dto, body] as const))(
    'of %s is refused by the hub where the API document refuses it, and taken where it takes it',
    async (name, dto, body) => {
      const schema = { $ref: `#/components/schemas/${name}` };
      expect([await refused(dto, body), validator.misfits(body, schema)]).toEqual([false, []]);
      const differences: string[] = [];
      for (const { at, value, body: changed } of variants(body)) {
        const [byHub, byDocument] = [await refused(dto, changed), validator.misfits(changed, schema).length > 0];
        if (byHub !== byDocument && !inWordsOnly.test(at))
          differences.push(
            `${at} = ${JSON.stringify(value)?.slice(0, 40)}: ${byHub ? 'only the hub' : 'only the document'} refuses`,
          );
      }
      expect(differences).toEqual([]);
    },
    60_000,
  );
});
