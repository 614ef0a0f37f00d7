/** A WebSocket that comes back: it reconnects with jitter, never gives up, and notices a line that went dead. */
import { type BackoffLimits, backoffMs } from './backoff.js';

/** What the socket tells, and how it paces itself. */
export interface SocketOptions extends BackoffLimits {
  readonly url: () => string;
  readonly onOpen: () => void;
  readonly onText: (data: unknown) => void;
  /** The line is down; `refused` when it never opened. */
  readonly onDown: (refused: boolean) => void;
  /** Silence after which to ask whether anyone is there. The server's side closes at ten minutes. */
  readonly idleMs: number;
  /** How long an answer, or the handshake, may take. */
  readonly answerMs: number;
  /** How long a line must hold before the next break counts as a first one. */
  readonly settledMs: number;
}

/** Defaults that suit API Gateway's limits. */
export const socketDefaults = {
  minMs: 500,
  maxMs: 30_000,
  idleMs: 8 * 60_000,
  answerMs: 10_000,
  settledMs: 5_000,
};

/** The live line to the server. */
export class LiveSocket {
  #socket: WebSocket | null = null;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #settled: ReturnType<typeof setTimeout> | undefined;
  #running = false;

  constructor(private readonly options: SocketOptions) {}

  /** Connects, and keeps connected until stopped. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    window.addEventListener('online', this.#wake);
    window.addEventListener('offline', this.#wake);
    document.addEventListener('visibilitychange', this.#wake);
    this.#connect();
  }

  /** Closes, and stays closed. */
  stop(): void {
    this.#running = false;
    window.removeEventListener('online', this.#wake);
    window.removeEventListener('offline', this.#wake);
    document.removeEventListener('visibilitychange', this.#wake);
    clearTimeout(this.#retry);
    this.#attempt = 0;
    this.#drop();
  }

  // The network changed or the tab is looked at again: don't sit out a long wait, and don't trust an old line.
  #wake = (): void => {
    if (document.hidden) return;
    if (this.#socket?.readyState === WebSocket.OPEN) this.#ping();
    else if (!this.#socket && navigator.onLine) this.#connect();
  };

  #connect(): void {
    clearTimeout(this.#retry);
    const socket = new WebSocket(this.options.url());
    this.#socket = socket;
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.#opened();
    };
    socket.onmessage = (event) => this.#heard(event.data);
    socket.onclose = () => {
      if (this.#socket === socket) this.#down(!opened);
    };
    this.#expectAnswer(() => !opened);
  }

  #opened(): void {
    clearTimeout(this.#deadline);
    this.#settled = setTimeout(() => {
      this.#attempt = 0;
    }, this.options.settledMs);
    this.#rest();
    this.options.onOpen();
  }

  #heard(data: unknown): void {
    clearTimeout(this.#deadline);
    this.#rest();
    this.options.onText(data);
  }

  #rest(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#ping(), this.options.idleMs);
  }

  #ping(): void {
    this.#socket?.send('{"type":"ping"}');
    this.#expectAnswer(() => false);
  }

  #expectAnswer(refused: () => boolean): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#down(refused()), this.options.answerMs);
  }

  #down(refused: boolean): void {
    this.#drop();
    if (!this.#running) return;
    this.#retry = setTimeout(() => this.#connect(), backoffMs(this.#attempt, this.options));
    this.#attempt += 1;
    this.options.onDown(refused);
  }

  // The close event of a dead line can take minutes, so the socket is let go of without waiting for it.
  #drop(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#deadline);
    clearTimeout(this.#settled);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
