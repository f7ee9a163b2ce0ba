// A page among those of one user: one of them leads, which is who has the lock; the others follow, and take the lead when it ends. What
// they say to each other goes over a channel. What is said is none of its business.

/** How often a page that follows asks whether the leader lives. */
const TICK_MS = 5_000;
/** How many such questions stay unanswered until a leader is taken for frozen. */
const PATIENCE = 3;

/** Whether pages can have a leader here. */
export const canFollow = () => typeof BroadcastChannel === 'function' && Boolean(globalThis.navigator?.locks);

export class Tab {
  id = `${Date.now()} ${Math.random()}`;
  leads = false;
  #name;
  #roles;
  #channel;
  #release = () => {};
  #queue = null;
  #unanswered = 0;
  #timer;
  #hasEnded = false;

  /**
   * @param {string} name the same for all pages that belong together
   * @param {{lead: () => void, robbed: () => void, told: (message: any) => void, asked: (message: any) => void}} roles `lead` is called
   *   when this page leads, `robbed` when it did and another one took the lead from it; `told` with what a leader says, `asked` with what
   *   the others do
   */
  constructor(name, roles) {
    this.#name = name;
    this.#roles = roles;
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#wait();
    this.ask({ kind: 'join' });
  }

  /** Says something as the leader: to one of the others, or to all. */
  tell(message, to) {
    this.#post({ ...message, byLeader: true, to });
  }

  /** Asks the leader. */
  ask(message) {
    this.#post({ ...message, from: this.id });
  }

  /** Leaves: somebody else leads. */
  end() {
    this.#hasEnded = true;
    this.leads = false;
    clearInterval(this.#timer);
    this.#channel.close();
    this.#queue?.abort();
    this.#release();
  }

  #post(message) {
    if (!this.#hasEnded) this.#channel.postMessage(message);
  }

  #hear(message) {
    if (this.#hasEnded) return;
    if (!message.byLeader) {
      if (!this.leads) return;
      if (message.kind === 'ping') this.tell({ kind: 'pong' }, message.from);
      else this.#roles.asked(message);
    } else if (!this.leads) {
      this.#unanswered = 0;
      const isForAll = message.to === undefined;
      if (message.kind !== 'pong' && (isForAll || message.to === this.id)) this.#roles.told(message);
    }
  }

  /** Leads once nobody else does, or at once. */
  #wait(how) {
    this.#queue = how ? null : new AbortController();
    const options = how ?? { signal: this.#queue.signal };
    const lead = () => {
      if (this.#hasEnded) return undefined;
      this.leads = true;
      this.#roles.lead();
      return new Promise((release) => (this.#release = release));
    };
    navigator.locks.request(this.#name, options, lead).catch((why) => {
      if (this.leads) this.#robbed();
      // Where there are no locks for this page, it is alone.
      else if (why.name !== 'AbortError') void lead();
    });
  }

  #robbed() {
    this.leads = false;
    this.#unanswered = 0;
    this.#roles.robbed();
    this.#wait();
    this.ask({ kind: 'join' });
  }

  // Unanswered questions are counted, not time: a page that was frozen itself has asked nothing.
  #tick() {
    if (this.leads) return;
    if (this.#unanswered < PATIENCE) {
      this.#unanswered += 1;
      this.ask({ kind: 'ping' });
      return;
    }
    this.#unanswered = 0;
    this.#queue?.abort();
    this.#wait({ steal: true });
  }
}
