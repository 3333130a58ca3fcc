import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { roles, type Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { meAnswer } from './me.answers.js';
import { GetMe, type Me } from './me.query.js';

@ApiTags('identities')
@ApiBearerAuth()
@Controller('v1/me')
export class MeController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Answers(200, meAnswer)
  @Roles(...roles)
  @ApiOperation({
    summary: 'The caller’s identity and roles',
    description: 'A token that does not belong to a person has roles only; the rest is null.',
  })
  me(@CurrentCaller() caller: Caller): Promise<Me> {
    return this.queries.execute(new GetMe(caller));
  }
}
