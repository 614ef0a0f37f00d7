/**
 * One socket for all tabs of a browser that show the inbox of the same user. One tab is the leader and owns the socket.
 * The other tabs, the followers, reach it over a BroadcastChannel, each with its own cursor: a frame that is lost
 * between tabs comes with the next answer to a hello. In a browser without Web Locks each tab has its own socket.
 */

import { parseFrame } from './frame.js';
import type { ServerFrame } from './frame-types.js';
import { holdFocusedTabLock, isLockHeld, requestLeaderLock } from './leader.js';
import { ReconnectingSocket, type SocketOptions, type Transport } from './reconnecting-socket.js';
import type { LeaderState, TabMessage } from './tab-messages.js';

/** What a shared connection needs, and the callbacks it calls. */
export interface SharedConnectionOptions extends Omit<SocketOptions, 'connect'> {
  readonly url: string;
  /** The name of what the tabs share, without the user. */
  readonly name: string;
  /** The user whose inbox this tab shows, as far as the tab knows. */
  readonly user: () => string | null;
  /** Asks the server for the user of the session. */
  readonly whoAmI: () => Promise<string>;
  /** The session has ended, or belongs to another user than the inbox that this tab shows. */
  readonly onSessionChange: () => void;
}

/** The lease of the leader: a leader that doesn't answer a ping in this time loses the socket. */
const LEADER_LEASE_MS = 3_000;

function isCompleteReply(frame: ServerFrame, request: string): boolean {
  if (frame.type === 'welcome') return request.includes('"cursor":null');
  return frame.type !== 'sync' || !frame.more || !frame.recovered;
}

/** This tab's part in the shared socket. In a follower it also is the transport that leads to the leader. */
export class SharedConnection implements Transport {
  /** The connection to the server, directly or through the leader. */
  readonly connection: ReconnectingSocket;
  readyState: number = WebSocket.CLOSED;
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly #id = String(Math.random());
  readonly #canShare = 'locks' in navigator && 'BroadcastChannel' in window;
  /** This tab owns the socket. */
  isLeader = !this.#canShare;
  #user: string | null = null;
  #group = new AbortController();
  #channel: BroadcastChannel | null = null;
  /** This tab had the focus last. A lock says so to the other tabs; the browser frees it with the tab. */
  #isFocusedTab = false;
  #state: LeaderState = 'wait';
  #leaseTimer: ReturnType<typeof setTimeout> | undefined;
  /** The follower whose request the server answers next, with that request; null if it is the leader's own. */
  #requester: TabMessage | null = null;

  constructor(private readonly options: SharedConnectionOptions) {
    this.connection = new ReconnectingSocket({
      connect: () => this.#connect(),
      helloFrame: () => {
        this.#requester = null;
        return options.helloFrame();
      },
      onOpen: options.onOpen,
      onMessage: (data) => this.#onFrame(data),
      onDisconnect: (refused) => {
        this.#setState(refused ? 'down' : 'wait');
        options.onDisconnect(refused);
      },
    });
  }

  /** Whether this tab is the one that rings. */
  async shouldNotify(): Promise<boolean> {
    if (!this.#canShare || this.#isFocusedTab || !this.isLeader) return !this.#canShare || this.#isFocusedTab;
    // The leader rings if no tab has had the focus.
    return !(await isLockHeld(this.#focusedTabLock));
  }

  /** This tab was shown, hidden or focused. */
  onFocusChange(): void {
    this.#claimFocusedTab();
    this.#post({ focused: true });
  }

  /** Leaves the group for good. If the session has ended, the other tabs learn it. */
  stop(ended: boolean): void {
    if (ended) this.#post({ ended });
    this.#leaveGroup();
    this.connection.stop();
  }

  /** Sends a request to the server through the leader; without a request, asks the leader for its state. */
  send(request?: string): void {
    this.#post({ focused: !document.hidden, ...(request !== undefined && { request }) });
  }

  /** Stops waiting for the leader. */
  close(): void {
    clearTimeout(this.#leaseTimer);
    this.readyState = WebSocket.CLOSED;
  }

  #connect(): Transport {
    const user = this.options.user();
    const mustJoin = this.#canShare && (this.#user === null || (user !== null && user !== this.#user));
    if (this.isLeader && !mustJoin) {
      this.#setState('wait');
      return new WebSocket(this.options.url);
    }
    this.readyState = WebSocket.CONNECTING;
    if (mustJoin) void this.#joinGroup(user);
    else if (this.#channel) this.#pingLeader();
    return this;
  }

  async #joinGroup(knownUser: string | null): Promise<void> {
    this.#leaveGroup();
    const { signal } = this.#group;
    const { whoAmI, onSessionChange } = this.options;
    try {
      const user = knownUser ?? (await whoAmI());
      if (signal.aborted) return;
      this.#user = user;
      if (await new Promise<boolean>((resolve) => this.#runForLeader({ ifAvailable: true }, resolve))) return;
      // Only a tab whose session is of this user may read the frames of this user.
      if ((await whoAmI()) === user) {
        if (!signal.aborted) this.#becomeFollower();
        return;
      }
      onSessionChange();
    } catch {}
    if (signal.aborted) return;
    this.#user = null;
    this.#disconnect();
  }

  #becomeFollower(): void {
    this.isLeader = false;
    this.#openChannel();
    this.#pingLeader();
    this.#runForLeader({ signal: this.#group.signal });
  }

  #pingLeader(): void {
    clearTimeout(this.#leaseTimer);
    // A leader that doesn't answer has crashed, or the browser has frozen its tab.
    this.#leaseTimer = setTimeout(() => {
      this.#resetGroup();
      this.#runForLeader({ steal: true });
    }, LEADER_LEASE_MS);
    this.send();
  }

  #disconnect(): void {
    const { onclose } = this;
    this.close();
    onclose?.();
  }

  get #leaderLock(): string {
    return `${this.options.name} ${this.#user}`;
  }

  get #focusedTabLock(): string {
    return `${this.#leaderLock} focused`;
  }

  #runForLeader(lockOptions: LockOptions, onAnswer?: (isFree: boolean) => void): void {
    requestLeaderLock(this.#leaderLock, lockOptions, this.#group.signal, {
      onElected: () => this.#becomeLeader(),
      onStolen: () => {
        this.#resetGroup();
        this.#becomeFollower();
        this.connection.reconnect();
      },
      onAnswer,
    });
  }

  #becomeLeader(): void {
    this.isLeader = true;
    this.close();
    this.#openChannel();
    this.connection.reconnect();
  }

  #claimFocusedTab(): void {
    if (this.#isFocusedTab || document.hidden || !this.#channel) return;
    this.#isFocusedTab = true;
    const release = () => {
      this.#isFocusedTab = false;
    };
    holdFocusedTabLock(this.#focusedTabLock, this.#group.signal).then(release, release);
  }

  #openChannel(): void {
    if (this.#channel) return;
    this.#channel = new BroadcastChannel(this.#leaderLock);
    this.#channel.onmessage = ({ data }: MessageEvent<TabMessage>) => this.#onMessage(data);
    this.#claimFocusedTab();
  }

  /** Cancels the lock requests that are under way, and frees the locks that this tab holds. */
  #resetGroup(): void {
    this.#group.abort();
    this.#group = new AbortController();
  }

  #leaveGroup(): void {
    this.#resetGroup();
    this.isLeader = !this.#canShare;
    this.#channel?.close();
    this.#channel = null;
  }

  #post(message: Omit<TabMessage, 'from'>): void {
    this.#channel?.postMessage({ from: this.#id, ...message } satisfies TabMessage);
  }

  #setState(state: LeaderState): void {
    this.#state = state;
    if (this.isLeader) this.#post({ state });
  }

  #onFrame(data: unknown): void {
    const frame = this.isLeader && this.#canShare ? parseFrame(data) : null;
    const text = data as string;
    const isReply = frame && /^(welcome|sync|error|pong)$/.test(frame.type);
    const requester = this.#requester;
    if (isReply && requester) {
      this.#post({ to: requester.from, text });
      this.connection.onReply(isCompleteReply(frame, requester.request ?? ''));
      return;
    }
    this.options.onMessage(data);
    if (frame?.type === 'welcome') this.#onWelcome(frame.user);
    else if (frame && !isReply && frame.type !== 'reconnect' && this.#state === 'open') this.#post({ text });
  }

  // The leader forwards no frame before the server has named the user of the socket.
  #onWelcome(user: string): void {
    if (user !== this.#user) this.connection.reconnectAfter(0);
    else if (this.#state !== 'open') this.#setState('open');
  }

  #onMessage(message: TabMessage): void {
    const { to = this.#id, ended, state, text } = message;
    if (to !== this.#id) return;
    if (ended) this.options.onSessionChange();
    else if (this.isLeader) this.#serveFollower(message);
    else if (state) this.#onLeaderState(state);
    else if (text !== undefined) this.onmessage?.({ data: text });
  }

  #serveFollower(message: TabMessage): void {
    const { from, focused, request } = message;
    if (focused) this.connection.resetIdleTimer();
    if (request === undefined) this.#post({ to: from, state: this.#state });
    else
      this.connection.request(() => {
        this.#requester = message;
        return request;
      });
  }

  #onLeaderState(state: LeaderState): void {
    clearTimeout(this.#leaseTimer);
    if (state === 'down' || (state === 'wait' && this.readyState === WebSocket.OPEN)) this.#disconnect();
    else if (state === 'open' && this.readyState === WebSocket.CLOSED) this.connection.reconnect();
    else if (state === 'open' && this.readyState === WebSocket.CONNECTING) {
      this.readyState = WebSocket.OPEN;
      this.onopen?.();
    }
  }
}
