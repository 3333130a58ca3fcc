import { spawn, type ChildProcess } from 'node:child_process';
import { chart } from '../support/chart-checks.js';
import { freePort } from '../support/processes.js';
import { run } from '../support/tools.js';

/** A call that is answered 5xx, or not at all while a pod ends, is sent again for this long. Milliseconds. */
const answerMs = 120_000;

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A Service of the cluster. */
export interface Target {
  readonly name: string;
  readonly port: number;
}

/** One release of the chart in the cluster of KUBECONFIG, seen as a person with kubectl and curl sees it. */
export class Cluster {
  private readonly forwards = new Map<string, { port: number; child: ChildProcess }>();
  private closing = false;

  constructor(
    readonly namespace: string,
    private readonly release = 'hub',
  ) {}

  get name(): string {
    return `${this.release}-identity-hub`;
  }

  /** The Service of `hr`, `governance`, `connector-ID` … */
  service(component: string): Target {
    return { name: `${this.name}-${component}`, port: 80 };
  }

  /** Differs from each earlier one. */
  now(): string {
    return new Date(performance.timeOrigin + performance.now()).toISOString();
  }

  async kubectl(...args: string[]): Promise<string> {
    const { stdout } = await run('kubectl', ['--namespace', this.namespace, ...args], { maxBuffer: 1 << 26 });
    return stdout;
  }

  async apply(manifest: object): Promise<void> {
    const child = spawn('kubectl', ['--namespace', this.namespace, 'apply', '--filename', '-'], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    child.stdin.end(JSON.stringify(manifest));
    const code = await new Promise((done) => child.once('exit', done));
    if (code !== 0) throw new Error(`kubectl apply ended with ${String(code)}`);
  }

  async helm(...args: string[]): Promise<string> {
    return (await run('helm', [...args, '--namespace', this.namespace], { maxBuffer: 1 << 26 })).stdout;
  }

  /** @param values as `--set-json` takes them */
  async install(command: 'install' | 'upgrade', values: Readonly<Record<string, unknown>>): Promise<void> {
    const sets = Object.entries(values).flatMap(([key, value]) => ['--set-json', `${key}=${JSON.stringify(value)}`]);
    await this.helm(command, this.release, chart, '--wait', '--timeout', '15m', ...sets);
  }

  async isInstalled(): Promise<boolean> {
    return await this.helm('status', this.release).then(
      () => true,
      () => false,
    );
  }

  /** Deletes every pod of a component, and waits until its new ones are ready. */
  async deletePods(component: string): Promise<void> {
    const selector = ['--selector', `app.kubernetes.io/component=${component}`];
    await this.kubectl('delete', 'pod', '--wait=true', ...selector);
    await this.kubectl('wait', 'pod', '--for=condition=Ready', '--timeout=5m', ...selector);
  }

  async readyReplicas(component: string): Promise<number> {
    const path = 'jsonpath={.status.readyReplicas}';
    return Number(await this.kubectl('get', 'deployment', `${this.name}-${component}`, '--output', path));
  }

  async token(subject: string, role: string): Promise<string> {
    const program = 'dist/apps/hub/src/token.main.js';
    return (await this.kubectl('exec', `deploy/${this.name}-governance`, '--', 'node', program, subject, role)).trim();
  }

  /** A call through a Service. It is repeated while nobody answers or the answer says to come again. */
  async call(service: Target, method: string, path: string, token: string, body?: unknown): Promise<Answer> {
    const deadline = performance.now() + answerMs;
    for (;;) {
      const answer = await this.once(service, method, path, token, body).catch(() => null);
      if (answer !== null && answer.status < 500 && answer.status !== 429) return answer;
      if (performance.now() > deadline)
        throw new Error(`${method} ${path} was not answered for two minutes: ${JSON.stringify(answer)}`);
      await new Promise((done) => setTimeout(done, 250));
    }
  }

  close(): void {
    this.closing = true;
    for (const { child } of this.forwards.values()) child.kill();
  }

  private async once(service: Target, method: string, path: string, token: string, body: unknown): Promise<Answer> {
    const port = await this.forwarded(service);
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(15_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : {} };
  }

  /** The local port of a Service. A forward leads to one pod and ends with it; the next call makes another one. */
  private async forwarded({ name, port: remote }: Target): Promise<number> {
    const known = this.forwards.get(name);
    if (known !== undefined) return known.port;
    const port = await freePort();
    const target = [`service/${name}`, `${port}:${remote}`];
    const child = spawn('kubectl', ['--namespace', this.namespace, 'port-forward', ...target], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.forwards.set(name, { port, child });
    const ended = new Promise<void>((done) => child.once('exit', () => done()));
    void ended.then(() => this.forwards.delete(name));
    const listening = new Promise<void>((done) => child.stdout.once('data', () => done()));
    await Promise.race([listening, ended]);
    if (this.closing) child.kill();
    return port;
  }
}
