/** The data directory, for a process that owns it alone (the hub, by hub.lock); null for a service of its own. */
export class OwnedDirectory {
  constructor(readonly path: string | null) {}
}
