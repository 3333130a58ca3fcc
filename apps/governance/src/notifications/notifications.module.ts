import { Global, Module } from '@nestjs/common';
import { Channels } from './channels.process.js';
import { NoticesConsumer } from './notices.consumer.js';
import { NotificationsController } from './notifications.controller.js';
import { ListNotificationsHandler } from './notifications.query.js';
import { Notifications } from './notifications.store.js';
import { SendNotifications } from './send-notification.process.js';

/** People are told by e-mail or webhook what waits for them and what became of what they asked for. */
@Global()
@Module({
  controllers: [NotificationsController],
  providers: [Channels, Notifications, SendNotifications, NoticesConsumer, ListNotificationsHandler],
  exports: [Channels],
})
export class NotificationsModule {}
