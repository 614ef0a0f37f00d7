/**
 * One socket for all tabs of a browser that show the same user's inbox. A lock says which tab has it; the others reach
 * it over a channel, each with its own cursor: whatever gets lost between tabs comes with the next answer to a hello.
 * Where the browser knows no locks, each tab has its own.
 */

import { parseFrame } from './frame.js';
import type { ServerFrame } from './frame-types.js';
import { Front } from './front.js';
import { type Connection, LiveSocket, type SocketOptions } from './socket.js';
import { type LineState, type Message, TabSocket } from './tab-socket.js';

/** What sharing needs to be told besides, and what it tells. */
export interface SharedOptions extends Omit<SocketOptions, 'connect'> {
  readonly url: string;
  /** Names what is shared, without the user. */
  readonly name: string;
  /** Whose inbox this tab shows, as far as it knows. */
  readonly user: () => string | null;
  /** Whose session this is, as the server says. */
  readonly whoAmI: () => Promise<string>;
  /** This tab has been showing someone else's inbox, or its session has ended. */
  readonly onDoubt: () => void;
}

const answers = ['welcome', 'sync', 'error', 'pong'];

function isWhole(frame: ServerFrame, asked: string): boolean {
  if (frame.type === 'welcome') return asked.includes('"cursor":null');
  return frame.type !== 'sync' || !frame.more || !frame.recovered;
}

/** This tab's part in the one socket. */
export class SharedSocket {
  /** The line, be it to the server or to another tab. */
  readonly line: LiveSocket;
  /** This tab has the socket. */
  leads = true;
  readonly #id = String(Math.random());
  readonly #shares = 'locks' in navigator && 'BroadcastChannel' in window;
  #user: string | null = null;
  #group = new AbortController();
  #channel: BroadcastChannel | null = null;
  #front: Front | null = null;
  #tab: TabSocket | null = null;
  #state: LineState = 'wait';
  /** The tab that has asked what the server is about to answer; null for this one. */
  #asker: string | null = null;
  #asked = '';

  constructor(private readonly options: SharedOptions) {
    this.line = new LiveSocket({
      connect: () => this.#connect(),
      greeting: () => {
        this.#asker = null;
        return options.greeting();
      },
      onOpen: options.onOpen,
      onText: (data) => this.#onText(data),
      onDown: (refused) => this.#onDown(refused),
    });
    if (this.#shares) this.leads = false;
  }

  /** Whether this is the tab to ring in. */
  async rings(): Promise<boolean> {
    return this.#front?.isHere(this.leads) ?? true;
  }

  /** This tab is looked at, or no more. */
  looked(): void {
    if (!document.hidden) this.#front?.claim();
    this.#say({ looked: true });
  }

  /** Leaves, for good; the other tabs are told where the session has ended. */
  stop(ended: boolean): void {
    if (ended) this.#say({ ended });
    this.#leave();
    this.line.stop();
  }

  #connect(): Connection {
    const user = this.options.user();
    const moves = this.#user === null || (user !== null && user !== this.#user);
    if (!this.#shares || (this.leads && !moves)) return this.#dial();
    const tab = new TabSocket(
      (words) => this.#say({ looked: !document.hidden, ...words }),
      () => this.#takeOver(),
    );
    this.#tab = tab;
    if (moves) void this.#join(user);
    else if (this.#channel) tab.knock();
    return tab;
  }

  #dial(): WebSocket {
    this.#tab = null;
    this.#turn('wait');
    return new WebSocket(this.options.url);
  }

  async #join(known: string | null): Promise<void> {
    this.#leave();
    const { signal } = this.#group;
    try {
      const user = known ?? (await this.options.whoAmI());
      if (signal.aborted) return;
      this.#user = user;
      if (await this.#isFree()) return;
      // Only who is that user may listen in.
      const same = known === null || (await this.options.whoAmI()) === user;
      if (signal.aborted || this.leads) return;
      if (same) return this.#follow();
      this.#user = null;
      this.options.onDoubt();
    } catch {
      if (signal.aborted) return;
      this.#user = null;
    }
    this.#tab?.fail();
  }

  get #name(): string {
    return `${this.options.name} ${this.#user}`;
  }

  #isFree(): Promise<boolean> {
    return new Promise((tell) => this.#request({ ifAvailable: true }, tell));
  }

  #follow(): void {
    this.leads = false;
    this.#open();
    this.#tab?.knock();
    this.#request({ signal: this.#group.signal });
  }

  #takeOver(): void {
    this.#regroup();
    this.#request({ steal: true });
  }

  #request(how: LockOptions, tell?: (free: boolean) => void): void {
    const { signal } = this.#group;
    const lead = (lock: Lock | null) => {
      tell?.(lock !== null);
      return lock && !signal.aborted ? this.#lead(signal) : null;
    };
    navigator.locks.request(this.#name, how, lead).catch(() => {
      // Another tab has taken over, as this one didn't answer.
      if (!signal.aborted && this.leads) this.#lose();
    });
  }

  #lead(signal: AbortSignal): Promise<void> {
    this.leads = true;
    this.#open();
    this.line.reconnect();
    return new Promise((release) => signal.addEventListener('abort', () => release()));
  }

  #lose(): void {
    this.#regroup();
    this.#follow();
    this.line.reconnect();
  }

  #open(): void {
    if (this.#channel) return;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#hear(data);
    this.#front = new Front(`${this.#name} front`);
    if (!document.hidden) this.#front.claim();
  }

  /** Whatever was asked for before counts no more. */
  #regroup(): void {
    this.#group.abort();
    this.#group = new AbortController();
  }

  #leave(): void {
    this.#regroup();
    this.leads = !this.#shares;
    this.#channel?.close();
    this.#channel = null;
    this.#front?.stop();
    this.#front = null;
  }

  #say(words: Omit<Message, 'from'>): void {
    this.#channel?.postMessage({ from: this.#id, ...words } satisfies Message);
  }

  #turn(state: LineState): void {
    this.#state = state;
    if (this.leads) this.#say({ state });
  }

  #onDown(refused: boolean): void {
    const state = refused ? 'down' : 'wait';
    if (this.leads) this.#turn(this.line.resting ? 'rest' : state);
    this.options.onDown(refused);
  }

  #onText(data: unknown): void {
    const frame = this.leads && this.#shares ? parseFrame(data) : null;
    const text = data as string;
    const isAnswer = frame !== null && answers.includes(frame.type);
    if (isAnswer && this.#asker !== null) {
      this.#say({ to: this.#asker, text });
      this.line.answered(isWhole(frame, this.#asked));
      return;
    }
    this.options.onText(data);
    if (frame?.type === 'welcome') this.#onWelcome(frame.user);
    else if (frame && !isAnswer && frame.type !== 'reconnect' && this.#state === 'open') this.#say({ text });
  }

  // Before the server has said whose line this is, nobody else is told what comes.
  #onWelcome(user: string): void {
    if (user !== this.#user) this.line.leave(0);
    else if (this.#state !== 'open') this.#turn('open');
  }

  #hear(message: Message): void {
    const { from, to, ended, looked, ask, state, text } = message;
    if (to !== undefined && to !== this.#id) return;
    if (ended) this.options.onDoubt();
    else if (this.leads) this.#serve(from, looked, ask);
    else if (state === 'rest' && document.hidden) this.line.rest();
    else if (state === 'open' && this.#tab?.readyState === WebSocket.CLOSED) this.line.reconnect();
    else if (state ?? text) this.#tab?.hear(message);
  }

  #serve(from: string, looked = false, ask?: string): void {
    if (looked) this.line.looked();
    if (ask === undefined) this.#say({ to: from, state: this.line.resting ? 'rest' : this.#state });
    else
      this.line.ask(() => {
        this.#asker = from;
        this.#asked = ask;
        return ask;
      });
  }
}
