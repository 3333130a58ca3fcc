import type { PublicMessage } from '#libs/event-bus/message.js';
import { foundNotices } from './found-notices.js';
import { noticesFor, type NoticeSurroundings } from './notice.js';
import { noticeLink, noticeText } from './notice-texts.js';
import { reviewNotices } from './review-notices.js';
import { retryDelayMs } from './send-notification.process.js';
import { webhookHeaders } from '#libs/outgoing/standard-webhook.js';
import { webhookKey } from '#libs/text/webhook-key.js';

const time = '2026-03-02T09:00:00.000Z';
const around: NoticeSurroundings = {
  requesterOf: (request) => (request === 'q1' ? 'rita' : null),
  ownersOf: (application) => (application === 'wiki' ? ['olga'] : []),
  managersOf: (identities) => (identities.includes('olga') ? ['max'] : identities.includes('ben') ? ['mia'] : []),
  responsibleFor: (identity) => (identity === 'leo' ? ['wiki'] : []),
};
const told = (type: string, body: object, more: Partial<NoticeSurroundings> = {}) =>
  noticesFor({ id: 'm1', type, time, body } as unknown as PublicMessage, { ...around, ...more }).map(
    ({ kind, recipient, dueAt }) => [kind, recipient, dueAt],
  );
const request = { request: 'q1', package: 'editors', requester: 'rita', beneficiary: 'ben' };
const assignment = {
  assignment: 'a1',
  identity: 'ben',
  package: 'editors',
  cause: { type: 'request', request: 'q1', approvers: [] },
  status: 'active',
  since: '2026-03-05T00:00:00.000Z',
  until: null,
};

describe('a notice', () => {
  it('of a waiting approval goes to everybody who may decide, when a stage opens and when they are reminded', () => {
    for (const what of ['submitted', 'stage-opened', 'reassigned', 'reminded'])
      expect(told(`hub.governance.request.${what}.v1`, { ...request, approvers: ['ada', 'bob'] })).toEqual([
        ['approval-waiting', 'ada', time],
        ['approval-waiting', 'bob', time],
      ]);
  });
  it('of an escalation goes to those who decide now', () => {
    const escalated = { ...request, approvers: ['ada'], code: 'timeout' };
    expect(told('hub.governance.request.rerouted.v1', escalated)).toEqual([['approval-escalated', 'ada', time]]);
  });
  it('of a decision goes to requester and beneficiary, once if they are one', () => {
    expect(told('hub.governance.request.denied.v1', request)).toEqual([
      ['request-decided', 'rita', time],
      ['request-decided', 'ben', time],
    ]);
    expect(told('hub.governance.request.approved.v1', { ...request, requester: 'ben' })).toHaveLength(1);
  });
  it('of a delivery, done or failed, goes to beneficiary and requester, and not for what a rule gives', () => {
    const type = 'hub.governance.assignment.delivery-changed.v1';
    expect(told(type, { ...assignment, delivery: 'delivered' })).toEqual([
      ['access-delivered', 'ben', time],
      ['access-delivered', 'rita', time],
    ]);
    expect(told(type, { ...assignment, delivery: 'failed' })[0]).toEqual(['access-failed', 'ben', time]);
    expect(told(type, { ...assignment, delivery: 'delivering' })).toEqual([]);
    const byRule = { ...assignment, cause: { type: 'birthright', rule: 'r' }, delivery: 'delivered' };
    expect(told(type, byRule)).toEqual([]);
  });
  it('of a start comes the day before, or at once if that is past', () => {
    const type = 'hub.governance.assignment.created.v1';
    const scheduled = { ...assignment, status: 'scheduled', delivery: 'pending' };
    expect(told(type, scheduled)).toEqual([['access-starts', 'ben', '2026-03-04T00:00:00.000Z']]);
    expect(told(type, { ...scheduled, since: '2026-03-02T20:00:00.000Z' })).toEqual([['access-starts', 'ben', time]]);
  });
  it('of an end goes to the holder', () => {
    const ending = { ...assignment, until: '2026-03-16T09:00:00.000Z', daysLeft: 14 };
    expect(told('hub.governance.assignment.expiring.v1', ending)).toEqual([['access-expiring', 'ben', time]]);
  });
  it('of a grace goes to the holder, and to the manager where the manager decides', () => {
    const type = 'hub.governance.assignment.grace-started.v1';
    const grace = { code: 'moved', until: '2026-03-16T09:00:00.000Z', decides: 'nobody' };
    expect(told(type, { ...assignment, grace })).toEqual([['access-expiring', 'ben', time]]);
    expect(told(type, { ...assignment, grace: { ...grace, decides: 'manager' } })).toEqual([
      ['access-expiring', 'ben', time],
      ['review-waiting', 'mia', time],
    ]);
  });
  it('of the end of a contractor, and of a new sponsor, goes to the sponsor', () => {
    const body = { identity: 'carl', sponsor: 'sue', endsAt: '2026-03-16T09:00:00.000Z', daysLeft: 7 };
    expect(told('hub.governance.sponsorship.ending.v1', body)).toEqual([['contract-ending', 'sue', time]]);
    expect(told('hub.governance.sponsorship.passed.v1', body)).toEqual([['sponsor-passed', 'sue', time]]);
    expect(told('hub.governance.sponsorship.stated.v1', body)).toEqual([]);
  });
  it('of succession goes to the manager of a leaver who was responsible for something', () => {
    const left = { identity: 'leo', status: 'inactive', manager: 'mia' };
    const type = 'hub.governance.identity.changed.v1';
    expect(told(type, left)).toEqual([['succession', 'mia', time]]);
    expect(told(type, { ...left, identity: 'lea' })).toEqual([]);
    expect(told(type, { ...left, status: 'active' })).toEqual([]);
  });
  it('of a change that an application refused for good goes to its owners, or to nobody by name', () => {
    const type = 'hub.provisioning.operation.failed.v1';
    const failed = { application: 'wiki', identity: 'ben', willRetry: false };
    expect(told(type, failed)).toEqual([['connector-needs-person', 'olga', time]]);
    expect(told(type, { ...failed, application: 'crm' })).toEqual([['connector-needs-person', null, time]]);
    expect(told(type, { ...failed, willRetry: true })).toEqual([]);
  });
});

describe('a notice of access that should have ended', () => {
  const body = { exposure: 'e1', application: 'wiki', identity: 'ben', dueAt: time };
  it('goes to the owners of the application when it opens, and to their managers too when the deadline is over', () => {
    expect(told('hub.provisioning.exposure.opened.v1', body)).toEqual([['exposure-opened', 'olga', time]]);
    expect(told('hub.provisioning.exposure.escalated.v1', body)).toEqual([
      ['exposure-overdue', 'olga', time],
      ['exposure-overdue', 'max', time],
    ]);
    expect(told('hub.provisioning.exposure.opened.v1', { ...body, application: 'crm' })).toEqual([
      ['exposure-opened', null, time],
    ]);
    expect(told('hub.provisioning.exposure.closed.v1', body)).toEqual([]);
  });
  it('is one an hour for an application, however many people it is about', () => {
    const keys = ['ben', 'eve'].flatMap((identity) =>
      noticesFor(
        { id: identity, type: 'hub.provisioning.exposure.opened.v1', time, body: { ...body, identity } } as never,
        around,
      ).map(({ key }) => key),
    );
    expect(new Set(keys).size).toBe(1);
  });
});

describe('a notice of a change that a person makes', () => {
  const body = { task: 't1', application: 'wiki', identity: 'ben', told: 'owners', dueAt: time };
  it('goes to the owners of the application, and again as often as they are reminded', () => {
    expect(told('hub.provisioning.task.given.v1', body)).toEqual([['task-given', 'olga', time]]);
    expect(told('hub.provisioning.task.reminded.v1', body)).toEqual([['task-waiting', 'olga', time]]);
    expect(told('hub.provisioning.task.given.v1', { ...body, application: 'crm' })).toEqual([
      ['task-given', null, time],
    ]);
    expect(told('hub.provisioning.task.confirmed.v1', body)).toEqual([]);
    expect(noticeLink('https://hub.example/{kind}/{id}', { task: 't1', application: 'wiki' })).toBe(
      'https://hub.example/tasks/t1',
    );
  });
  it('that a program is told of goes to people only when it waits', () => {
    const byProgram = { ...body, told: 'webhook' };
    expect(told('hub.provisioning.task.given.v1', byProgram)).toEqual([]);
    expect(told('hub.provisioning.task.reminded.v1', byProgram)).toEqual([['task-waiting', 'olga', time]]);
  });
});

describe('a notice of a list of accounts that is too old', () => {
  it('goes to the owners of each application of the connector', () => {
    const body = { connector: 'wiki', applications: ['wiki', 'crm'], asOf: null, reminder: 1 };
    expect(told('hub.provisioning.account-list.stale.v1', body)).toEqual([
      ['list-stale', 'olga', time],
      ['list-stale', null, time],
    ]);
  });
});

describe('a notice of found access', () => {
  const certifyBy = '2026-05-31T09:00:00.000Z';
  const cause = { type: 'as-found', certifyBy, certifiedBy: null };
  const found = (application: string, more: object = {}) => ({
    ...assignment,
    package: `as-found:${application}:group:Old`,
    cause: { ...cause, ...more },
  });
  const notices = (what: string, body: object) =>
    foundNotices({ type: `hub.governance.assignment.${what}.v1`, time, body } as never, around);
  it('goes to the owners of the application when it is found and when nobody answered in time, once an hour', () => {
    for (const [what, kind] of [
      ['created', 'certification-waiting'],
      ['certification-overdue', 'certification-overdue'],
    ] as const)
      expect(notices(what, found('wiki'))).toEqual([
        {
          kind,
          recipient: 'olga',
          about: { application: 'wiki', person: 'ben', date: certifyBy },
          dueAt: time,
          key: 'wiki 2026-03-02T09',
        },
      ]);
    expect(notices('created', found('crm'))).toMatchObject([{ recipient: null }]);
  });
  it('is for nobody where somebody certified it, and its holder is not told that it is ready', () => {
    expect(notices('created', found('wiki', { certifiedBy: 'olga' }))).toEqual([]);
    expect(notices('created', assignment)).toEqual([]);
    for (const what of ['created', 'delivery-changed'])
      expect(told(`hub.governance.assignment.${what}.v1`, { ...found('wiki'), delivery: 'delivered' })).toEqual([]);
  });
});

describe('a notice of a review', () => {
  const dueAt = '2026-03-16T09:00:00.000Z';
  const item = { item: 'i1', review: 'r1', assignment: 'a1', identity: 'ben', package: 'editors' };
  const asked = (body: object, what = 'opened') =>
    reviewNotices({ id: 'm1', type: `hub.governance.review-item.${what}.v1`, time, body } as never, (review) =>
      review === 'r1' ? dueAt : null,
    );
  it('goes to each reviewer when it asks them, and again after half of its time', () => {
    for (const what of ['opened', 'rerouted'])
      expect(asked({ ...item, reviewers: ['ada', 'bob'] }, what)).toMatchObject([
        { kind: 'campaign-waiting', recipient: 'ada', dueAt: time, about: { review: 'r1', date: dueAt } },
        { kind: 'campaign-waiting', recipient: 'bob', dueAt: time },
        { kind: 'campaign-reminder', recipient: 'ada', dueAt: '2026-03-09T09:00:00.000Z' },
        { kind: 'campaign-reminder', recipient: 'bob' },
      ]);
    expect(asked({ ...item, reviewers: ['ada'] }, 'decided')).toEqual([]);
    expect(asked({ ...item, review: 'r2', reviewers: ['ada'] })).toEqual([]);
  });
  it('is one for each reviewer, however many items ask them', () => {
    const keys = ['i1', 'i2'].flatMap((one) => asked({ ...item, item: one, reviewers: ['ada'] }).map(({ key }) => key));
    expect(new Set(keys).size).toBe(1);
  });
  it('goes to nobody by name where nobody can answer', () => {
    expect(asked({ ...item, reviewers: [] })).toMatchObject([{ kind: 'campaign-waiting', recipient: null }]);
  });
  it('names the review and its end, and leads to it', () => {
    const about = { review: 'r1', date: dueAt };
    const named = { package: '', application: '', person: '', review: 'Wiki editors, first quarter' };
    const { subject, text } = noticeText('campaign-waiting', about, named, { language: 'en', zone: 'UTC' }, null);
    expect([subject, text]).toEqual([
      'Wiki editors, first quarter: you are asked to review access',
      expect.stringContaining('March 16, 2026'),
    ]);
    expect(noticeLink('https://hub.example/{kind}/{id}', about)).toBe('https://hub.example/reviews/r1');
  });
});

describe('the text of a notice', () => {
  const names = { package: 'Wiki editors', application: 'Wiki', person: 'Ben Bit', review: '' };
  const about = { assignment: 'a1', date: '2026-03-02T23:30:00.000Z' };
  const textFor = (language: string | null, zone: string) =>
    noticeText('access-expiring', about, names, { language, zone }, 'https://hub.example/assignments/a1').text;
  it('is in the language of the reader, with the date in their zone', () => {
    expect(textFor('de-AT', 'Europe/Vienna')).toContain('3. März 2026 um 00:30');
    expect(textFor('en', 'America/New_York')).toMatch(/March 2, 2026 at 6:30.PM/);
  });
  it('is English for a reader without language, or with one that there are no words for', () => {
    for (const language of [null, 'tlh']) expect(textFor(language, 'UTC')).toContain('Wiki editors for Ben Bit ends');
  });
  it('leads to what it is about and says that one has to sign in', () => {
    expect(textFor(null, 'UTC')).toContain('(you have to sign in): https://hub.example/assignments/a1');
    const template = 'https://hub.example/{kind}/{id}';
    expect(noticeLink(template, { request: 'q 1' })).toBe('https://hub.example/requests/q%201');
    expect(noticeLink(null, { request: 'q1' })).toBeNull();
  });
  it('keeps a subject on one line, whatever names are in it', () => {
    const evil = { ...names, person: 'Eve\r\nBcc: all@example.org' };
    const { subject } = noticeText(
      'request-decided',
      { outcome: 'denied' },
      evil,
      { language: null, zone: 'UTC' },
      null,
    );
    expect(subject).toBe('Wiki editors for Eve Bcc: all@example.org: denied');
  });
});

describe('sending', () => {
  it('is tried again after 30 seconds, doubling up to an hour, and not without end', () => {
    expect([1, 2, 3, 20].map(retryDelayMs)).toEqual([30_000, 60_000, 120_000, 3_600_000]);
    expect(retryDelayMs(30)).toBeNull();
  });
  it('signs a webhook as the example of Standard Webhooks', () => {
    const key = webhookKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw') ?? Buffer.alloc(0);
    const headers = webhookHeaders(key, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}');
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });
  it('takes no secret that is too short or no base64', () => {
    expect([webhookKey('whsec_c2hvcnQ='), webhookKey('whsec_not base64 at all, however long it may be')]).toEqual([
      null,
      null,
    ]);
  });
});
