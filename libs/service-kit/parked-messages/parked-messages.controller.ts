import { Body, Controller, Get, HttpCode, Param, Post, Query, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller, Role } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { Answers, Refuses } from '../openapi/answers.decorator.js';
import { page } from '../openapi/schema.js';
import type { Page } from '../input/page.js';
import { outcomeAnswer, parkedAnswer } from './parked-messages.answers.js';
import { DismissalInput, GroupQuery, ParkedQuery, type ParkedOutcome, type ParkedView } from './parked-messages.dto.js';
import { ParkedMessages } from './parked-messages.js';

const inSeveralGroups = { 409: ['parked_message.in_several_groups'] };

/** The routes every service has below its prefix. @param operator role that may act; auditors may look */
export function parkedMessagesController(operator: Role): Type {
  @ApiTags('parked messages')
  @ApiBearerAuth()
  @Controller('v1/parked-messages')
  class ParkedMessagesController {
    constructor(private readonly parked: ParkedMessages) {}

    @Get()
    @Roles(operator, 'auditor')
    @ApiOperation({
      summary: 'Messages that could not be handled, each with the number of later messages of its key that wait',
      description:
        'By group, topic and key, for the groups of this process. For each key the first message is listed: it must be replayed or dismissed before the others can continue.',
    })
    @Answers(200, page(parkedAnswer))
    list(@Query() { limit, cursor }: ParkedQuery): Promise<Page<ParkedView>> {
      return this.parked.list(limit, cursor);
    }

    @Get(':id')
    @Roles(operator, 'auditor')
    @ApiOperation({
      summary: 'One parked message, failed or waiting',
      description: '`poison` is false for a message that waits for another one.',
    })
    @Answers(200, parkedAnswer)
    @Refuses(inSeveralGroups)
    get(@Param('id') id: string, @Query() { group }: GroupQuery): Promise<ParkedView> {
      return this.parked.get(id, group);
    }

    @Post(':id/replay')
    @HttpCode(200)
    @Roles(operator)
    @ApiOperation({
      summary: 'Handle it again, and then the messages that wait for it',
      description:
        'Messages of the key are handled in order, from the first. `outcome` is `replayed`, or `parked-again` while this one still cannot be handled; `stuck` is the message at which the key stopped, and why.',
    })
    @Answers(200, outcomeAnswer)
    @Refuses(inSeveralGroups)
    replay(@Param('id') id: string, @Query() { group }: GroupQuery): Promise<ParkedOutcome> {
      return this.parked.replay(id, group);
    }

    @Post(':id/dismiss')
    @HttpCode(200)
    @Roles(operator)
    @ApiOperation({
      summary: 'Dismiss it: it is never handled, and the messages that wait for it continue',
      description: 'The audit log records who did it, when and why.',
    })
    @Answers(200, outcomeAnswer)
    @Refuses(inSeveralGroups)
    dismiss(
      @Param('id') id: string,
      @Query() { group }: GroupQuery,
      @Body() { reason }: DismissalInput,
      @CurrentCaller() caller: Caller,
    ): Promise<ParkedOutcome> {
      return this.parked.dismiss(id, group, reason, caller);
    }
  }
  return ParkedMessagesController;
}
