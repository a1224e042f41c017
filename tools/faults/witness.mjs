/** Everything that a device saw, with the time, and by which login. */
export class Witness {
  /** Lines, logins and ends of sessions, in order. */
  seen = []
  #open = new Map()

  /** Most sessions that a user had open at once. */
  most = new Map()

  constructor(device) {
    this.device = device
    for (const what of ['connection', 'line', 'commit']) device.on(what, (detail) => this.#note(what, detail))
    device.on('login', (detail) => {
      this.#note('login', detail)
      this.#open.set(detail.session, detail.user)
      this.most.set(detail.user, Math.max(this.most.get(detail.user) ?? 0, this.openOf(detail.user).length))
    })
    device.on('disconnection', (detail) => {
      this.#note('disconnection', detail)
      this.#open.delete(detail.session)
    })
  }

  /** Sessions of the user that are open now, by number. */
  openOf(user) {
    return [...this.#open].filter(([, owner]) => owner === user).map(([session]) => session)
  }

  /** The first thing of this kind after an instant, in ms since the epoch. */
  firstAfter(what, at, matches = () => true) {
    return this.seen.find((one) => one.what === what && one.at >= at && matches(one))
  }

  #note(what, { session, line, user }) {
    this.seen.push({ what, at: Date.now(), session, line, user })
  }
}
