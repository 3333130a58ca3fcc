import { prometheusText } from './prometheus-text.js';

const help = 'accounts that wait';
const gauge = (labels: Record<string, string>, value: number) => ({ name: 'hub_accounts', help, labels, value });

describe('metrics', () => {
  it('have one head for each name, and a line for each set of labels', async () => {
    const ready = { name: 'hub_service_ready', help: 'is it ready', labels: {}, value: 1 };
    const text = await prometheusText([gauge({ connector: 'wiki', state: 'parked' }, 2), ready, gauge({}, 0.5)]);
    expect(text.split('\n').filter((line) => line !== '')).toEqual([
      '# HELP hub_accounts accounts that wait',
      '# TYPE hub_accounts gauge',
      'hub_accounts{connector="wiki",state="parked"} 2',
      'hub_accounts 0.5',
      '# HELP hub_service_ready is it ready',
      '# TYPE hub_service_ready gauge',
      'hub_service_ready 1',
    ]);
    expect(text.endsWith('\n')).toBe(true);
  });

  it('escape the values of labels', async () => {
    const text = await prometheusText([gauge({ connector: 'a"b\\c\nd' }, 1)]);
    expect(text).toContain('hub_accounts{connector="a\\"b\\\\c\\nd"} 1\n');
  });

  it('are read twice at once without mixing', async () => {
    const [one, two] = await Promise.all([prometheusText([gauge({}, 1)]), prometheusText([gauge({}, 2)])]);
    expect([one.match(/^hub_accounts.*$/m)?.[0], two.match(/^hub_accounts.*$/m)?.[0]]).toEqual([
      'hub_accounts 1',
      'hub_accounts 2',
    ]);
  });
});
