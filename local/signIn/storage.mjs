/** Sessions, codes and tokens of the local provider, in memory. They outlive a change of its keys. */

/** The oldest are dropped above this. */
const MAX_ROWS = 10_000;

/** Gives an adapter of `oidc-provider`. All its models share one map. */
export function createStorage() {
  const rows = new Map();
  const now = () => Math.floor(Date.now() / 1000);

  return class {
    constructor(model) {
      this.model = model;
    }

    async upsert(id, payload, expiresIn = Number.POSITIVE_INFINITY) {
      rows.set(`${this.model}:${id}`, { payload, until: now() + expiresIn });
      const [oldest] = rows.keys();
      if (rows.size > MAX_ROWS) rows.delete(oldest);
    }

    async find(id) {
      const row = rows.get(`${this.model}:${id}`);
      return row && row.until > now() ? row.payload : undefined;
    }

    async findByUid(uid) {
      return [...rows.values()].find(({ payload, until }) => payload.uid === uid && until > now())?.payload;
    }

    async consume(id) {
      const payload = await this.find(id);
      if (payload) payload.consumed = now();
    }

    async destroy(id) {
      rows.delete(`${this.model}:${id}`);
    }

    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of rows) if (payload.grantId === grantId) rows.delete(key);
    }
  };
}
