/** Ends of paths under which applications serve SCIM. */
const usual = ['/scim/v2', '/v2', '/scim', '/api/scim/v2'];
const resource = /\/(?:Users|Groups|Schemas|ResourceTypes|ServiceProviderConfigs?)(?:\/.*)?$/i;
const most = 8;

/**
 * Other base addresses at the same host, for an address that does not work: without the path of a resource, with one or
 * more segments less, or with a usual path added. The most likely first.
 */
export function alternativeUrlsOf(baseUrl: string): string[] {
  const given = baseUrl.replace(/\/+$/, '');
  const { origin, pathname } = new URL(given);
  const path = pathname.replace(/\/+$/, '');
  const bare = path.replace(resource, '');
  const segments = bare.split('/').filter((segment) => segment !== '');
  const shorter = segments.map((_, index) => segments.slice(0, index).join('/')).reverse();
  const paths = [
    bare,
    ...usual.map((end) => `${bare}${end}`),
    ...shorter.flatMap((start) => [start, ...usual.slice(0, 2).map((end) => `${start}${end}`)]),
  ].map((one) => one.replace(/^\/*/, '/').replace(/\/+$/, ''));
  return [...new Set(paths.map((one) => `${origin}${one}`))].filter((one) => one !== given).slice(0, most);
}
