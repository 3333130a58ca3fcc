import { Body, Controller, HttpCode, Post, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller, Role } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { Answers } from '../openapi/answers.decorator.js';
import { republicationAnswer, RepublicationInput, type RepublicationView } from './republications.dto.js';
import { Republications } from './republications.js';

/** The route every service has below its prefix. @param operator role that may ask for it */
export function republicationsController(operator: Role): Type {
  @ApiTags('operations')
  @ApiBearerAuth()
  @Controller('v1/republications')
  class RepublicationsController {
    constructor(private readonly republications: Republications) {}

    @Post()
    @HttpCode(202)
    @Roles(operator)
    @ApiOperation({
      summary: 'Publish the service’s messages again, from an instant on',
      description:
        'In order, with the same ids: consumers drop messages that they know. Use it for messages that were lost on their way. Messages that Kafka brokers lose with their data are sent again automatically.',
    })
    @Answers(202, republicationAnswer)
    start(@Body() input: RepublicationInput, @CurrentCaller() caller: Caller): Promise<RepublicationView> {
      return this.republications.start(input, caller);
    }
  }
  return RepublicationsController;
}
