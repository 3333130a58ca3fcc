import { mkdtemp, readFile, readdir, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { root } from './processes.js';
import { pythonEnvironment } from './python.js';
import { made, run, toolsDirectory } from './tools.js';

export const chart = join(root, 'deploy/helm/identity-hub');
export const exampleValues = join(chart, 'values-example.yaml');

/** Kubernetes version whose schemas the rendered objects are compared with. */
const kubernetesVersion = '1.34.0';
const pythonPackages = ['checkov==3.3.30', 'kubernetes-validate==1.34.1'];

/** An object of Kubernetes, as rendered. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly [field: string]: unknown;
}

/** What `helm template` renders. @throws Error with Helm's words */
export async function rendered(helm: string, ...args: string[]): Promise<{ text: string; manifests: Manifest[] }> {
  const { stdout: text } = await run(helm, ['template', 'hub', chart, '--namespace', 'identity-hub', ...args], {
    maxBuffer: 1 << 26,
  });
  const documents = parseAllDocuments(text, { merge: true });
  const errors = documents.flatMap((document) => document.errors);
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  const manifests = documents.map((document) => document.toJS() as Manifest | null).filter((one) => one !== null);
  return { text, manifests };
}

/** Path of checkov; null where there is none. */
export async function checkov(): Promise<string | null> {
  const bin = await pythonEnvironment(pythonPackages);
  return bin === null ? null : join(bin, 'checkov');
}

/** Folder of the strict JSON schemas of Kubernetes, from the PyPI package kubernetes-validate; null where there is none. */
export async function kubernetesSchemas(): Promise<string | null> {
  const bin = await pythonEnvironment(pythonPackages);
  if (bin === null) return null;
  const { stdout } = await run(join(bin, 'python'), ['-c', 'import kubernetes_validate as k; print(k.__path__[0])']);
  const from = join(stdout.trim(), 'kubernetes-json-schema', `v${kubernetesVersion}-local-strict`);
  return await made(join(toolsDirectory(), `schemas-${kubernetesVersion}`), process.env, async (dir) => {
    const to = join(dir, 'schemas', `v${kubernetesVersion}-standalone-strict`);
    await mkdir(to, { recursive: true });
    for (const file of await readdir(from)) {
      // The documents name themselves by absolute addresses: every reference becomes a file beside it.
      const text = (await readFile(join(from, file), 'utf8')).replaceAll(
        '"/api/_definitions.json#',
        '"_definitions.json#',
      );
      const { $id: _, ...schema } = JSON.parse(text) as Record<string, unknown>;
      await writeFile(join(to, file), JSON.stringify(schema));
    }
    return join(dir, 'schemas');
  });
}

/** What kubeconform says about these manifests, strictly; empty when all are valid. Custom resources have no schema here. */
export async function schemaFaults(kubeconform: string, schemas: string, text: string): Promise<string> {
  return await withFile(text, async (file) => {
    const custom = 'ServiceMonitor,PrometheusRule';
    const args = ['-strict', '-kubernetes-version', kubernetesVersion, '-schema-location', schemas, '-skip', custom];
    return await run(kubeconform, [...args, file]).then(
      ({ stdout }) => stdout,
      (error: { stdout?: string }) => error.stdout ?? String(error),
    );
  });
}

export interface HardeningFault {
  readonly check: string;
  /** `Kind.namespace.name` */
  readonly object: string;
}

/** Failed checks of checkov, and how many passed. */
export async function hardeningFaults(
  program: string,
  text: string,
): Promise<{ passed: number; failed: HardeningFault[] }> {
  return await withFile(text, async (file) => {
    const args = [
      '--framework',
      'kubernetes',
      '--compact',
      '--quiet',
      '--soft-fail',
      '--output',
      'json',
      '--file',
      file,
    ];
    const { stdout } = await run(program, args, { maxBuffer: 1 << 26, env: { ...process.env, LOG_LEVEL: 'ERROR' } });
    const report = JSON.parse(stdout) as {
      summary: { passed: number };
      results: { failed_checks: { check_id: string; resource: string }[] };
    };
    const failed = report.results.failed_checks.map(({ check_id: check, resource: object }) => ({ check, object }));
    return { passed: report.summary.passed, failed };
  });
}

async function withFile<T>(text: string, work: (file: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'hub-chart-'));
  try {
    const file = join(dir, 'rendered.yaml');
    await writeFile(file, text);
    return await work(file);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
