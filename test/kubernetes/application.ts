import type { Cluster } from './cluster.js';

const labels = { app: 'application' };
const token = 'demo-application-token';

/** A SCIM application by other people, as a pod of the cluster. @param image stage `demo-application` of deploy/Dockerfile */
export async function deployApplication(cluster: Cluster, image: string): Promise<void> {
  const container = {
    name: 'application',
    image,
    imagePullPolicy: 'IfNotPresent',
    ports: [{ containerPort: 8080 }],
    readinessProbe: { httpGet: { path: '/health', port: 8080 } },
    securityContext: {
      allowPrivilegeEscalation: false,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'application' },
        spec: {
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [container] } },
        },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'application' },
        spec: { selector: labels, ports: [{ port: 8080 }] },
      },
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'application' }, stringData: { token } },
    ],
  });
  await cluster.kubectl('rollout', 'status', 'deployment/application', '--timeout', '5m');
}

export interface User {
  readonly userName: string;
  readonly active?: boolean;
}

/** Every account that the application has. */
export async function usersOf(cluster: Cluster): Promise<readonly User[]> {
  const { body } = await cluster.call('application', 'GET', '/scim/v2/Users?count=1000', token);
  return (body['Resources'] ?? []) as User[];
}

/** Values of a connector that calls it. */
export const connectorValues = {
  existingSecret: 'application',
  allowedNetworks: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
  egress: [{ podSelector: { matchLabels: labels }, ports: [8080] }],
};
