/**
 * A WebSocket that comes back: it reconnects with jitter, never gives up, and notices a line that went dead. What is
 * said over it is not its own business, only that a greeting is answered.
 */
import { backoffMs } from './backoff.js';
import { ANSWER_MS, firstPace, type Pace, REST_MS, renewalMs, returnMs, SETTLED_MS } from './pace.js';

/** A WebSocket, or what leads to that of another tab. */
export interface Connection {
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(text: string): void;
  close(): void;
}

/** What the socket needs to be told, and what it tells. */
export interface SocketOptions {
  readonly connect: () => Connection;
  /** What to say first, and whenever it must be known whether anyone is there. */
  readonly greeting: () => string;
  /** The line is up, and answers. */
  readonly onOpen: () => void;
  readonly onText: (data: unknown) => void;
  /** The line is down; `refused` when it never came to an answer. */
  readonly onDown: (refused: boolean) => void;
}

type Timer = ReturnType<typeof setTimeout> | undefined;

/** The live line to the server. */
export class LiveSocket {
  /** Nobody has looked for long: the line is closed until someone does. */
  resting = false;
  #socket: Connection | null = null;
  #pace = firstPace;
  #attempt = 0;
  readonly #ears = new AbortController();
  #running = false;
  #answered = false;
  #asked: (() => string) | null = null;
  #queue: (() => string)[] = [];
  #notBefore = 0;
  #retry: Timer;
  #hello: Timer;
  #deadline: Timer;
  #settled: Timer;
  #renewal: Timer;
  #idle: Timer;

  constructor(private readonly options: SocketOptions) {}

  /** Connects, and keeps connected until stopped. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    const { signal } = this.#ears;
    window.addEventListener('online', this.#wake, { signal });
    window.addEventListener('offline', this.#wake, { signal });
    document.addEventListener('visibilitychange', this.#wake, { signal });
    this.looked();
    this.#connect();
  }

  /** Closes, and stays closed for good. */
  stop(): void {
    this.#running = false;
    this.#ears.abort();
    clearTimeout(this.#idle);
    this.#drop();
  }

  /** Opens the line anew, at once. */
  reconnect(): void {
    if (this.#running && !this.resting) this.#connect();
  }

  /** Greets, unless a greeting is waiting for its answer, and does so again after a while. */
  greet(): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#greetLater();
    this.ask(this.options.greeting);
  }

  /** Says what is to be answered, once everything before it has been. */
  ask(words: () => string): void {
    if (this.#asked === words || this.#queue.includes(words)) return;
    this.#queue.push(words);
    this.#askNext();
  }

  /** An answer has come, whole or in part. */
  answered(whole: boolean): void {
    if (!this.#asked) return;
    clearTimeout(this.#deadline);
    if (!this.#answered) this.options.onOpen();
    this.#answered = true;
    this.#settled ??= setTimeout(() => {
      this.#attempt = 0;
    }, SETTLED_MS);
    if (whole) this.#asked = null;
    if (whole) this.#askNext();
    else this.#await();
  }

  /** Somebody looks at what comes: the line is kept from now on for a while, or opened again. */
  looked(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => (document.hidden ? this.rest() : this.looked()), REST_MS);
    if (!this.resting) return;
    this.resting = false;
    this.#connect();
  }

  /** Closes until somebody looks. */
  rest(): void {
    if (this.resting) return;
    this.resting = true;
    this.#drop();
    this.options.onDown(false);
  }

  /** Goes on at the server's pace. */
  follow(pace: Pace): void {
    this.#pace = pace;
    this.#greetLater();
    this.#renewal ??= setTimeout(() => this.#leave(0, false), renewalMs(pace));
  }

  /** Closes and comes back after that time, as the server asks for. */
  leave(afterMs: number): void {
    const wait = returnMs(afterMs, this.#pace);
    this.#notBefore = performance.now() + wait;
    this.#leave(wait, false);
  }

  // The network changed or the tab is looked at again: don't sit out a long wait, and don't trust an old line.
  #wake = ({ type }: Event): void => {
    if (type === 'visibilitychange') this.looked();
    if (document.hidden || this.resting) return;
    // A handshake from before the network was there would wait for a repetition of its own.
    const stale = type === 'online' && this.#socket?.readyState === WebSocket.CONNECTING;
    if (this.#socket && !stale) this.greet();
    else if (navigator.onLine && performance.now() >= this.#notBefore) this.#connect();
  };

  #connect(): void {
    this.#drop();
    const socket = this.options.connect();
    this.#socket = socket;
    socket.onopen = () => this.greet();
    socket.onmessage = ({ data }: { readonly data: unknown }) => this.options.onText(data);
    socket.onclose = () => this.#down();
    this.#await();
  }

  #askNext(): void {
    if (this.#asked || this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#asked = this.#queue.shift() ?? null;
    if (!this.#asked) return;
    this.#socket.send(this.#asked());
    this.#await();
  }

  #greetLater(): void {
    clearTimeout(this.#hello);
    this.#hello = setTimeout(() => this.greet(), this.#pace.helloMs);
  }

  #await(): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#down(), ANSWER_MS);
  }

  #down(): void {
    this.#leave(backoffMs(this.#attempt, this.#pace), !this.#answered);
    this.#attempt += 1;
  }

  #leave(waitMs: number, refused: boolean): void {
    this.#drop();
    if (!this.#running) return;
    this.#retry = setTimeout(() => this.#connect(), waitMs);
    this.options.onDown(refused);
  }

  // The close event of a dead line can take minutes, so the socket is let go of without waiting for it.
  #drop(): void {
    const timers = [this.#retry, this.#hello, this.#deadline, this.#settled, this.#renewal];
    for (const timer of timers) clearTimeout(timer);
    this.#settled = this.#renewal = undefined;
    this.#answered = false;
    this.#asked = null;
    this.#queue = [];
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
