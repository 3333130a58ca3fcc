import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { type ListPart, decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { type NamedPerson, Names } from '../names/names.exports.js';
import { type Notification, Notifications } from './notifications.store.js';

export type NotificationView = Notification & { readonly recipient: NamedPerson | null };

export class ListNotifications extends Query<Page<NotificationView>> {
  constructor(readonly part: ListPart) {
    super();
  }
}

@QueryHandler(ListNotifications)
export class ListNotificationsHandler implements IQueryHandler<ListNotifications> {
  constructor(
    private readonly notifications: Notifications,
    private readonly names: Names,
  ) {}

  async execute({ part: { limit, cursor, filter } }: ListNotifications): Promise<Page<NotificationView>> {
    const key = decodeCursor(cursor, ['instant', 'uuid']);
    const after = key === null ? null : { createdAt: key[0], id: key[1] };
    const rows = await this.notifications.list(filter, after, limit + 1);
    const name = await this.names.of(rows.map(({ recipientId }) => recipientId));
    return pageOf(
      rows,
      limit,
      ({ createdAt, id }) => [createdAt, id],
      (row) => ({ ...row, recipient: row.recipientId === null ? null : name(row.recipientId) }),
    );
  }
}
