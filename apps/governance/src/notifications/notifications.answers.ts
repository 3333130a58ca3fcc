import {
  count,
  instant,
  named,
  nullable,
  object,
  oneOf,
  optional,
  text,
  uuid,
} from '#libs/service-kit/openapi/schema.js';
import { namedPersonAnswer } from '../names/names.exports.js';
import { noticeKinds, type NoticeSubject } from './notice.js';
import type { NotificationView } from './notifications.query.js';

export const notificationAnswer = named(
  'Notification',
  object<NotificationView>({
    id: uuid,
    kind: oneOf(...noticeKinds),
    channel: oneOf('email', 'webhook'),
    recipientId: nullable(uuid),
    recipient: nullable(namedPersonAnswer),
    about: object<NoticeSubject>({
      request: optional(uuid),
      assignment: optional(uuid),
      package: optional(text),
      application: optional(text),
      exposure: optional(uuid),
      task: optional(uuid),
      review: optional(uuid),
      step: optional(uuid),
      message: optional(text),
      person: optional(uuid),
      outcome: optional(oneOf('approved', 'denied', 'expired', 'cancelled')),
      date: optional(instant),
    }),
    status: oneOf('pending', 'sent', 'failed', 'obsolete'),
    attempts: count,
    problem: nullable(text),
    dueAt: instant,
    createdAt: instant,
    sentAt: nullable(instant),
  }),
  {
    id: '7d1c0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f',
    kind: 'approval-waiting',
    channel: 'email',
    recipientId: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f',
    recipient: { id: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f', employeeId: '1000', displayName: 'Grace Hopper' },
    about: {
      request: '01a20d55-1fe0-7035-b0be-4fc310015bde',
      package: 'wiki-editors',
      person: '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e',
    },
    status: 'sent',
    attempts: 1,
    problem: null,
    dueAt: '2026-03-02T09:00:00.000Z',
    createdAt: '2026-03-02T09:00:00.000Z',
    sentAt: '2026-03-02T09:00:01.000Z',
  },
);
