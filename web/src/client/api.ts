/** The REST calls the inbox makes. */
import type { Act } from './pending.js';
import type { NotificationPage, Problem, UnreadCount, WireNotification } from './types.js';
import { nextQuery } from './url.js';
import type { Tab } from './view.js';

const TIMEOUT_MS = 15_000;

/** An answer that isn't a success. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.name = 'ApiError';
  }
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    return (await response.json()) as Problem;
  } catch {
    return {};
  }
}

const paths: Record<Exclude<Act['name'], 'remove'>, string> = {
  markRead: 'mark_as_read',
  markUnread: 'mark_as_unread',
  archive: 'archive',
  unarchive: 'unarchive',
  snooze: 'snooze',
};

/** REST over the page's own session cookie. */
export class Api {
  constructor(
    private readonly base: string,
    private readonly signal: AbortSignal,
  ) {}

  /** The newest notifications of a tab. */
  async first(limit: number, tab: Tab): Promise<NotificationPage> {
    return this.#page(`?limit=${limit}${tab === 'all' ? '' : `&status=${tab}`}`);
  }

  /** The page that an earlier answer named. */
  async page(query: string): Promise<NotificationPage> {
    return this.#page(query);
  }

  /** One notification. */
  async get(id: string): Promise<WireNotification> {
    return (await this.#call('GET', `${encodeURIComponent(id)}/`)).json();
  }

  /** Does something with one, and answers with it as it then is; null when it is deleted. */
  async act(id: string, { name, until }: Act): Promise<WireNotification | null> {
    const path = `${encodeURIComponent(id)}/`;
    const response = await (name === 'remove'
      ? this.#call('DELETE', path)
      : this.#call('POST', `${path}${paths[name]}/`, until && { until }));
    return name === 'remove' ? null : response.json();
  }

  /** Marks everything as read. */
  async markAllRead(): Promise<void> {
    // Read to its end: a body left lying is cut off by the time limit and shows up as a failed request.
    await (await this.#call('POST', 'mark_all_read/')).text();
  }

  /** Marks as seen what has changed up to there, or everything. */
  async markSeen(upTo: string | null): Promise<{ readonly unseen_count: number }> {
    return (await this.#call('POST', 'seen/', upTo && { up_to: upTo })).json();
  }

  /** The exact count. */
  async unreadCount(): Promise<UnreadCount> {
    return (await this.#call('GET', 'unread_count/')).json();
  }

  async #page(query: string): Promise<NotificationPage> {
    const page: NotificationPage = await (await this.#call('GET', query)).json();
    return { ...page, next: nextQuery(page.next, document.baseURI) };
  }

  async #call(method: string, path: string, body?: object | string | null): Promise<Response> {
    const reading = method === 'GET';
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const init: RequestInit = {
      method,
      // What the user did outlives the page and the client: a click that marks one as read also navigates.
      keepalive: !reading,
      credentials: 'same-origin',
      headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) },
      body: body ? JSON.stringify(body) : null,
      signal: reading ? AbortSignal.any([this.signal, timeout]) : timeout,
    };
    const response = await fetch(`${this.base.replace(/\/$/, '')}/notifications/${path}`, init);
    if (!response.ok) throw new ApiError(response.status, await problemOf(response));
    return response;
  }
}
