import { runService } from '#libs/service-kit/run-service.js';
import { audit } from './audit.service.js';

runService(audit);
