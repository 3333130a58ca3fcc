/** `HUB_CRASH_AT=<point>[:<nth>]`, read once: where fault tests kill this process. Unset in every real deployment. */
export const crashAt = process.env['HUB_CRASH_AT'] ?? '';
