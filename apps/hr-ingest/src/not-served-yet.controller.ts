import { All, Controller } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Roles } from '#libs/auth/roles.decorator.js';
import { routeNotServedYet } from '#libs/service-kit/input/not-served-yet.js';

/** Inbound SCIM, which is not served yet. */
@ApiExcludeController()
@Controller('scim/v2')
export class NotServedYetController {
  @All(['', '*rest'])
  @Roles('hr-feed', 'hr-operator')
  refuse(): never {
    throw routeNotServedYet();
  }
}
