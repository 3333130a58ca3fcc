import type { Cluster } from './cluster.js';

const token = 'demo-application-token';
const port = 8080;
const labelsOf = (name: string): Readonly<Record<string, string>> => ({ app: name });

/** A SCIM application by other people, as a pod, a Service and a Secret of this name. @param image stage `demo-application` of deploy/Dockerfile */
export async function deployApplication(cluster: Cluster, name: string, image: string): Promise<void> {
  const container = {
    name: 'application',
    image,
    imagePullPolicy: 'IfNotPresent',
    ports: [{ containerPort: port }],
    readinessProbe: { httpGet: { path: '/health', port } },
    securityContext: {
      allowPrivilegeEscalation: false,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
  const labels = labelsOf(name);
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name },
        spec: {
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [container] } },
        },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name },
        spec: { selector: labels, ports: [{ port }] },
      },
      { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: { token } },
    ],
  });
  await cluster.kubectl('rollout', 'status', `deployment/${name}`, '--timeout', '5m');
}

export interface User {
  readonly id: string;
  readonly userName: string;
  readonly active?: boolean;
}
interface Group {
  readonly displayName: string;
  readonly members?: readonly { readonly value: string }[];
}

/** All resources of a kind, page by page. */
async function listOf<Resource>(cluster: Cluster, name: string, kind: string): Promise<readonly Resource[]> {
  const all: Resource[] = [];
  for (;;) {
    const path = `/scim/v2/${kind}?count=500&startIndex=${all.length + 1}`;
    const { body } = await cluster.call({ name, port }, 'GET', path, token);
    const page = (body['Resources'] ?? []) as Resource[];
    all.push(...page);
    if (page.length === 0 || all.length >= Number(body['totalResults'] ?? 0)) return all;
  }
}

/** Every account that the application has. */
export const usersOf = (cluster: Cluster, name: string): Promise<readonly User[]> =>
  listOf<User>(cluster, name, 'Users');

/** userNames of a group's members. */
export async function membersOf(cluster: Cluster, name: string, group: string): Promise<readonly string[]> {
  const users = new Map((await usersOf(cluster, name)).map(({ id, userName }) => [id, userName]));
  const groups = await listOf<Group>(cluster, name, 'Groups');
  const found = groups.find(({ displayName }) => displayName === group);
  return (found?.members ?? []).map(({ value }) => users.get(value) ?? value);
}

/** Values of the connector that calls the application of this name. */
export const connectorValues = (name: string): object => ({
  existingSecret: name,
  allowedNetworks: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
  egress: [{ podSelector: { matchLabels: labelsOf(name) }, ports: [port] }],
});

/** Its connector document. */
export const connectorDocument = (name: string): object => ({
  displayName: name,
  mode: 'enforce',
  protocol: 'scim2',
  baseUrl: `http://${name}:${port}/scim/v2`,
  auth: { type: 'bearer', token: 'file:token' },
});
