import { runService } from '#libs/service-kit/service/run-service.js';

await runService('audit', async () => (await import('./audit.service.js')).audit);
