import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import kafkajs, { Kafka, logLevel, type AclEntry, type KafkaConfig } from 'kafkajs';

// Node.js finds these by no name of their own.
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
const run = promisify(execFile);
const storePassword = 'store-password';

/** What a broker with TLS, SASL and access control needs beside the settings of every broker. */
export interface Secured {
  /** Certificate in PEM that clients trust. */
  readonly ca: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Arguments of the storage tool: who may log in. */
  readonly users: readonly string[];
}

const mechanism = 'SCRAM-SHA-512';
const passwordOf = (user: string): string => `${user}-password`;

/** @param users who may log in, beside the broker's own administrator; nobody but that one may do anything yet */
export async function secured(dir: string, users: readonly string[]): Promise<Secured> {
  const store = join(dir, 'broker.p12');
  const shared = ['-alias', 'broker', '-keystore', store, '-storetype', 'PKCS12', '-storepass', storePassword];
  const names = ['-dname', 'CN=broker', '-ext', 'san=ip:127.0.0.1', '-ext', 'bc:critical=ca:true'];
  await run('keytool', [
    '-genkeypair',
    ...shared,
    ...names,
    '-keyalg',
    'EC',
    '-groupname',
    'secp256r1',
    '-validity',
    '30',
  ]);
  const ca = join(dir, 'broker.pem');
  await run('keytool', ['-exportcert', '-rfc', ...shared, '-file', ca]);
  const login = `org.apache.kafka.common.security.scram.ScramLoginModule required username="admin" password="${passwordOf('admin')}";`;
  return {
    ca,
    settings: {
      'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,CLIENTS:SASL_SSL',
      'inter.broker.listener.name': 'CLIENTS',
      'sasl.enabled.mechanisms': mechanism,
      'sasl.mechanism.inter.broker.protocol': mechanism,
      [`listener.name.clients.${mechanism.toLowerCase()}.sasl.jaas.config`]: login,
      'ssl.keystore.location': store,
      'ssl.keystore.password': storePassword,
      'ssl.keystore.type': 'PKCS12',
      'ssl.truststore.location': store,
      'ssl.truststore.password': storePassword,
      'ssl.truststore.type': 'PKCS12',
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      // Nobody is anonymous but the controller, whose listener no client knows.
      'super.users': 'User:admin;User:ANONYMOUS',
    },
    users: ['admin', ...users].flatMap((user) => [
      '--add-scram',
      `${mechanism}=[name=${user},password=${passwordOf(user)}]`,
    ]),
  };
}

/** Settings of a client that logs in as this user. */
export async function clientOf(brokers: string, ca: string, user: string): Promise<KafkaConfig> {
  return {
    brokers: [brokers],
    ssl: { ca: [await readFile(ca, 'utf8')] },
    sasl: { mechanism: 'scram-sha-512', username: user, password: passwordOf(user) },
    logLevel: logLevel.NOTHING,
    retry: { retries: 2 },
  };
}

/** Settings of a service that logs in as this user. */
export async function serviceEnv(dir: string, ca: string, user: string): Promise<Record<string, string>> {
  const file = join(dir, `${user}.password`);
  await writeFile(file, `${passwordOf(user)}\n`, { mode: 0o600 });
  return {
    KAFKA_TLS: 'on',
    KAFKA_CA: ca,
    KAFKA_SASL_MECHANISM: 'scram-sha-512',
    KAFKA_USERNAME: user,
    KAFKA_PASSWORD: `file:${file}`,
  };
}

/** Lets principals do what these commands of kafka-acls.sh say, and nothing else. @throws Error for an option it does not know */
export async function applyAcls(client: KafkaConfig, commands: string): Promise<number> {
  const acl = commands.trim().split('\n').map(entryOf);
  const admin = new Kafka(client).admin();
  await admin.connect();
  try {
    await admin.createAcls({ acl });
  } finally {
    await admin.disconnect();
  }
  return acl.length;
}

const head = ['kafka-acls.sh', '--bootstrap-server', '"$BROKERS"', '--command-config', '"$ADMIN_CONFIG"', '--add'];
const operations = {
  Describe: AclOperationTypes.DESCRIBE,
  Create: AclOperationTypes.CREATE,
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
};

function entryOf(command: string): AclEntry {
  const words = command.split(' ');
  if (words.slice(0, head.length).join(' ') !== head.join(' ')) throw new Error(`not a command to add: ${command}`);
  const given = new Map<string, string>();
  for (let at = head.length; at < words.length; at += 1) {
    const name = words[at] ?? '';
    given.set(name, name === '--cluster' ? 'kafka-cluster' : (words[(at += 1)] ?? ''));
  }
  const take = (name: string): string | undefined => {
    const value = given.get(name);
    given.delete(name);
    return value;
  };
  const operation = take('--operation') as keyof typeof operations | undefined;
  const resources = [
    [AclResourceTypes.TOPIC, take('--topic')],
    [AclResourceTypes.GROUP, take('--group')],
    [AclResourceTypes.CLUSTER, take('--cluster')],
  ] as const;
  const [resource, ...others] = resources.filter(([, name]) => name !== undefined);
  const principal = take('--allow-principal');
  const pattern = take('--resource-pattern-type');
  const known = operation === undefined ? undefined : operations[operation];
  const isPattern = pattern === undefined || pattern === 'prefixed';
  if (
    known === undefined ||
    resource?.[1] === undefined ||
    others.length + given.size > 0 ||
    !isPattern ||
    principal === undefined
  )
    throw new Error(`cannot be read: ${command}`);
  return {
    resourceType: resource[0],
    resourceName: resource[1],
    resourcePatternType: pattern === 'prefixed' ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
    principal,
    host: '*',
    operation: known,
    permissionType: AclPermissionTypes.ALLOW,
  };
}
