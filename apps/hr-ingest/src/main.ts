import { runService } from '#libs/service-kit/run-service.js';

await runService('hr-ingest', async () => (await import('./hr-ingest.service.js')).hrIngest);
