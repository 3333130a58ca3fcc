import { runService } from '#libs/service-kit/service/run-service.js';

await runService('hr-ingest', async () => (await import('./hr-ingest.service.js')).hrIngest);
