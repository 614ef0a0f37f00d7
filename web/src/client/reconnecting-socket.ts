/**
 * A WebSocket that comes back: it reconnects with jitter, never gives up, and notices a line that went dead. What is
 * said over it is not its own business, only that a greeting is answered.
 */
import { backoffMs } from './backoff.js';
import {
  defaultTimings,
  IDLE_MS,
  REPLY_TIMEOUT_MS,
  reconnectDelayMs,
  renewalDelayMs,
  STABLE_MS,
  type Timings,
} from './timings.js';

/** A WebSocket, or what leads to that of another tab. */
export interface Transport {
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(text: string): void;
  close(): void;
}

/** What the socket needs to be told, and what it tells. */
export interface SocketOptions {
  readonly connect: () => Transport;
  /** What to say first, and whenever it must be known whether anyone is there. */
  readonly helloFrame: () => string;
  /** The line is up, and answers. */
  readonly onOpen: () => void;
  readonly onMessage: (data: unknown) => void;
  /** The line is down; `refused` when it never came to an answer. */
  readonly onDisconnect: (refused: boolean) => void;
}

type Timer = ReturnType<typeof setTimeout> | undefined;

/** The live line to the server. */
export class ReconnectingSocket {
  /** Nobody has looked for long: the line is closed until someone does. */
  idle = false;
  #transport: Transport | null = null;
  #timings = defaultTimings;
  #attempt = 0;
  readonly #listeners = new AbortController();
  #running = false;
  #hasReply = false;
  #pendingRequest: (() => string) | null = null;
  #queue: (() => string)[] = [];
  #noReconnectBefore = 0;
  #retryTimer: Timer;
  #heartbeatTimer: Timer;
  #replyTimer: Timer;
  #stableTimer: Timer;
  #renewalTimer: Timer;
  #idleTimer: Timer;

  constructor(private readonly options: SocketOptions) {}

  /** Connects, and keeps connected until stopped. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    const { signal } = this.#listeners;
    window.addEventListener('online', this.#skipBackoff, { signal });
    window.addEventListener('offline', this.#skipBackoff, { signal });
    document.addEventListener('visibilitychange', this.#skipBackoff, { signal });
    this.resetIdleTimer();
    this.#connect();
  }

  /** Closes, and stays closed for good. */
  stop(): void {
    this.#running = false;
    this.#listeners.abort();
    clearTimeout(this.#idleTimer);
    this.#closeTransport();
  }

  /** Opens the line anew, at once. */
  reconnect(): void {
    if (this.#running && !this.idle) this.#connect();
  }

  /** Greets, unless a greeting is waiting for its answer, and does so again after a while. */
  sendHello(): void {
    if (this.#transport?.readyState !== WebSocket.OPEN) return;
    this.#scheduleHeartbeat();
    this.request(this.options.helloFrame);
  }

  /** Says what is to be answered, once everything before it has been. */
  request(message: () => string): void {
    if (this.#pendingRequest === message || this.#queue.includes(message)) return;
    this.#queue.push(message);
    this.#sendNextRequest();
  }

  /** An answer has come, whole or in part. */
  onReply(isComplete: boolean): void {
    if (!this.#pendingRequest) return;
    clearTimeout(this.#replyTimer);
    if (!this.#hasReply) this.options.onOpen();
    this.#hasReply = true;
    this.#stableTimer ??= setTimeout(() => {
      this.#attempt = 0;
    }, STABLE_MS);
    if (isComplete) this.#pendingRequest = null;
    if (isComplete) this.#sendNextRequest();
    else this.#startReplyTimer();
  }

  /** Somebody looks at what comes: the line is kept from now on for a while, or opened again. */
  resetIdleTimer(): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => (document.hidden ? this.goIdle() : this.resetIdleTimer()), IDLE_MS);
    if (!this.idle) return;
    this.idle = false;
    this.#connect();
  }

  /** Closes until somebody looks. */
  goIdle(): void {
    if (this.idle) return;
    this.idle = true;
    this.#closeTransport();
    this.options.onDisconnect(false);
  }

  /** Goes on at the server's pace. */
  setTimings(timings: Timings): void {
    this.#timings = timings;
    this.#scheduleHeartbeat();
    this.#renewalTimer ??= setTimeout(() => this.#scheduleReconnect(0, false), renewalDelayMs(timings));
  }

  /** Closes and comes back after that time, as the server asks for. */
  reconnectAfter(afterMs: number): void {
    const wait = reconnectDelayMs(afterMs, this.#timings);
    this.#noReconnectBefore = performance.now() + wait;
    this.#scheduleReconnect(wait, false);
  }

  // The network changed or the tab is looked at again: don't sit out a long wait, and don't trust an old line.
  #skipBackoff = ({ type }: Event): void => {
    if (type === 'visibilitychange') this.resetIdleTimer();
    if (document.hidden || this.idle) return;
    // A handshake from before the network was there would wait for a repetition of its own.
    const stale = type === 'online' && this.#transport?.readyState === WebSocket.CONNECTING;
    if (this.#transport && !stale) this.sendHello();
    else if (navigator.onLine && performance.now() >= this.#noReconnectBefore) this.#connect();
  };

  #connect(): void {
    this.#closeTransport();
    const socket = this.options.connect();
    this.#transport = socket;
    socket.onopen = () => this.sendHello();
    socket.onmessage = ({ data }: { readonly data: unknown }) => this.options.onMessage(data);
    socket.onclose = () => this.#onConnectionLost();
    this.#startReplyTimer();
  }

  #sendNextRequest(): void {
    if (this.#pendingRequest || this.#transport?.readyState !== WebSocket.OPEN) return;
    this.#pendingRequest = this.#queue.shift() ?? null;
    if (!this.#pendingRequest) return;
    this.#transport.send(this.#pendingRequest());
    this.#startReplyTimer();
  }

  #scheduleHeartbeat(): void {
    clearTimeout(this.#heartbeatTimer);
    this.#heartbeatTimer = setTimeout(() => this.sendHello(), this.#timings.heartbeatMs);
  }

  #startReplyTimer(): void {
    clearTimeout(this.#replyTimer);
    this.#replyTimer = setTimeout(() => this.#onConnectionLost(), REPLY_TIMEOUT_MS);
  }

  #onConnectionLost(): void {
    this.#scheduleReconnect(backoffMs(this.#attempt, this.#timings), !this.#hasReply);
    this.#attempt += 1;
  }

  #scheduleReconnect(waitMs: number, refused: boolean): void {
    this.#closeTransport();
    if (!this.#running) return;
    this.#retryTimer = setTimeout(() => this.#connect(), waitMs);
    this.options.onDisconnect(refused);
  }

  // The close event of a dead line can take minutes, so the socket is let go of without waiting for it.
  #closeTransport(): void {
    const timers = [
      this.#retryTimer,
      this.#heartbeatTimer,
      this.#replyTimer,
      this.#stableTimer,
      this.#renewalTimer,
    ];
    for (const timer of timers) clearTimeout(timer);
    this.#stableTimer = this.#renewalTimer = undefined;
    this.#hasReply = false;
    this.#pendingRequest = null;
    this.#queue = [];
    const socket = this.#transport;
    this.#transport = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
