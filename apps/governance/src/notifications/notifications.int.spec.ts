import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import type { Server } from 'node:http';
import { close, listen } from '#libs/service-kit/http/http-server.js';
import { eventually } from '../../../../test/support/eventually.js';
import { mailbox, type Mailbox } from '../../../../test/support/mailbox.js';
import { readingsOf } from '../as-found/as-found.fixtures.js';
import { hrMessage, identityOf, type RunningGovernance } from '../governance.fixtures.js';
import { approver, asked, engineer, known, wikiCompany } from '../wiki-company.fixtures.js';

const secret = Buffer.alloc(32, 7);
interface Hook {
  readonly id: string;
  readonly isSigned: boolean;
  readonly body: { readonly type: string; readonly data: { readonly recipient: { readonly email: string } | null } };
}

let box: Mailbox;
let hooks: Hook[];
let receiver: Server;
let hub: RunningGovernance;
beforeAll(async () => {
  box = await mailbox();
  hooks = [];
  const listening = await listen(
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const [id, at] = [String(request.headers['webhook-id']), String(request.headers['webhook-timestamp'])];
        const signature = createHmac('sha256', secret).update(`${id}.${at}.${text}`).digest('base64');
        const isSigned = request.headers['webhook-signature'] === `v1,${signature}`;
        hooks.push({ id, isSigned, body: JSON.parse(text) as Hook['body'] });
        response.statusCode = 204;
        response.end();
      });
    },
    '127.0.0.1',
    0,
  );
  receiver = listening.server;
  hub = await wikiCompany({
    SMTP_URL: box.url,
    MAIL_FROM: 'Identity hub <hub@example.org>',
    NOTIFICATION_WEBHOOK_URL: `${listening.url}/hook`,
    NOTIFICATION_WEBHOOK_SECRET: `whsec_${secret.toString('base64')}`,
    CONNECTOR_ALLOWED_NETWORKS: '127.0.0.0/8',
    LINK_TEMPLATE: 'https://hub.example.org/{kind}/{id}',
  });
  const time = hub.clock.now();
  const boss = engineer('9100', { preferredLanguage: 'de-AT', timeZone: 'Europe/Vienna' });
  const member = engineer('9101', { managerId: '9100', timeZone: 'America/New_York' });
  await hub.stated({ ...hrMessage('hired', boss), time }, { ...hrMessage('hired', member), time });
  await known(hub, '9100', '9101');
});
afterAll(async () => {
  await hub.stop();
  await close(receiver);
  await box.close();
});

const mailTo = (id: string, words: string) =>
  eventually(() => box.mails.find(({ to, text }) => to.includes(`e${id}@example.org`) && text.includes(words)));
const later = (ms: number) => hub.clock.set(new Date(Date.parse(hub.clock.now()) + ms).toISOString());

describe('a notification', () => {
  it('tells an approver what waits, in their language, and both what was decided; the webhook is signed', async () => {
    const request = await asked(hub, '9101');
    const waiting = await mailTo('9100', 'beantragt Wiki editors');
    expect(waiting.text).toContain(`https://hub.example.org/requests/${request}`);
    await hub.call('POST', `/requests/${request}/decisions`, { decision: 'approve' }, { as: '9100', ...approver });
    await mailTo('9101', 'was approved');
    const hook = await eventually(() => hooks.find(({ body }) => body.type === 'notification.request-decided'));
    expect(hook).toMatchObject({ isSigned: true, body: { data: { recipient: { email: 'e9101@example.org' } } } });
    const assignments = await hub.call(
      'GET',
      `/assignments?filter=${encodeURIComponent('packageId eq "wiki-editor"')}`,
    );
    const reason = { reason: 'The next test asks again' };
    await hub.call('POST', `/assignments/${assignments.body.items[0].id}/revoke`, reason);
  });

  it('never holds up a decision, and is sent once when the server takes mail again', async () => {
    box.refuse(451);
    const startsAt = new Date(Date.parse(hub.clock.now()) + 3 * 86_400_000).toISOString();
    const request = await asked(hub, '9101', { startsAt });
    const before = box.attempts();
    const decided = await hub.call(
      'POST',
      `/requests/${request}/decisions`,
      { decision: 'approve' },
      { as: '9100', ...approver },
    );
    expect(decided.status).toBe(200);
    const about = encodeURIComponent(`kind eq "request-decided" and channel eq "email" and status eq "pending"`);
    const pending = () => hub.call('GET', `/notifications?filter=${about}`);
    await eventually(async () => (await pending()).body.items[0]?.attempts === 1);
    expect((await pending()).body.items[0].problem).toContain('451');
    expect(box.attempts()).toBeGreaterThan(before);
    box.refuse(null);
    later(60_000);
    await eventually(async () => (await pending()).body.items.length === 0);
    const mails = box.mails.filter(({ text }) => text.includes(`https://hub.example.org/requests/${request}`));
    const ids = mails.map(({ text }) => /Message-ID: <([^>]+)>/i.exec(text)?.[1]);
    expect(ids).toHaveLength(new Set(ids).size);
    expect(mails.filter(({ to }) => to.includes('e9101@example.org'))).toHaveLength(1);
  });

  it('says the day before that access starts, with the date in the zone of the reader', async () => {
    later(2 * 86_400_000 + 60_000);
    const mail = await mailTo('9101', 'starts on');
    expect(mail.text).toMatch(/March 5, 2026 at 4:0\d.AM/);
  });

  it('asks a reviewer once, however many items there are, and reminds who has not answered', async () => {
    for (const packageId of ['reviewed', 'reviewed-too']) {
      const grants = [{ application: 'wiki', group: packageId }];
      await hub.call('PUT', `/access-packages/${packageId}`, { displayName: packageId, grants });
      const identityId = identityOf('9101');
      const given = await hub.call('POST', '/assignments', { packageId, identityId, reason: 'x' });
      expect(given.status).toBe(201);
    }
    const dueAt = new Date(Date.parse(hub.clock.now()) + 10 * 86_400_000).toISOString();
    const asking = { displayName: 'Spring review', scope: { application: 'wiki' }, onNoResponse: 'keep', dueAt };
    const { status, body } = await hub.call('POST', '/reviews', asking);
    expect(status).toBe(201);
    const mail = await mailTo('9100', 'Die Prüfung Spring review fragt Sie');
    expect(mail.text).toContain(`https://hub.example.org/reviews/${body.id}`);
    await eventually(async () => (await hub.call('GET', `/reviews/${body.id}`)).body.listed === true);
    await eventually(async () => {
      const filter = encodeURIComponent('kind eq "campaign-reminder" and channel eq "email"');
      return (await hub.call('GET', `/notifications?filter=${filter}`)).body.items.length === 1;
    });
    later(6 * 86_400_000);
    await mailTo('9100', 'Zugriffe warten noch');
    const told = box.mails.filter(({ text }) => text.includes('Die Prüfung Spring review fragt Sie'));
    expect(told).toHaveLength(1);
  });

  it('tells an owner once what was found in the application, and that the date of an answer is over', async () => {
    const owners = [identityOf('9100')];
    await hub.call('PUT', '/applications/paper', { displayName: 'Paper', connectorId: 'paper-scim', owners });
    await readingsOf(hub, 'paper-scim', 'paper').showed('9101', ['Old', 'Older']);
    const mail = await mailTo('9100', 'In Paper wurde Zugriff gefunden');
    expect(mail.text).toContain('https://hub.example.org/applications/paper');
    later(91 * 86_400_000);
    await mailTo('9100', 'Zugriff, der in Paper gefunden wurde');
    expect(box.mails.filter(({ text }) => text.includes('In Paper wurde Zugriff gefunden'))).toHaveLength(1);
    expect(box.mails.filter(({ to, text }) => to.includes('e9101@example.org') && text.includes('Paper'))).toEqual([]);
  });

  it('is listed with how far it is, for administrators only', async () => {
    const { body } = await hub.call('GET', '/notifications?limit=500');
    expect(body.items.map(({ status }: { status: string }) => status)).toContain('sent');
    expect((await hub.call('GET', '/notifications', undefined, { roles: ['requester'] })).status).toBe(403);
  });
});
