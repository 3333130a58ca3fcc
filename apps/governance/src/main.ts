import { runService } from '#libs/service-kit/run-service.js';
import { governance } from './governance.service.js';

runService(governance);
