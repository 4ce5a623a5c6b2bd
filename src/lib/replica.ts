import pg from 'pg';

type Taken = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: unknown) => void,
) => void;

/** Milliseconds in which a replica must let us in, and for which one that did not is left alone. */
const PATIENCE_MS = 3_000;
const AWAY_MS = 30_000;
/** After that a connection is made anew, so that whoever went to the primary comes back. */
const LIFETIME_SECONDS = 300;

/**
 * Connections to a replica, or, while it lets nobody in, to the primary. What is being read at the instant in which a
 * replica falls away fails; what comes after does not.
 *
 * @param onAway told when it begins to go to the primary, and why
 */
export class ReplicaPool extends pg.Pool {
  private readonly primary: pg.Pool;
  private readonly onAway: (error: Error) => void;
  private awayUntil = 0;

  constructor(options: {
    url: string;
    primary: string;
    connections: number;
    onAway: (error: Error) => void;
  }) {
    const common = { max: options.connections, maxLifetimeSeconds: LIFETIME_SECONDS };
    super({ ...common, connectionString: options.url, connectionTimeoutMillis: PATIENCE_MS });
    this.primary = new pg.Pool({ ...common, connectionString: options.primary });
    this.onAway = options.onAway;
    // A connection that breaks while nobody uses it is simply gone.
    for (const pool of [this, this.primary]) pool.on('error', () => {});
  }

  /** As of pg.Pool, which takes connections for single queries by this too. */
  override connect(): Promise<pg.PoolClient>;
  override connect(taken: Taken): void;
  override connect(taken?: Taken): Promise<pg.PoolClient> | undefined {
    const client = this.either();
    if (!taken) return client;
    client.then(
      (got) => taken(undefined, got, (release) => got.release(release as boolean)),
      (error) => taken(error, undefined, () => {}),
    );
    return undefined;
  }

  private async either(): Promise<pg.PoolClient> {
    if (performance.now() >= this.awayUntil)
      try {
        return await super.connect();
      } catch (error) {
        // Of many that try at once, one says it.
        if (performance.now() >= this.awayUntil) this.onAway(error as Error);
        this.awayUntil = performance.now() + AWAY_MS;
      }
    return this.primary.connect();
  }

  override async end(): Promise<void> {
    await Promise.all([super.end(), this.primary.end()]);
  }
}
