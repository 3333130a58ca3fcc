import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../support/processes.js';
import { some } from '../support/some.js';

const dockerfile = readFileSync(join(root, 'deploy/Dockerfile'), 'utf8');
/** Instructions with their continuation lines. */
const instructions = dockerfile
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line !== '');
const runtime = instructions.slice(instructions.findIndex((line) => line.endsWith(' AS runtime')));

describe('the image', () => {
  it('is built by any builder: nothing that only BuildKit knows', () => {
    expect(dockerfile).not.toMatch(/^# *syntax=/m);
    expect(instructions.filter((line) => /--(mount|chmod|link|exclude)\b|<</.test(line))).toEqual([]);
  });

  it('takes its bases as arguments, so that they can be pinned by digest', () => {
    const bases = some(instructions.filter((line) => line.startsWith('FROM '))).map((line) => line.split(' ')[1]);
    expect(bases.filter((base) => !/^\$\{\w+\}$|^[a-z]+$/.test(base ?? ''))).toEqual([]);
  });

  it('runs as a numbered user without rights, says whether it lives, and lists what it contains', () => {
    expect(runtime).toContain('USER 10001:10001');
    expect(runtime.at(-1)).toMatch(/^CMD /);
    expect(runtime.filter((line) => line.startsWith('HEALTHCHECK '))).toHaveLength(1);
    expect(runtime.join('\n')).toContain('sbom.cdx.json');
    expect(instructions.join('\n')).toContain('npm sbom --sbom-format cyclonedx --omit dev');
    expect(runtime.filter((line) => /npm (ci|install)|apt-get/.test(line))).toEqual([]);
  });

  it('runs in the chart as the same user', () => {
    const values = parse(readFileSync(join(root, 'deploy/helm/identity-hub/values.yaml'), 'utf8')) as { image: object };
    expect(values.image).toMatchObject({ repository: 'identity-hub' });
    expect(readFileSync(join(root, 'deploy/helm/identity-hub/templates/_deployment.tpl'), 'utf8')).toContain(
      'include "hub.podSecurity" 10001',
    );
  });
});
