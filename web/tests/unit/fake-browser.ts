// What tabs of one browser have in common: its locks, its channels, and the server at the other end of their sockets.
import { FakeWebSocket } from './fake-socket.js';

interface Request {
  readonly name: string;
  readonly run: (lock: object | null) => unknown;
  readonly done: (result: unknown) => void;
  readonly fail: (error: unknown) => void;
}

interface How {
  readonly ifAvailable?: boolean;
  readonly steal?: boolean;
  readonly signal?: AbortSignal;
}

const aborted = () => new DOMException('taken', 'AbortError');

/** Web Locks, exclusive ones only. */
class Locks {
  readonly #held = new Map<string, Request>();
  #waiting: Request[] = [];

  request(name: string, how: How, run: Request['run']): Promise<unknown> {
    return new Promise((done, fail) => {
      const request = { name, run, done, fail };
      const holder = this.#held.get(name);
      if (how.ifAvailable && holder) void Promise.resolve(run(null)).then(done, fail);
      else if (how.steal || !holder) {
        holder?.fail(aborted());
        this.#grant(request);
      } else {
        this.#waiting.push(request);
        how.signal?.addEventListener('abort', () => {
          this.#waiting = this.#waiting.filter((other) => other !== request);
          fail(aborted());
        });
      }
    });
  }

  async query(): Promise<{ held: { name: string }[] }> {
    return { held: [...this.#held.keys()].map((name) => ({ name })) };
  }

  #grant(request: Request): void {
    this.#held.set(request.name, request);
    void Promise.resolve()
      .then(() => request.run({}))
      .then(request.done, request.fail)
      .then(() => this.#release(request));
  }

  #release(request: Request): void {
    if (this.#held.get(request.name) !== request) return;
    this.#held.delete(request.name);
    const next = this.#waiting.find(({ name }) => name === request.name);
    if (!next) return;
    this.#waiting = this.#waiting.filter((other) => other !== next);
    this.#grant(next);
  }
}

/** One tab's end of a channel. */
export class FakeChannel {
  static all: FakeChannel[] = [];
  onmessage: ((event: { data: unknown }) => void) | null = null;
  /** Its tab doesn't run any more, though the browser keeps it. */
  frozen = false;
  #closed = false;

  constructor(readonly name: string) {
    FakeChannel.all.push(this);
  }

  postMessage(data: unknown): void {
    for (const other of FakeChannel.all) {
      if (other === this || other.name !== this.name || this.frozen) continue;
      void Promise.resolve().then(() => other.#take(structuredClone(data)));
    }
  }

  close(): void {
    this.#closed = true;
  }

  #take(data: unknown): void {
    if (!this.#closed && !this.frozen) this.onmessage?.({ data });
  }
}

/** A page of a browser that has all of this, or not; returns what hears of the page's events. */
export function installBrowser(canShare: boolean): EventTarget {
  const page = new EventTarget();
  FakeWebSocket.all = [];
  FakeChannel.all = [];
  Object.defineProperty(page, 'hidden', { value: false, configurable: true, writable: true });
  Object.assign(page, { BroadcastChannel: FakeChannel });
  Object.assign(globalThis, { BroadcastChannel: FakeChannel, WebSocket: FakeWebSocket });
  Object.assign(globalThis, { window: page, document: page });
  const navigator = { onLine: true, ...(canShare && { locks: new Locks() }) };
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  return page;
}
