/** The REST calls the inbox makes. */
import type { Action } from './optimistic.js';
import type { NotificationPage, UnreadCount, WireNotification } from './types.js';
import { nextQuery } from './url.js';
import type { Tab } from './view.js';

const TIMEOUT_MS = 15_000;

/** An answer that isn't a success. */
export class ApiError extends Error {
  constructor(readonly status: number) {
    super(`HTTP ${status}`);
  }
}

const LIST = 'notifications/';

function pathOf(id: string): string {
  return `${LIST}${encodeURIComponent(id)}/`;
}

async function pageOf(response: Response): Promise<NotificationPage> {
  const page: NotificationPage = await response.json();
  return { ...page, next: nextQuery(page.next) };
}

/** The answer at hand to a query, and its name. */
interface Answer {
  readonly query: string;
  readonly etag: string | null;
  readonly page: NotificationPage;
}

/** REST over the page's own session cookie. */
export class Api {
  /** How long a page that polls is asked to wait. */
  pollMs = 30_000;
  readonly #answers = new Map<Tab, Answer>();

  constructor(private readonly base: string) {}

  /** The newest notifications of a tab. */
  async first(limit: number, tab: Tab): Promise<NotificationPage> {
    const query = `?limit=${limit}${tab === 'all' ? '' : `&status=${tab}`}`;
    const before = this.#answers.get(tab);
    const etag = before?.query === query ? before.etag : null;
    const response = await this.#call('GET', LIST + query, null, etag);
    this.pollMs = Number(response.headers.get('x-poll-interval')) * 1000 || this.pollMs;
    if (before && response.status === 304) return before.page;
    const page = await pageOf(response);
    this.#answers.set(tab, { query, etag: response.headers.get('etag'), page });
    return page;
  }

  /** The page that an earlier answer named. */
  async page(query: string): Promise<NotificationPage> {
    return pageOf(await this.#call('GET', LIST + query));
  }

  /** One notification. */
  async get(id: string): Promise<WireNotification> {
    return (await this.#call('GET', pathOf(id))).json();
  }

  /** Does something with one, and answers with it as it then is; null when it is deleted. */
  async sendAction(id: string, { name, until }: Action): Promise<WireNotification | null> {
    const path = pathOf(id);
    if (name === 'remove') await this.#call('DELETE', path);
    if (name === 'remove') return null;
    // "markRead" is "mark_as_read" there.
    const verb = name.replace(/[A-Z]/, (letter) => `_as_${letter.toLowerCase()}`);
    return (await this.#call('POST', `${path}${verb}/`, until ? { until } : null)).json();
  }

  /** Marks everything as read. */
  async markAllRead(): Promise<void> {
    // Read to its end: a body left lying is cut off by the time limit and shows up as a failed request.
    await (await this.#call('POST', `${LIST}mark_all_read/`)).text();
  }

  /** Marks as seen what has changed up to there, or everything. */
  async markSeen(upTo: string | null): Promise<{ readonly unseen_count: number }> {
    return (await this.#call('POST', `${LIST}seen/`, upTo === null ? null : { up_to: upTo })).json();
  }

  /** The exact count. */
  async unreadCount(): Promise<UnreadCount> {
    return (await this.#call('GET', `${LIST}unread_count/`)).json();
  }

  /** Whose session this is. */
  async whoAmI(): Promise<string> {
    return (await (await this.#call('GET', 'user/current/')).json()).id;
  }

  async #call(method: string, path: string, body?: object | null, etag?: string | null) {
    const response = await fetch(`${this.base.replace(/\/$/, '')}/${path}`, {
      method,
      // What the user did outlives the page: a click that marks one as read also navigates.
      keepalive: method !== 'GET',
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(etag && { 'if-none-match': etag }),
      },
      body: body ? JSON.stringify(body) : null,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok && response.status !== 304) throw new ApiError(response.status);
    return response;
  }
}
