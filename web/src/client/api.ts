/** The REST calls the inbox makes. */
import type { Notification, NotificationPage, Problem, UnreadCount } from './types.js';
import { nextQuery } from './url.js';

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

/** REST over the page's own session cookie. */
export class Api {
  constructor(
    private readonly base: string,
    private readonly signal: AbortSignal,
  ) {}

  /** The newest notifications. */
  async first(limit: number): Promise<NotificationPage> {
    return this.#page(`?limit=${limit}`);
  }

  /** The page that an earlier answer named. */
  async page(query: string): Promise<NotificationPage> {
    return this.#page(query);
  }

  /** One notification. */
  async get(id: string): Promise<Notification> {
    return (await this.#call('GET', `${encodeURIComponent(id)}/`)).json();
  }

  /** Marks one as read; it may outlive the page, because a click that marks also navigates. */
  async markRead(id: string): Promise<Notification> {
    return (await this.#call('POST', `${encodeURIComponent(id)}/mark_as_read/`, true)).json();
  }

  /** Marks everything as read. */
  async markAllRead(): Promise<void> {
    // Read to its end: a body left lying is cut off by the time limit and shows up as a failed request.
    await (await this.#call('POST', 'mark_all_read/')).text();
  }

  /** Deletes one. */
  async remove(id: string): Promise<void> {
    await this.#call('DELETE', `${encodeURIComponent(id)}/`);
  }

  /** The exact count. */
  async unreadCount(): Promise<UnreadCount> {
    return (await this.#call('GET', 'unread_count/')).json();
  }

  async #page(query: string): Promise<NotificationPage> {
    const page: NotificationPage = await (await this.#call('GET', query)).json();
    return { ...page, next: nextQuery(page.next, document.baseURI) };
  }

  async #call(method: string, path: string, keepalive = false): Promise<Response> {
    const response = await fetch(`${this.base.replace(/\/$/, '')}/notifications/${path}`, {
      method,
      keepalive,
      credentials: 'same-origin',
      headers: { accept: 'application/json' },
      signal: AbortSignal.any([this.signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    if (!response.ok) throw new ApiError(response.status, await problemOf(response));
    return response;
  }
}
