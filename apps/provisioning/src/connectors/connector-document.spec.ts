import { goldenFacts } from '../../../../test/upgrade/fold-fingerprints.js';
import { termsOf } from '../reconcile/worker/reapplication.store.js';
import { filledConnector, reapplied, storedConnector, type ConnectorDocument } from './connector-document.js';
import { ConnectorDto } from './connector.dto.js';
import { connector, define } from './connector.js';
import type { ConnectorEvent } from './connector.events.js';

const stated = {
  displayName: 'Wiki',
  protocol: 'scim2',
  baseUrl: 'https://wiki.example/scim/v2',
  auth: { type: 'bearer', token: { sealed: 'c2VhbGVk' } },
} as const;
const filled: ConnectorDocument = {
  ...stated,
  mode: 'observe',
  egress: { proxy: null, ca: null },
  profile: 'generic',
  mapping: [],
  mappingDefaults: true,
  mappingTests: [],
  defaultDomain: null,
  sensitive: [],
  matching: null,
  pull: [],
  nonPersons: [],
  scope: null,
  groups: { mode: 'by-name', create: true },
  deprovision: { onUnassign: 'disable', onLeave: 'disable', deleteAfter: null },
  onDisable: 'strip',
  rest: null,
  protected: null,
  limits: { concurrency: 32, requestsPerSecond: null, bulk: 'auto' },
  quarantine: { failures: 100, percent: 40, firstProbeMinutes: 15, mostProbeMinutes: 1_440 },
  retry: { firstSeconds: 1, mostSeconds: 60, attempts: 8 },
  accidentalDeletionThreshold: { people: 500, percent: 5, least: 10 },
  reconcile: { every: null, remediate: 'report', attributes: [] },
  window: null,
  tasks: { within: 'P3D', remindEvery: 'P1D' },
  file: null,
};

describe('defaults of a connector document', () => {
  it('are not kept in the fact', () => {
    const [fact] = define('wiki', filled, { document: null });
    expect(fact?.data.document).toEqual(stated);
  });

  it('are filled when the fact is read, in mapping entries, too', () => {
    const entry = { target: 'title', type: 'direct', source: 'jobTitle' } as const;
    expect(filledConnector({ ...stated, mapping: [entry] })).toEqual({
      ...filled,
      mapping: [
        {
          ...entry,
          value: null,
          expression: null,
          default: null,
          onNull: 'clear',
          apply: 'always',
          strength: 'always',
        },
      ],
    });
    const half = { ...stated, deprovision: { onLeave: 'delete' } };
    expect(filledConnector(half).deprovision).toEqual({ onUnassign: 'disable', onLeave: 'delete', deleteAfter: null });
  });

  it('fill what facts of the past and of today hold', () => {
    const facts = goldenFacts('apps/provisioning/src/connectors/golden/connector.facts.jsonl') as ConnectorEvent[];
    const defined = facts.filter(({ type }) => type === 'ConnectorDefined');
    const documents = defined.map((fact) => connector.evolve(connector.initial, fact).document ?? {});
    const fields = Object.keys(filled).sort();
    expect(documents.map((document) => Object.keys(document).sort())).toEqual([fields, fields]);
  });

  it('change nothing when they are stated', () => {
    const state = {
      document: filledConnector(storedConnector(filled)),
      status: 'running',
      pilot: false,
      sources: null,
      authoritative: [],
    } as const;
    expect(define('wiki', filled, state)).toEqual([]);
  });
});

describe('options of a connector', () => {
  const metadata = (key: string, ...of: string[]): unknown =>
    Reflect.getMetadata(`swagger/${key}`, ConnectorDto.prototype, ...(of as [string]));
  const isReadOnly = (name: string): boolean =>
    (metadata('apiModelProperties', name) as { readonly readOnly?: boolean }).readOnly === true;
  const served = (metadata('apiModelPropertiesArray') as string[])
    .map((name) => name.replace(/^:/, ''))
    .filter((name) => !isReadOnly(name));

  it('are each said to be applied to accounts already there, or not', () => {
    expect(Object.keys(reapplied).sort()).toEqual(served.sort());
    expect(Object.keys(reapplied).sort()).toEqual(Object.keys(filled).sort());
  });

  it.each(Object.keys(reapplied) as (keyof ConnectorDocument)[])(
    '%s is applied again exactly if it is said to be',
    (option) => {
      const other = option === 'mapping' ? [{ target: 'title' }] : 'something else';
      const changed = { ...filled, [option]: other };
      expect(termsOf(changed) !== termsOf(filled)).toBe(reapplied[option]);
    },
  );

  it('that a later version brought, and laterFields lists, are no reason to apply a document again', () => {
    const stored = { ...stated, mapping: [{ target: 'title', type: 'direct', source: 'jobTitle' } as const] };
    // The fingerprint that the first version stored of this document.
    expect(termsOf(filledConnector(stored))).toBe('efAXS5tl-pZKvLgG65w8XT8ZaX082SDiS_Dw0fEOfno');
  });

  it('that a later version brought are a reason where a document uses them', () => {
    const entry = { target: 'title', type: 'direct', source: 'jobTitle' } as const;
    const documents = [{ mapping: [entry] }, { mapping: [{ ...entry, onNull: 'ignore' }] }, { rest: { roles: {} } }];
    const terms = documents.map((document) => termsOf(filledConnector({ ...stated, ...document })));
    expect(new Set(terms).size).toBe(documents.length);
  });
});
