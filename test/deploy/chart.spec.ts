import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { parse } from 'yaml';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import {
  chart,
  checkov,
  exampleValues,
  hardeningFaults,
  kubernetesSchemas,
  rendered,
  schemaFaults,
  type Manifest,
} from '../support/chart-checks.js';
import { root } from '../support/processes.js';
import { some } from '../support/some.js';
import { run, tool } from '../support/tools.js';

// The tools are made on the first run with REQUIRE_TOOLS=1.
jest.setTimeout(1_200_000);

const helm = await tool('helm');
const digest = `image.digest=sha256:${'0'.repeat(64)}`;
const everything = [
  ...['serviceMonitor', 'rules', 'dashboard'].flatMap((part) => ['--set', `metrics.${part}.enabled=true`]),
  '--set',
  digest,
];

/** Parts of a pod that the checks below read. */
interface PodSpec {
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: { runAsNonRoot: boolean; seccompProfile: { type: string } };
  readonly initContainers?: Container[];
  readonly containers: Container[];
  readonly volumes: { name: string; secret?: { secretName: string }; projected?: object }[];
}
interface Container {
  readonly env?: { name: string; value?: string; valueFrom?: object }[];
  readonly securityContext: { readOnlyRootFilesystem: boolean; capabilities: { drop: string[] } };
  readonly resources: { requests: object; limits: { memory: string } };
}

/** The pod of a workload; null of anything else. */
function podOf(manifest: Manifest): PodSpec | null {
  if (manifest.kind === 'Pod') return manifest['spec'] as PodSpec;
  const { template } = (manifest['spec'] ?? {}) as { template?: { spec: PodSpec } };
  return template?.spec ?? null;
}

const componentOf = ({ metadata }: Manifest): string => metadata.labels?.['app.kubernetes.io/component'] ?? '';
const pods = (manifests: readonly Manifest[]): { of: Manifest; pod: PodSpec }[] =>
  some(
    manifests.flatMap((of) => {
      const pod = podOf(of);
      return pod === null ? [] : [{ of, pod }];
    }),
  );

const describeWithHelm = helm === null ? describe.skip : describe;

describeWithHelm('the Helm chart', () => {
  const path = helm ?? '';
  const example = ['--values', exampleValues];

  it.each([
    ['its defaults', []],
    ['three connectors', example],
  ])('passes helm lint with %s', async (_, args) => {
    const { stdout } = await run(path, ['lint', '--strict', chart, ...args]);
    expect(stdout).toContain('0 chart(s) failed');
  });

  it.each([
    ['its defaults', []],
    ['three connectors', example],
    ['an upgrade with everything', [...example, ...everything, '--is-upgrade']],
  ])('renders valid objects of Kubernetes with %s', async (_, args) => {
    const { text, manifests } = await rendered(path, ...args);
    expect(manifests.length).toBeGreaterThan(30);
    const names = manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
    const [kubeconform, schemas] = [await tool('kubeconform'), await kubernetesSchemas()];
    if (kubeconform === null || schemas === null) return;
    expect(await schemaFaults(kubeconform, schemas, text)).toBe('');
    // The check finds what is wrong.
    const broken = text.replace('revisionHistoryLimit: 5', 'revisionHistoryLimits: 5');
    expect(await schemaFaults(kubeconform, schemas, broken)).toContain('revisionHistoryLimits');
  });

  it.each([
    ['trial=false', 'masterKey.existingSecret: is missing'],
    ['masterKey.existingSecret=key', 'masterKey.existingSecret: is given, but trial is true'],
    ['connectors.wiki.replicas=1', 'connectors.wiki.egress: is missing'],
    ['connectors.wiki.egres[0].cidr=10.0.0.0/8', "'egres' not allowed"],
    ['connectors.Wiki.replicas=1', 'Wiki'],
    ['connectors.wiki.egress[0].cidr=everywhere', 'cidr'],
    ['services.hr.replicas=0', '/services/hr/replicas'],
    ['services.hrs.replicas=1', "'hrs' not allowed"],
    ['image.digest=latest', '/image/digest'],
    ['kafka.sasl.mechanism=gssapi', '/kafka/sasl/mechanism'],
    ['kafka.sasl.mechanism=plain', 'kafka.sasl.existingSecret: is missing'],
    ['settings.extra.DATABASE_URL=postgres://x', '/settings/extra'],
    ['witness.enabled=false', 'witness.external.url: is missing'],
    ['ingress.enabled=true', 'ingress.host: is missing'],
    ['notifications.smtp.existingSecret=mail', 'notifications.smtp.from: is missing'],
    ['notifications.webhook.url=https://chat.example.com', 'notifications.webhook.existingSecret: is missing'],
  ])('refuses %s by name', async (set, named) => {
    await expect(rendered(path, '--set', set)).rejects.toMatchObject({
      stderr: expect.stringContaining(named) as string,
    });
  });

  it('requires the identity provider, the stores and what may be called once it is no trial', async () => {
    for (const missing of ['database.existingSecret', 'oidc.issuer', 'networkPolicy.database', 'networkPolicy.oidc'])
      await expect(rendered(path, ...example, '--set-json', `${missing}=null`)).rejects.toMatchObject({
        stderr: expect.stringContaining(missing) as string,
      });
  });

  it('gives each connector a deployment with its own secrets and egress, and nobody else', async () => {
    const { manifests } = await rendered(path, ...example);
    const ids = ['wiki', 'crm', 'intranet'];
    for (const { of, pod } of some(pods(manifests))) {
      const secrets = pod.volumes.flatMap(({ secret }) => (secret === undefined ? [] : [secret.secretName]));
      const own = ids.filter((id) => secrets.includes(`${id}-credentials`));
      const ofConnector = ids.filter((id) => componentOf(of) === `connector-${id}`);
      expect([of.metadata.name, own]).toEqual([of.metadata.name, ofConnector]);
      const variables = pod.containers.flatMap(({ env = [] }) => env);
      const served = variables.filter(({ name }) => name === 'CONNECTOR_ID').map(({ value }) => value);
      expect(served).toEqual(ofConnector);
      expect(secrets.includes('company-ca')).toBe(ofConnector.includes('intranet'));
    }
    const reached = manifests.filter(({ kind }) => kind === 'NetworkPolicy');
    for (const [id, cidr] of [
      ['crm', '198.51.100.7/32'],
      ['intranet', '10.20.0.0/16'],
    ] as const)
      expect(
        some(reached.filter((policy) => JSON.stringify(policy).includes(cidr))).map(({ metadata }) => metadata.name),
      ).toEqual([`hub-identity-hub-connector-${id}`]);
  });

  it('puts several connectors into one deployment when told so, each with its own folder of secrets', async () => {
    const both = {
      serves: ['wiki', 'chat'],
      secrets: { wiki: 'w', chat: 'c' },
      egress: [{ cidr: '0.0.0.0/0', ports: [443] }],
    };
    const { manifests, text } = await rendered(path, '--set-json', `connectors.office=${JSON.stringify(both)}`);
    const office = manifests.filter((one) => one.kind === 'Deployment' && componentOf(one) === 'connector-office');
    expect(office).toHaveLength(1);
    expect(text).toContain('CONNECTOR_ID, value: "wiki,chat"');
    expect(text).toContain('mountPath: /etc/hub/connector-secrets/chat');
  });

  it.each([
    ['its defaults', []],
    ['three connectors', example],
  ])('runs no pod with more rights than it needs with %s', async (_, args) => {
    const { manifests } = await rendered(path, ...args);
    for (const { of, pod } of some(pods(manifests))) {
      const { name } = of.metadata;
      expect([name, pod.automountServiceAccountToken]).toEqual([name, false]);
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      for (const container of some([...pod.containers, ...(pod.initContainers ?? [])])) {
        expect(container.securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(Object.keys(container.resources.requests)).toEqual(['cpu', 'memory']);
        expect(container.resources.limits.memory).toMatch(/Mi|Gi/);
      }
    }
    const denied = manifests.find(({ metadata }) => metadata.name.endsWith('-default-deny'));
    expect(denied?.['spec']).toMatchObject({ policyTypes: ['Ingress', 'Egress'] });
  });

  it('sets nothing but settings, and every secret one as a file', async () => {
    const { manifests } = await rendered(path, ...example);
    const config = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'hub-identity-hub');
    const shared = config?.['data'] as Record<string, string>;
    const known = new Set(Object.keys(new ServiceSettings()));
    const set = pods(manifests)
      .filter(({ of }) => !['witness', 'test'].includes(componentOf(of)))
      .flatMap(({ pod }) => pod.containers.flatMap(({ env = [] }) => env));
    const all = [...set, ...Object.entries(shared).map(([name, value]) => ({ name, value, valueFrom: undefined }))];
    expect(all.filter(({ valueFrom }) => valueFrom !== undefined)).toEqual([]);
    expect(all.filter(({ name }) => !known.has(name) && name !== 'NODE_EXTRA_CA_CERTS')).toEqual([]);
    const secret = some(all.filter(({ name }) => /PASSWORD|MASTER_KEY|DATABASE|SMTP|SECRET$/.test(name)));
    expect(secret.filter(({ value }) => value?.startsWith('file:') !== true)).toEqual([]);
  });

  it('can set every setting of the services, by a value of its own or under settings.extra', async () => {
    const adoption = ['--set', 'services.audit.adoption.existingSecret=adoption'];
    const { text } = await rendered(path, ...example, ...adoption);
    // A proxy is set by a connector that needs one; the rest belong to no pod of the chart.
    const others = ['CONNECTOR_PROXY', 'DATABASE_OWNER_URL'];
    const left = Object.keys(new ServiceSettings()).filter((name) => !text.includes(name) && !others.includes(name));
    const extra = Object.fromEntries(some(left).map((name) => [name, '7']));
    const all = await rendered(path, ...example, ...adoption, '--set-json', `settings.extra=${JSON.stringify(extra)}`);
    expect(left.filter((name) => !all.text.includes(`${name}: "7"`))).toEqual([]);
  });

  it('tells people through governance alone, which may call the mail server and what takes webhooks', async () => {
    const { manifests } = await rendered(path, ...example);
    const tells = pods(manifests).filter(({ pod }) => JSON.stringify(pod).includes('SMTP_URL'));
    expect(tells.map(({ of }) => componentOf(of))).toEqual(['governance']);
    const secrets = tells[0]?.pod.volumes.flatMap(({ secret }) => secret?.secretName ?? []);
    expect(secrets).toEqual(expect.arrayContaining(['mail-login', 'chat-hook']));
    const reached = manifests.filter(
      (one) => one.kind === 'NetworkPolicy' && JSON.stringify(one).includes('10.0.7.25'),
    );
    expect(reached.map(({ metadata }) => metadata.name)).toEqual(['hub-identity-hub-notifications']);
  });

  it('migrates before the pods change, and on install beside them', async () => {
    const migration = async (...args: string[]): Promise<Manifest | undefined> =>
      (await rendered(path, ...example, ...args)).manifests.find(({ kind }) => kind === 'Job');
    expect((await migration())?.metadata.annotations).toBeUndefined();
    expect((await migration('--is-upgrade'))?.metadata.annotations).toMatchObject({ 'helm.sh/hook': 'pre-upgrade' });
    expect((await migration('--set', 'image.tag=2.0.0'))?.metadata.name).not.toBe((await migration())?.metadata.name);
  });

  it('takes every image from another registry, with pull secrets', async () => {
    const args = ['--set', 'image.registry=registry.example.com/hub', '--set', 'image.pullSecrets={pull}'];
    const { manifests } = await rendered(path, ...args);
    for (const { pod } of some(pods(manifests))) {
      expect(pod).toMatchObject({ imagePullSecrets: [{ name: 'pull' }] });
      for (const container of some(pod.containers))
        expect(container).toMatchObject({ image: expect.stringMatching(/^registry\.example\.com\/hub\//) as string });
    }
  });
});

interface Exception {
  readonly check: string;
  readonly objects: string;
  readonly reason: string;
}

const scanner = helm === null ? null : await checkov();
const describeWithScanner = scanner === null ? describe.skip : describe;

describeWithScanner('the hardening scan', () => {
  const exceptions = parse(readFileSync(join(root, 'deploy/helm/hardening-exceptions.yaml'), 'utf8')) as Exception[];
  const isListed = ({ check, object }: { check: string; object: string }, listed: Exception): boolean =>
    listed.check === check && new RegExp(`^${listed.objects}$`).test(object.replace(/^(\w+)\.[\w-]+\./, '$1.'));

  it('fails no check that is not listed with its reason, and lists none that nothing needs', async () => {
    const texts = [
      await rendered(helm ?? '', '--values', exampleValues, ...everything),
      await rendered(helm ?? '', ...everything),
    ];
    const { passed, failed } = await hardeningFaults(scanner ?? '', texts.map(({ text }) => text).join('\n---\n'));
    expect(passed).toBeGreaterThan(500);
    expect(failed.filter((fault) => !exceptions.some((listed) => isListed(fault, listed)))).toEqual([]);
    expect(exceptions.filter((listed) => !failed.some((fault) => isListed(fault, listed)))).toEqual([]);
    for (const { reason } of some(exceptions)) expect(reason.length).toBeGreaterThan(40);
  });

  it('finds a container that is privileged', async () => {
    const { text } = await rendered(helm ?? '', '--values', exampleValues, ...everything);
    const { failed } = await hardeningFaults(scanner ?? '', text.replace('privileged: false', 'privileged: true'));
    expect(failed.map(({ check }) => check)).toContain('CKV_K8S_16');
  });
});
