/** What the router of Express keeps of each route. */
interface Layer {
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> };
  match(path: string): boolean;
}

/** Methods of the routes at a path, HEAD beside GET; empty where there is no route. @param app an Express application */
export function methodsAt(app: unknown, path: string): string[] {
  const { router } = app as { readonly router: { readonly stack: readonly Layer[] } };
  const methods = router.stack
    .filter((layer) => layer.route !== undefined && matches(layer, path))
    .flatMap((layer) => Object.keys(layer.route?.methods ?? {}))
    .map((method) => method.toUpperCase());
  const all = new Set([...methods, ...(methods.includes('GET') ? ['HEAD'] : [])]);
  return [...all].sort();
}

/** A path that cannot be decoded is that of no route. */
function matches(layer: Layer, path: string): boolean {
  try {
    return layer.match(path);
  } catch {
    return false;
  }
}
