// Ten thousand clients and their server in simulated time: the real sockets, on a network and timers of the test's own.

import { Polling } from '../../src/client/polling.js';
import { ReconnectingSocket } from '../../src/client/reconnecting-socket.js';
import { defaultTimings, type Timings } from '../../src/client/timings.js';

/** What API Gateway takes in an account: so many new connections a second. */
export const LIMIT = 500;

interface Timer {
  readonly at: number;
  readonly order: number;
  call: (() => void) | undefined;
}

/** Timers in the order of their time, and of their setting where that is the same: a binary heap. */
class Timers {
  now = 0;
  #set = 0;
  readonly #heap: Timer[] = [];

  set(call: () => void, wait = 0): Timer {
    this.#set += 1;
    const timer = { at: this.now + wait, order: this.#set, call };
    let place = this.#heap.push(timer) - 1;
    for (let up = (place - 1) >> 1; place > 0 && this.#before(place, up); up = (place - 1) >> 1) {
      this.#swap(place, up);
      place = up;
    }
    return timer;
  }

  /** Lets time pass: until then, or until it is enough. */
  run(until: number, enough: () => boolean = () => false): void {
    while (!enough()) {
      if (this.#heap.length === 0 || (this.#heap[0] as Timer).at > until) {
        this.now = until;
        return;
      }
      const { at, call } = this.#pop();
      this.now = at;
      call?.();
    }
  }

  #pop(): Timer {
    this.#swap(0, this.#heap.length - 1);
    const first = this.#heap.pop() as Timer;
    let place = 0;
    for (;;) {
      let down = 2 * place + 1;
      if (down + 1 < this.#heap.length && this.#before(down + 1, down)) down += 1;
      if (down >= this.#heap.length || !this.#before(down, place)) return first;
      this.#swap(place, down);
      place = down;
    }
  }

  #before(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a] as Timer, this.#heap[b] as Timer];
    return one.at < other.at || (one.at === other.at && one.order < other.order);
  }

  #swap(a: number, b: number): void {
    [this.#heap[a], this.#heap[b]] = [this.#heap[b] as Timer, this.#heap[a] as Timer];
  }
}

/** Mulberry32: the same seed gives the same crowd on every machine. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The server's side: takes connections in, up to its limit, and answers what is said over them. */
export class ClientFleet {
  readonly timers = new Timers();
  /** How old each line became that its client gave up by itself. */
  readonly ages: number[] = [];
  readonly open = new Set<{ drop(): void }>();
  /** New connections a second, and as many at once after a pause. */
  limit = LIMIT;
  /** It takes nobody in. */
  down = false;
  #tokens = LIMIT;
  #filledAt = 0;
  readonly #attempts = new Map<number, number>();
  readonly #loaded = new Map<number, number>();
  readonly #networkRandom: () => number;
  readonly #clients: ReconnectingSocket[] = [];
  readonly #restore: (() => void)[] = [];

  /** `random` is what the clients draw from, if not from the seed; `pace` is what the server tells them. */
  constructor(
    seed: number,
    random: () => number = seeded(seed),
    private readonly timings: Timings = defaultTimings,
  ) {
    this.#networkRandom = seeded(~seed);
    const nothing = { addEventListener: () => {}, hidden: false };
    this.#replace(Math, { random });
    this.#replace(performance, { now: () => this.timers.now });
    this.#replace(globalThis, {
      window: nothing,
      document: nothing,
      WebSocket: this.#socketClass(),
      setTimeout: (call: () => void, wait?: number) => this.timers.set(call, wait),
      clearTimeout: (timer?: Timer) => {
        if (timer) timer.call = undefined;
      },
    });
  }

  /** So many clients begin, evenly within that time. */
  join(count: number, within: number): void {
    for (let number = 0; number < count; number += 1) {
      const polling = new Polling(
        () => this.#count(this.#loaded),
        () => 30_000,
      );
      const client: ReconnectingSocket = new ReconnectingSocket({
        connect: () => new WebSocket('ws://here/'),
        helloFrame: () => 'hello',
        onOpen: () => polling.stop(),
        onMessage: () => {
          client.setTimings(this.timings);
          client.onReply(true);
        },
        onDisconnect: (refused) => {
          if (refused) polling.start();
        },
      });
      this.#clients.push(client);
      this.timers.set(() => client.start(), (number / count) * within);
    }
  }

  /** Every line breaks. */
  drop(): void {
    for (const line of [...this.open]) line.drop();
  }

  /** How many tried to connect, second by second, between these times. */
  attempts(from: number, to = this.timers.now): number[] {
    return this.#seconds(this.#attempts, from, to);
  }

  /** How often the list was loaded, likewise. */
  loads(from: number, to = this.timers.now): number[] {
    return this.#seconds(this.#loaded, from, to);
  }

  #seconds(counts: Map<number, number>, from: number, to: number): number[] {
    const [first, end] = [Math.floor(from / 1_000), Math.ceil(to / 1_000)];
    return Array.from({ length: Math.max(0, end - first) }, (_, second) => counts.get(first + second) ?? 0);
  }

  /** Puts everything back as it was. */
  stop(): void {
    for (const client of this.#clients) client.stop();
    for (const restore of this.#restore) restore();
  }

  // Not by node's mocks, which remember every call.
  #replace(target: object, fakes: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(fakes)) {
      const before = Object.getOwnPropertyDescriptor(target, name);
      Object.defineProperty(target, name, { value, configurable: true, writable: true });
      this.#restore.push(() => {
        if (before) Object.defineProperty(target, name, before);
        else Reflect.deleteProperty(target, name);
      });
    }
  }

  #count(counts: Map<number, number>): void {
    const second = Math.floor(this.timers.now / 1_000);
    counts.set(second, (counts.get(second) ?? 0) + 1);
  }

  #admit(): boolean {
    this.#count(this.#attempts);
    const passed = this.timers.now - this.#filledAt;
    this.#filledAt = this.timers.now;
    this.#tokens = Math.min(this.limit, this.#tokens + (passed * this.limit) / 1_000);
    if (this.down || this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  #socketClass() {
    const fleet = this;
    const latencyMs = () => 20 + fleet.#networkRandom() * 80;
    return class {
      static readonly CONNECTING = 0;
      static readonly OPEN = 1;
      readyState = 0;
      onopen: (() => void) | null = null;
      onmessage: ((event: { data: unknown }) => void) | null = null;
      onclose: (() => void) | null = null;
      #opened = 0;

      constructor() {
        fleet.timers.set(() => this.#arrive(), latencyMs());
      }

      #arrive(): void {
        const admitted = this.readyState === 0 && fleet.#admit();
        fleet.timers.set(() => (admitted ? this.#open() : this.drop()), latencyMs());
      }

      #open(): void {
        if (this.readyState !== 0) return;
        this.readyState = 1;
        this.#opened = fleet.timers.now;
        fleet.open.add(this);
        this.onopen?.();
      }

      send(): void {
        fleet.timers.set(() => this.onmessage?.({ data: '{}' }), 2 * latencyMs());
      }

      /** The client's doing. */
      close(): void {
        if (this.readyState === 1) fleet.ages.push(fleet.timers.now - this.#opened);
        this.#end();
      }

      drop(): void {
        this.#end();
        this.onclose?.();
      }

      #end(): void {
        this.readyState = 3;
        fleet.open.delete(this);
      }
    };
  }
}
