import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '#libs/auth/roles.decorator.js';
import type { Page } from '#libs/service-kit/input/page.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { type ProfileView, profileViews } from '../targets/targets.exports.js';
import { profileAnswer } from './connectors.answers.js';

@ApiTags('connectors')
@ApiBearerAuth()
@Controller('v1/profiles')
export class ProfilesController {
  @Get()
  @Roles('connector-admin', 'auditor')
  @ApiOperation({
    summary: 'Profiles that a connector can name, each with all of its switches',
    description: 'A profile says how one kind of application speaks SCIM. There are few: the list is one page.',
  })
  @Answers(200, page(profileAnswer))
  list(): Page<ProfileView> {
    return { items: profileViews(), nextCursor: null };
  }
}
