import { All, Controller } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Roles } from '#libs/auth/roles.decorator.js';
import { routeNotServedYet } from '#libs/service-kit/input/not-served-yet.js';

/** Documented routes that are not served yet: refused by name, so that a client does not take them as served. */
@ApiExcludeController()
@Controller('v1')
export class NotServedYetController {
  @All(['reviews', 'reviews/*rest'])
  @Roles('requester', 'approver', 'auditor', 'policy-admin', 'connector-admin', 'hr-operator', 'security', 'privacy')
  refuse(): never {
    throw routeNotServedYet();
  }
}
