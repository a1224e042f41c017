/** Longest list of each kind: the latest ones, which may still be there. */
const most = 200

/** What answers have told: ids, names and cursors that later requests use. */
export class Known {
  jobs = []
  deliveries = []
  keys = []
  workers = []
  devices = []
  addresses = []
  cursors = []
  /** Keys that the server made: as credentials of later requests, and as words that no log may have. */
  secrets = []
  #ownKey

  /** The key that all depends on is never a target. */
  constructor(ownKey) {
    this.#ownKey = ownKey.split('_')[1]
  }

  learn({ id }, { status, json, headers = {} }) {
    if (headers['x-next-cursor'] !== undefined) this.#add('cursors', headers['x-next-cursor'])
    if (status < 300 && json !== undefined) this.#lessons[id]?.(json)
  }

  #lessons = {
    executeOnDevice: ({ id, device }) => this.#add('jobs', id) && this.#add('devices', device),
    executeOnDevices: ({ succeeded }) => succeeded.forEach(({ id }) => this.#add('jobs', id)),
    // The others serve all devices: whoever ends them ends the run.
    listWorkers: (workers) =>
      workers.filter(({ type }) => type === 'pinned').forEach(({ name }) => this.#add('workers', name)),
    listHostKeys: (keys) => keys.forEach(({ address }) => this.#add('addresses', address)),
    listDeadDeliveries: (deliveries) => deliveries.forEach(({ id }) => this.#add('deliveries', id)),
    createKey: ({ id, key }) => this.#add('keys', id) && this.#add('secrets', key),
    rotateKey: ({ key }) => this.#add('secrets', key),
    listKeys: (keys) => keys.filter(({ id }) => id !== this.#ownKey).forEach(({ id }) => this.#add('keys', id)),
  }

  #add(kind, value) {
    const list = this[kind]
    if (!list.includes(value)) list.push(value)
    if (list.length > most) list.shift()
    return true
  }
}
