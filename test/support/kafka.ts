import { execFile, spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel, type KafkaConfig } from 'kafkajs';
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';
import { fixTimers } from '#libs/event-bus/kafka/kafkajs-timers.js';
import { clientOf, secured, type Secured } from './kafka-secured.js';
import { freePort, root } from './processes.js';

const run = promisify(execFile);
const version = '4.1.1';
const upMs = 90_000;
fixTimers();

export interface Broker {
  /** host:port */
  readonly brokers: string;
  stop(): Promise<void>;
}

/** A broker that the tests started: they may kill it. */
export interface OwnBroker extends Broker {
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the same data. */
  restart(): Promise<void>;
  /** Removes its data, as `docker compose down` does without a volume; after `kill`, before `restart`. */
  wipe(): Promise<void>;
}

/** Where brokers come from on this machine. */
export interface KafkaSource<B extends Broker = Broker> {
  readonly how: string;
  /** A broker without any of the hub's topics or groups. */
  start(): Promise<B>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Real Kafka for tests: KAFKA_BROKERS if given, else a broker of their own. Null (said loudly) where there is none; with
 * REQUIRE_KAFKA=1 that is an error. A spec gives the result to `describeOn`.
 */
export async function kafkaForTests(env: Environment = process.env): Promise<KafkaSource | null> {
  const given = env['KAFKA_BROKERS'];
  if (given !== undefined && given !== '') return { how: 'KAFKA_BROKERS', start: () => emptied(given) };
  return await ownKafkaForTests(env);
}

/** For tests that kill the broker: a container if a Docker engine answers, else the broker's own jars with the local Java. */
export async function ownKafkaForTests(env: Environment = process.env): Promise<KafkaSource<OwnBroker> | null> {
  if (await dockerAnswers(env)) return { how: 'container', start: () => containerBroker() };
  try {
    const jars = await brokerJars(env);
    return { how: 'jars', start: () => jarBroker(jars) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (env['REQUIRE_KAFKA'] === '1')
      throw new Error(`REQUIRE_KAFKA=1, and there is no Kafka: ${why}`, { cause: error });
    console.warn(
      `\n*** NO KAFKA: every test on Kafka is LEFT OUT. ${why}\n*** Give KAFKA_BROKERS, a Docker engine, or Java 17 and Maven.\n`,
    );
    return null;
  }
}

/** `describe` on this Kafka, and without one a skipped block, which the summary of the run counts. */
export function describeOn<B extends Broker>(
  kafka: KafkaSource<B> | null,
  name: string,
  block: (kafka: KafkaSource<B>) => void,
): void {
  if (kafka === null) describe.skip(name, () => it('needs Kafka', () => undefined));
  else describe(name, () => block(kafka));
}

/** Somebody's broker: the hub's topics and groups of an earlier run are removed. */
async function emptied(brokers: string): Promise<Broker> {
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const { groups } = await admin.listGroups();
    const ours = groups.map(({ groupId }) => groupId).filter((id) => /^(hr|governance|provisioning|audit)\b/.test(id));
    if (ours.length > 0) await admin.deleteGroups(ours);
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith('hub.'));
    if (topics.length > 0) await admin.deleteTopics({ topics });
    while ((await admin.listTopics()).some((topic) => topic.startsWith('hub.')))
      await new Promise((done) => setTimeout(done, 100));
  } finally {
    await admin.disconnect();
  }
  return { brokers, stop: () => Promise.resolve() };
}

async function dockerAnswers(env: Environment): Promise<boolean> {
  try {
    await run('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 5_000, env: { ...env } });
    return true;
  } catch {
    return false;
  }
}

async function containerBroker(): Promise<OwnBroker> {
  const port = await freePort();
  const brokers = `127.0.0.1:${port}`;
  const start = (): Promise<StartedTestContainer> =>
    new GenericContainer(`apache/kafka:${version}`)
      .withExposedPorts({ container: 9092, host: port })
      .withEnvironment({
        KAFKA_NODE_ID: '1',
        KAFKA_PROCESS_ROLES: 'broker,controller',
        KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
        KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${brokers}`,
        KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
        KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
        KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
        KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
        KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
        KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
        KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      })
      .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
      .withStartupTimeout(upMs)
      .start();
  let container: StartedTestContainer | null = await start();
  const docker = async (...args: string[]): Promise<string> =>
    container === null ? '' : (await run('docker', [...args, container.getId()])).stdout;
  const remove = async (): Promise<void> => {
    await docker('rm', '--force', '--volumes');
    container = null;
  };
  return {
    brokers,
    stop: remove,
    kill: async () => void (await docker('kill')),
    wipe: remove,
    restart: async () => {
      if (container === null) container = await start();
      else await docker('start');
      await answering(brokers, () => docker('logs', '--tail', '20'));
    },
  };
}

/** The broker's jars, fetched once by Maven into node_modules/.cache. @returns the class path */
async function brokerJars(env: Environment): Promise<string> {
  const dir = resolve(root, `node_modules/.cache/kafka-${version}`);
  const done = join(dir, 'complete');
  await run('java', ['-version'], { env: { ...env } });
  if (!(await exists(done))) {
    await mkdir(dir, { recursive: true });
    const dependency = `<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${version}</version></dependency>`;
    const head =
      '<modelVersion>4.0.0</modelVersion><groupId>hub.test</groupId><artifactId>broker</artifactId><version>1</version>';
    await writeFile(
      join(dir, 'pom.xml'),
      `<project xmlns="http://maven.apache.org/POM/4.0.0">${head}<dependencies>${dependency}</dependencies></project>`,
    );
    await run(
      'mvn',
      [
        '-q',
        '-B',
        '-f',
        join(dir, 'pom.xml'),
        'dependency:copy-dependencies',
        `-DoutputDirectory=${join(dir, 'jars')}`,
        '-DincludeScope=runtime',
      ],
      { maxBuffer: 1 << 24 },
    );
    await writeFile(done, version);
  }
  return `${join(dir, 'jars')}/*`;
}

/** A broker with TLS, SASL and access control. */
export type SecuredBroker = Broker & Pick<Secured, 'ca'>;

/** Like `kafkaForTests`, of the broker's own jars alone: nobody but `admin` may do anything yet. Null where Java is missing. */
export async function securedBroker(users: readonly string[]): Promise<SecuredBroker | null> {
  try {
    const [jars] = await Promise.all([brokerJars(process.env), run('keytool', ['-help'])]);
    const dir = await mkdtemp(join(tmpdir(), 'hub-test-kafka-'));
    const security = await secured(dir, users);
    return { ...(await jarBroker(jars, dir, security)), ca: security.ca };
  } catch (error) {
    if (process.env['REQUIRE_KAFKA'] === '1') throw error;
    console.warn(`\n*** NO KAFKA with access control: ${error instanceof Error ? error.message : String(error)}\n`);
    return null;
  }
}

async function jarBroker(classPath: string, given?: string, security?: Secured): Promise<OwnBroker> {
  const dir = given ?? (await mkdtemp(join(tmpdir(), 'hub-test-kafka-')));
  const [port, controller] = [await freePort(), await freePort()];
  const properties = join(dir, 'server.properties');
  await writeFile(properties, serverProperties(dir, port, controller, security));
  const java = (main: string, ...args: string[]): string[] => ['-Xmx320m', '-Xms128m', '-cp', classPath, main, ...args];
  const format = (): Promise<unknown> =>
    run(
      'java',
      java(
        'kafka.tools.StorageTool',
        'format',
        '-t',
        'AAAAAAAAQACAAAAAAAAAAQ',
        '-c',
        properties,
        ...(security?.users ?? []),
      ),
    );
  await format();
  const log = join(dir, 'broker.log');
  const start = async (): Promise<{ pid: number; exited: Promise<void> }> => {
    const out = await open(log, 'a');
    // Its own session: a killed test run must not take a signal meant for others, nor give one.
    const child = spawn('java', java('kafka.Kafka', properties), { detached: true, stdio: ['ignore', out.fd, out.fd] });
    const exited = new Promise<void>((end) => child.once('exit', () => end()));
    child.unref();
    await out.close();
    const client = security === undefined ? {} : await clientOf('', security.ca, 'admin');
    await answering(`127.0.0.1:${port}`, async () => (await readFile(log, 'utf8')).slice(-2_000), client);
    return { pid: child.pid ?? 0, exited };
  };
  let broker = await start();
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    try {
      process.kill(broker.pid, signal);
    } catch {
      return;
    }
    await broker.exited;
  };
  return {
    brokers: `127.0.0.1:${port}`,
    stop: async () => {
      await end('SIGKILL');
      await rm(dir, { recursive: true, force: true });
    },
    kill: () => end('SIGKILL'),
    wipe: async () => {
      await rm(join(dir, 'data'), { recursive: true });
      await format();
    },
    restart: async () => {
      broker = await start();
    },
  };
}

function serverProperties(dir: string, port: number, controller: number, security?: Secured): string {
  const clients = security === undefined ? 'PLAINTEXT' : 'CLIENTS';
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `${clients}://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `${clients}://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'log.dirs': join(dir, 'data'),
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 3,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.num.partitions': 3,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
    ...security?.settings,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

async function answering(
  broker: string,
  output: () => Promise<string>,
  client: Partial<KafkaConfig> = {},
): Promise<void> {
  const deadline = performance.now() + upMs;
  for (;;) {
    const admin = new Kafka({
      ...client,
      brokers: [broker],
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
      connectionTimeout: 1_000,
    }).admin();
    try {
      await admin.connect();
      await admin.listTopics();
      return;
    } catch (error) {
      if (performance.now() > deadline) {
        throw new Error(`the broker does not answer; it wrote:\n${await output()}`, { cause: error });
      }
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
    await new Promise((done) => setTimeout(done, 100));
  }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
