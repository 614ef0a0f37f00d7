/**
 * A client that behaves as the original's did, of our own making: it knows cookies, the list and its two marks, `ping`
 * and `pong`, and `notification`; it tries five times to come back, ever less often, and from then on it polls.
 */
export interface Item {
  readonly id: string;
  readonly title: string;
  readonly message: string;
  readonly notification_type: string;
  readonly created_at: string;
  readonly redirect_url: string | null;
  is_read: boolean;
}

type Frame = Omit<Item, 'id'> & { readonly type: string; readonly notification_id: string };

const TRIES = 5;
const FIRST_WAIT_MS = 1_000;
const PING_MS = 30_000;
const POLL_MS = 30_000;

export class OriginalClient {
  items: Item[] = [];
  unread = 0;
  user = '';
  pongs = 0;
  /** Frames that it doesn't know, which it passes over. */
  passedOver: string[] = [];
  polling = false;
  #socket: WebSocket | null = null;
  #tries = 0;
  #ping: ReturnType<typeof setInterval> | undefined;

  async start(): Promise<void> {
    this.user = (await this.#call('GET', 'user/current/')).username;
    await this.load();
    this.#connect();
  }

  async load(): Promise<void> {
    this.items = (await this.#call('GET', 'notifications/')).results;
    this.unread = (await this.#call('GET', 'notifications/unread_count/')).unread_count;
  }

  async markAsRead(id: string): Promise<void> {
    const answer = await this.#call('POST', `notifications/${id}/mark_as_read/`);
    for (const item of this.items) if (item.id === id) item.is_read = answer.is_read;
    this.unread = Math.max(0, this.unread - 1);
  }

  async markAllAsRead(): Promise<number> {
    const { marked_as_read } = await this.#call('POST', 'notifications/mark_all_read/');
    for (const item of this.items) item.is_read = true;
    this.unread = 0;
    return marked_as_read;
  }

  ping(): void {
    this.#socket?.send(JSON.stringify({ type: 'ping' }));
  }

  get open(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  #connect(): void {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(`${scheme}//${location.host}/ws/notification/`);
    this.#socket = socket;
    socket.onopen = () => {
      this.#tries = 0;
      this.#ping = setInterval(() => this.ping(), PING_MS);
    };
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    socket.onclose = () => this.#again();
  }

  #hear({ type, notification_id: id, ...rest }: Frame): void {
    if (type === 'pong') this.pongs += 1;
    else if (type === 'notification') {
      this.items.unshift({ ...rest, id });
      this.unread += 1;
    } else this.passedOver.push(type);
  }

  #again(): void {
    clearInterval(this.#ping);
    if (this.#tries < TRIES) {
      setTimeout(() => this.#connect(), FIRST_WAIT_MS * 2 ** this.#tries);
      this.#tries += 1;
    } else {
      this.polling = true;
      setInterval(() => void this.load(), POLL_MS);
    }
  }

  async #call(method: string, path: string) {
    const response = await fetch(`/api/${path}`, {
      method,
      credentials: 'include',
      headers: { 'Content-Type': 'application/json' },
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
    return response.json();
  }
}

Object.assign(window, { original: new OriginalClient() });
