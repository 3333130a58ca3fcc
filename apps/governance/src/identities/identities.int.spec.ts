import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { hrMessage, identityOf, idOf, worker, type RunningGovernance } from '../governance.fixtures.js';
import { accessOf, asked, engineer, expectContractsKept, team, wikiCompany } from '../wiki-company.fixtures.js';

let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
});
afterAll(() => hub.stop());

describe('a hire', () => {
  it('becomes an identity with what rules give, and desired access that says why', async () => {
    const message = hrMessage('hired', engineer('1001'));
    await hub.stated(message);
    const found = await hub.call('GET', `/identities?filter=${encodeURIComponent('employeeId eq "1001"')}`);
    expect(found.body.items).toMatchObject([
      {
        id: identityOf('1001'),
        status: 'active',
        kind: 'person',
        userName: 'e1001@example.org',
        displayName: 'Given1001 Family1001',
        manager: null,
      },
    ]);
    expect(await accessOf(hub, '1001')).toMatchObject({
      application: 'wiki',
      status: 'active',
      sequence: 1,
      accounts: [
        {
          type: 'User',
          active: true,
          packages: ['wiki-user'],
          groups: [],
          attributes: { id: identityOf('1001'), userName: 'e1001@example.org', department: 'Engineering' },
        },
      ],
      entitlements: [{ account: true, because: [expect.any(String)] }],
    });
    const { body } = await hub.call('GET', `/identities/${identityOf('1001')}/access/wiki/explanation`);
    expect(body.entitlements[0].because[0]).toMatchObject({
      cause: { type: 'birthright', rule: 'everybody' },
      hrEvents: [message.id],
    });
    expect(body.chain.map(({ type }: { type: string }) => type)).toEqual([
      'hub.governance.desired-access.changed.v1',
      'hub.governance.assignment.created.v1',
      'hub.governance.identity.changed.v1',
      'hub.hr.worker.hired.v1',
    ]);
    expect(body.chain.at(-1)).toMatchObject({ event: message.id, at: message.time });
  });

  it('of somebody whose first day is to come makes no identity before it has come', async () => {
    await hub.publish(hrMessage('recorded', engineer('1004', { hireDate: '2026-09-01' })));
    await hub.stated(hrMessage('hired', engineer('1005')));
    expect((await hub.call('GET', `/identities/${identityOf('1004')}`)).status).toBe(404);
    await hub.stated(hrMessage('hired', engineer('1004', { hireDate: '2026-09-01' }), 2));
    expect((await hub.call('GET', `/identities/${identityOf('1004')}`)).body.status).toBe('active');
  });

  it('of somebody who had left when HR first told makes one that is inactive: an application may have the account', async () => {
    const former = engineer('1006', { hireDate: '2015-01-05', terminationDate: '2019-06-30' });
    await hub.publish(hrMessage('recorded', former));
    await hub.stated(hrMessage('hired', engineer('1007')));
    const { status, body } = await hub.call('GET', `/identities/${identityOf('1006')}`);
    expect([status, body.status]).toEqual([200, 'inactive']);
    expect((await hub.call('GET', `/identities/${identityOf('1006')}/access`)).body).toEqual({
      items: [],
      nextCursor: null,
    });
  });

  it('twice: a redelivered statement changes nothing', async () => {
    const message = hrMessage('hired', engineer('1002'));
    await hub.stated(message);
    await hub.publish(message, { ...message, sequence: 1 });
    const marker = hrMessage('hired', engineer('1003'));
    await hub.stated(marker);
    const after = await hub.db.query<{ stream: string }>(
      `select stream from events where stream like '%' || $1 || '%'`,
      [identityOf('1002')],
    );
    expect(after.map(({ stream }) => stream).sort()).toEqual(
      [`access-${identityOf('1002')}`, `desired-${identityOf('1002')}.wiki`, `identity-${identityOf('1002')}`].sort(),
    );
  });

  it('finds the manager, whichever of the two comes first', async () => {
    await hub.stated(hrMessage('hired', engineer('1011', { managerId: '1010' })));
    expect((await hub.call('GET', `/identities/${identityOf('1011')}`)).body.manager).toBeNull();
    await hub.stated(hrMessage('hired', engineer('1010')));
    expect((await hub.call('GET', `/identities/${identityOf('1011')}`)).body.manager).toBe(identityOf('1010'));
    expect((await accessOf(hub, '1011')).accounts[0].attributes.managerIdentity).toBe(identityOf('1010'));
  });

  it('finds the manager also when the two were taken by different members at the same moment', async () => {
    await hub.stated(hrMessage('hired', engineer('1015')));
    // What the other member saw: no manager yet.
    await hub.db.query(`update identity set live_numbers = '{}' where id = $1`, [identityOf('1015')]);
    await hub.stated(hrMessage('hired', engineer('1016', { managerId: '1015' })));
    await hub.db.query(`update identity set live_numbers = '{1015}' where id = $1`, [identityOf('1015')]);
    expect((await hub.call('GET', `/identities/${identityOf('1016')}`)).body.manager).toBeNull();
    hub.clock.advance(5_000);
    await eventually(
      async () => (await accessOf(hub, '1016')).accounts[0].attributes.managerIdentity === identityOf('1015'),
    );
  });

  it('gives two people with one name or one address different userNames', async () => {
    const same = { givenName: 'Zoë', familyName: 'Großmann', email: 'zoe@example.org' };
    await hub.stated(
      hrMessage('hired', worker('1021', same)),
      hrMessage('hired', worker('1022', same)),
      hrMessage('hired', worker('1023', { ...same, email: 'other@example.org' })),
    );
    const { body } = await hub.call('GET', `/identities?filter=${encodeURIComponent('givenName eq "zoë"')}`);
    expect(new Set(body.items.map(({ userName }: { userName: string }) => userName)).size).toBe(3);
  });

  it('of hundreds at once finds managers within the batch', async () => {
    const many = Array.from({ length: 300 }, (_, index) =>
      hrMessage('hired', engineer(`b${index}`, { managerId: 'b0' })),
    );
    await hub.stated(...many);
    const { body } = await hub.call('GET', `/identities?limit=500&filter=${encodeURIComponent('managerId eq "b0"')}`);
    expect(body.items.filter(({ manager }: { manager: string }) => manager === identityOf('b0')).length).toBe(299);
  });

  it('goes on after a restart, and a rule meets everybody even when the service stops in between', async () => {
    await hub.call('PUT', '/access-packages/wiki-batch', {
      displayName: 'Batch',
      grants: [{ application: 'wiki', group: 'Batch' }],
    });
    await hub.call('PUT', '/birthright-rules/batch', {
      displayName: 'Batch',
      filter: 'employeeId sw "b"',
      packages: ['wiki-batch'],
    });
    await hub.restart();
    await eventually(async () => {
      const [row] = await hub.db.query<{ n: number }>(
        `select count(*)::int as n from assignment where package_id = 'wiki-batch' and status = 'active'`,
      );
      return row?.n === 300;
    });
    await hub.stated(hrMessage('changed', engineer('b1', { managerId: 'b0', jobTitle: 'Lead' }), 2));
    expect((await accessOf(hub, 'b1')).accounts[0]).toMatchObject({
      groups: ['Batch'],
      attributes: { jobTitle: 'Lead' },
    });
  });
});

describe('a filter over identities', () => {
  it.each(['salary gt "1"', 'userName eq "x"', 'department eq'])('refuses %s by name', async (filter) => {
    const { status, body } = await hub.call('GET', `/identities?filter=${encodeURIComponent(filter)}`);
    expect([status, body.errors[0].pointer]).toEqual([400, '/filter']);
  });
  it.each(['custom.badge eq "BLUE"', 'custom.Badge sw "b"', 'Custom.BADGE eq "blue" and custom.badge pr'])(
    'reads custom fields, in any case: %s',
    async (filter) => {
      await hub.stated(hrMessage('hired', worker('1031', { custom: { Badge: 'blue' } })));
      const { body } = await hub.call('GET', `/identities?filter=${encodeURIComponent(filter)}`);
      expect(body.items.map(({ employeeId }: { employeeId: string }) => employeeId)).toEqual(['1031']);
    },
  );
  it('finds a person by the number of each employment', async () => {
    const person = idOf('person E1041');
    await hub.stated(
      hrMessage('hired', worker('E1041')),
      hrMessage('hired', worker('E1042', { hireDate: '2026-03-03' }), 1, { person }),
    );
    const found = async (number: string) =>
      (await hub.call('GET', `/identities?filter=${encodeURIComponent(`employeeId eq "${number}"`)}`)).body.items;
    for (const number of ['E1041', 'E1042', '\u200bE1042\u00a0'])
      expect(await found(number)).toMatchObject([{ id: identityOf('E1041'), employeeId: 'E1041' }]);
    expect(await found('e1042')).toEqual([]);
  });

  it('gives by a rule over employee numbers to exactly that number', async () => {
    await hub.stated(hrMessage('hired', worker('gAbC')), hrMessage('hired', worker('gaBc')));
    const { body } = await hub.call('GET', `/identities?filter=${encodeURIComponent('employeeId eq "gAbC"')}`);
    expect(body.items).toMatchObject([{ id: identityOf('gAbC') }]);
  });
});

describe('leaving', () => {
  it('revokes everything, disables the account and cancels what was asked for, in one work', async () => {
    await team(hub, '1100', '1101');
    const id = await asked(hub, '1101');
    await hub.stated(hrMessage('terminated', engineer('1101', { managerId: '1100' }), 2));
    expect(await accessOf(hub, '1101')).toMatchObject({
      status: 'leaver',
      accounts: [{ active: false, packages: [], groups: [] }],
      entitlements: [],
    });
    expect((await hub.call('GET', `/requests/${id}`)).body).toMatchObject({
      status: 'cancelled',
      code: 'beneficiary_left',
    });
    const { body } = await hub.call(
      'GET',
      `/assignments?filter=${encodeURIComponent(`identityId eq "${identityOf('1101')}"`)}`,
    );
    expect(body.items).toMatchObject([{ packageId: 'wiki-user', status: 'revoked', until: expect.any(String) }]);
    expect(await hub.db.query(`select 1 from timer where key = $1`, [id])).toEqual([]);
  });

  it('and coming back starts again', async () => {
    await hub.stated(hrMessage('hired', engineer('1111')));
    await hub.stated(hrMessage('terminated', engineer('1111'), 2), hrMessage('rehired', engineer('1111'), 3));
    expect(await accessOf(hub, '1111')).toMatchObject({ status: 'active', sequence: 3, accounts: [{ active: true }] });
  });

  it('of one employment is not leaving while another lives', async () => {
    const person = idOf('person 1121');
    await hub.stated(hrMessage('hired', engineer('1121')), hrMessage('hired', engineer('1122'), 1, { person }));
    await hub.stated(hrMessage('terminated', engineer('1121'), 2));
    expect((await hub.call('GET', `/identities/${identityOf('1121')}`)).body).toMatchObject({
      status: 'active',
      employeeId: '1122',
    });
  });
});

describe('everything published', () => {
  it('keeps its contract, and holds nothing personal outside of what is marked so', () => expectContractsKept(hub));
});
