import { eventually } from '../support/eventually.js';
import { startHub, type HubUnderTest } from '../support/hub.js';
import { timed, type Line } from './measure.js';

const people = 10_000;
const few = 10;

interface Job {
  readonly status: string;
  readonly checked: number;
  readonly touched: number;
}

/** New rules that touch 10 of 10,000 people: how long each takes to be applied, and how many people it loads. */
export async function benchRules(runs: number): Promise<Line[]> {
  const hub = await startHub();
  try {
    const admin = await hub.token('admin', 'admin');
    await imported(hub, await hub.token('hr', 'hr-feed'), admin);
    const put = async (path: string, body: object): Promise<{ job: { id: string } | null }> => {
      const answer = await hub.call<{ job: { id: string } | null }>('PUT', path, { token: admin, body });
      if (answer.status >= 300) throw new Error(`PUT ${path} answered ${answer.status}: ${answer.text}`);
      return answer.body;
    };
    await put('/governance/v1/applications/app', { displayName: 'App', connectorId: 'app' });
    const took: number[] = [];
    const loaded: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const id = `rule-${run}`;
      const grants = [{ application: 'app', account: true }];
      await put(`/governance/v1/access-packages/${id}`, { displayName: id, grants });
      took.push(
        await timed(async () => {
          const rule = { displayName: id, filter: 'department eq "Few"', packages: [id] };
          const { job } = await put(`/governance/v1/birthright-rules/${id}`, rule);
          const { checked, touched } = await applied(hub, admin, job?.id ?? '');
          if (touched !== few) throw new Error(`the rule touched ${touched} people, not ${few}`);
          loaded.push(checked);
        }),
      );
    }
    const name = `a rule that touches ${few} of ${people.toLocaleString('en')} people`;
    return [
      { name: `${name}: applied`, unit: 'ms', runs: took },
      { name: `${name}: people loaded`, unit: 'people', runs: loaded, goal: `${few}` },
    ];
  } finally {
    await hub.discard();
  }
}

async function applied(hub: HubUnderTest, admin: string, job: string): Promise<Job> {
  return await eventually(
    async () => {
      const { body } = await hub.call<Job & Record<string, unknown>>('GET', `/governance/v1/jobs/${job}`, {
        token: admin,
      });
      return body.status === 'completed' ? body : undefined;
    },
    { timeoutMs: 60_000, everyMs: 5 },
  );
}

async function imported(hub: HubUnderTest, hr: string, admin: string): Promise<void> {
  const lines = Array.from({ length: people }, (_, n) => `r${n},F${n},${n < few ? 'Few' : 'Many'},2020-01-01`);
  const body = ['employeeId,familyName,department,hireDate', ...lines, ''].join('\n');
  const headers = { 'content-type': 'text/csv' };
  const answer = await hub.call('POST', '/hr/v1/imports?mode=delta', { token: hr, body, headers });
  if (answer.status !== 202) throw new Error(`the import was answered ${answer.status}: ${answer.text}`);
  const last = encodeURIComponent(`employeeId eq "r${people - 1}"`);
  await eventually(
    async () => {
      const path = `/governance/v1/identities?filter=${last}`;
      const { body: found } = await hub.call<{ items: object[] }>('GET', path, { token: admin });
      return found.items.length === 1;
    },
    { timeoutMs: 300_000, everyMs: 500 },
  );
}
