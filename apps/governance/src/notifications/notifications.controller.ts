import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '#libs/auth/roles.decorator.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { notificationAnswer } from './notifications.answers.js';
import { ListNotifications, type NotificationView } from './notifications.query.js';

@ApiTags('notifications')
@ApiBearerAuth()
@Controller('v1/notifications')
export class NotificationsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Answers(200, page(notificationAnswer))
  @Roles('policy-admin', 'auditor')
  @ApiOperation({
    summary: 'Who was told what, and whether it was sent; newest first',
    description:
      'One for each person and channel. failed: not tried again, problem says why. obsolete: no longer true when it was due. Filter by id, kind, channel, recipientId, status, createdAt.',
  })
  list(@Query() { limit, cursor, filter }: PageQuery): Promise<Page<NotificationView>> {
    return this.queries.execute(new ListNotifications({ limit, cursor, filter }));
  }
}
