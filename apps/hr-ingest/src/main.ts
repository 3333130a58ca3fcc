import { runService } from '#libs/service-kit/run-service.js';
import { hrIngest } from './hr-ingest.service.js';

runService(hrIngest);
