/**
 * One socket for all tabs of a browser that show the same user's inbox. A lock says which tab has it; the others reach
 * it over a channel, each with its own cursor: whatever gets lost between tabs comes with the next answer to a hello.
 * Where the browser knows no locks, each tab has its own.
 */

import { parseFrame } from './frame.js';
import type { ServerFrame } from './frame-types.js';
import { ReconnectingSocket, type SocketOptions, type Transport } from './reconnecting-socket.js';
import type { LineState, Message } from './tab-messages.js';

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
  readonly onSessionChange: () => void;
}

/** How long a leading tab may take to say how it stands. */
const SILENCE_MS = 3_000;

function isWhole(frame: ServerFrame, asked: string): boolean {
  if (frame.type === 'welcome') return asked.includes('"cursor":null');
  return frame.type !== 'sync' || !frame.more || !frame.recovered;
}

/** Lasts until then. */
async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((end) => signal.addEventListener('abort', end));
}

/** This tab's part in the one socket, and what it has in the place of its own where another tab leads. */
export class SharedConnection implements Transport {
  /** The line, be it to the server or to another tab. */
  readonly connection: ReconnectingSocket;
  readyState: number = WebSocket.CLOSED;
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly #id = String(Math.random());
  readonly #shares = 'locks' in navigator && 'BroadcastChannel' in window;
  /** This tab has the socket. */
  leads = !this.#shares;
  #user: string | null = null;
  #group = new AbortController();
  #channel: BroadcastChannel | null = null;
  /** This tab was looked at last of all. It says so by a lock, which the browser frees with the tab. */
  #front = false;
  #state: LineState = 'wait';
  #silence: ReturnType<typeof setTimeout> | undefined;
  /** The tab that has asked what the server is about to answer, and what; null for this one. */
  #asker: Message | null = null;

  constructor(private readonly options: SharedOptions) {
    this.connection = new ReconnectingSocket({
      connect: () => this.#connect(),
      helloFrame: () => {
        this.#asker = null;
        return options.helloFrame();
      },
      onOpen: options.onOpen,
      onMessage: (data) => this.#onText(data),
      onDisconnect: (refused) => {
        this.#turn(refused ? 'down' : 'wait');
        options.onDisconnect(refused);
      },
    });
  }

  /** Whether this is the tab to ring in. */
  async rings(): Promise<boolean> {
    if (!this.#shares || this.#front || !this.leads) return !this.#shares || this.#front;
    // Where no tab was looked at last, the leading one rings.
    const { held = [] } = await navigator.locks.query();
    return !held.some(({ name }) => name === this.#frontName);
  }

  /** This tab is looked at, or no more. */
  looked(): void {
    this.#claim();
    this.#say({ looked: true });
  }

  /** Leaves, for good; the other tabs are told where the session has ended. */
  stop(ended: boolean): void {
    if (ended) this.#say({ ended });
    this.#leave();
    this.connection.stop();
  }

  /** Asks the leading tab, and has it ask the server. */
  send(ask?: string): void {
    this.#say({ looked: !document.hidden, ...(ask !== undefined && { ask }) });
  }

  /** Listens to the leading tab no more. */
  close(): void {
    clearTimeout(this.#silence);
    this.readyState = WebSocket.CLOSED;
  }

  #connect(): Transport {
    const user = this.options.user();
    const moves = this.#shares && (this.#user === null || (user !== null && user !== this.#user));
    if (this.leads && !moves) {
      this.#turn('wait');
      return new WebSocket(this.options.url);
    }
    this.readyState = WebSocket.CONNECTING;
    if (moves) void this.#join(user);
    else if (this.#channel) this.#knock();
    return this;
  }

  async #join(known: string | null): Promise<void> {
    this.#leave();
    const { signal } = this.#group;
    const { whoAmI, onSessionChange } = this.options;
    try {
      const user = known ?? (await whoAmI());
      if (signal.aborted) return;
      this.#user = user;
      if (await new Promise((tell) => this.#request({ ifAvailable: true }, tell))) return;
      // Only who is that user may listen in.
      if ((await whoAmI()) === user) {
        if (!signal.aborted) this.#follow();
        return;
      }
      onSessionChange();
    } catch {}
    if (signal.aborted) return;
    this.#user = null;
    this.#fail();
  }

  #follow(): void {
    this.leads = false;
    this.#open();
    this.#knock();
    this.#request({ signal: this.#group.signal });
  }

  #knock(): void {
    clearTimeout(this.#silence);
    // The leading tab has crashed, or the browser has put it to sleep.
    this.#silence = setTimeout(() => {
      this.#regroup();
      this.#request({ steal: true });
    }, SILENCE_MS);
    this.send();
  }

  #fail(): void {
    const { onclose } = this;
    this.close();
    onclose?.();
  }

  get #name(): string {
    return `${this.options.name} ${this.#user}`;
  }

  get #frontName(): string {
    return `${this.#name} front`;
  }

  #request(how: LockOptions, tell?: (free: boolean) => void): void {
    const { signal } = this.#group;
    let taken = false;
    const lead = (lock: Lock | null) => {
      tell?.(lock !== null);
      return lock && !taken && !signal.aborted ? this.#lead(signal) : null;
    };
    navigator.locks.request(this.#name, how, lead).catch(() => {
      taken = true;
      if (signal.aborted) return;
      // Another tab has taken over, as this one didn't answer.
      this.#regroup();
      this.#follow();
      this.connection.reconnect();
    });
  }

  #lead(signal: AbortSignal): Promise<void> {
    this.leads = true;
    this.close();
    this.#open();
    this.connection.reconnect();
    return aborted(signal);
  }

  #claim(): void {
    if (this.#front || document.hidden || !this.#channel) return;
    this.#front = true;
    const { signal } = this.#group;
    const over = () => {
      this.#front = false;
    };
    navigator.locks.request(this.#frontName, { steal: true }, () => aborted(signal)).then(over, over);
  }

  #open(): void {
    if (this.#channel) return;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#hear(data);
    this.#claim();
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
  }

  #say(words: Omit<Message, 'from'>): void {
    this.#channel?.postMessage({ from: this.#id, ...words } satisfies Message);
  }

  #turn(state: LineState): void {
    this.#state = state;
    if (this.leads) this.#say({ state });
  }

  #onText(data: unknown): void {
    const frame = this.leads && this.#shares ? parseFrame(data) : null;
    const text = data as string;
    const isAnswer = frame && /^(welcome|sync|error|pong)$/.test(frame.type);
    const asker = this.#asker;
    if (isAnswer && asker) {
      this.#say({ to: asker.from, text });
      this.connection.onReply(isWhole(frame, asker.ask ?? ''));
      return;
    }
    this.options.onMessage(data);
    if (frame?.type === 'welcome') this.#onWelcome(frame.user);
    else if (frame && !isAnswer && frame.type !== 'reconnect' && this.#state === 'open') this.#say({ text });
  }

  // Before the server has said whose line this is, nobody else is told what comes.
  #onWelcome(user: string): void {
    if (user !== this.#user) this.connection.reconnectAfter(0);
    else if (this.#state !== 'open') this.#turn('open');
  }

  #hear(message: Message): void {
    const { to = this.#id, ended, state, text } = message;
    if (to !== this.#id) return;
    if (ended) this.options.onSessionChange();
    else if (this.leads) this.#serve(message);
    else if (state) this.#onState(state);
    else if (text !== undefined) this.onmessage?.({ data: text });
  }

  #serve(message: Message): void {
    const { from, looked, ask } = message;
    if (looked) this.connection.resetIdleTimer();
    if (ask === undefined) this.#say({ to: from, state: this.#state });
    else
      this.connection.request(() => {
        this.#asker = message;
        return ask;
      });
  }

  #onState(state: LineState): void {
    clearTimeout(this.#silence);
    if (state === 'down' || (state === 'wait' && this.readyState === WebSocket.OPEN)) this.#fail();
    else if (state === 'open' && this.readyState === WebSocket.CLOSED) this.connection.reconnect();
    else if (state === 'open' && this.readyState === WebSocket.CONNECTING) {
      this.readyState = WebSocket.OPEN;
      this.onopen?.();
    }
  }
}
