import { runService } from '#libs/service-kit/run-service.js';
import { provisioningAlone } from './provisioning.service.js';

runService(provisioningAlone);
