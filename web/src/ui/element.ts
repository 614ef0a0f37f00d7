/** The element: its attributes, properties and methods. */
import { BelfryClient } from '../client/index.js';
import { setTitleBadge } from './badges.js';
import { createI18n } from './i18n.js';
import { Inbox } from './inbox.js';
import type { Messages } from './messages.js';

/**
 * A notification bell with its panel and toasts, live over the page's own session.
 *
 * @element belfry-inbox
 *
 * @attr {string} api - Where the REST API is; `/api` unless told.
 * @attr {string} socket - Where the WebSocket is; `/ws/notification/` unless told.
 * @attr {'light' | 'dark'} theme - Overrides the system's colour scheme.
 * @attr {string} lang - The language, if it isn't the page's: `en` and `pt` are built in.
 * @attr {string} messages - URL of a JSON file with other words.
 * @attr {boolean} sound - Rings audibly.
 * @attr {boolean} title-badge - Puts the count before the page's title.
 * @attr {boolean} app-badge - Puts the count on the icon of an installed app.
 * @attr {boolean} desktop - Offers notifications of the system, for a page in the background: a button asks for leave.
 *
 * @fires belfry-notification - One has just arrived, in the one tab that rings; `detail` is the notification. Prevented, it makes neither toast nor sound.
 * @fires belfry-unread - A count changed; `detail.count` is of the unread, `detail.unseen` of those that came since the panel was open. 100 means 100 or more.
 * @fires belfry-click - One was followed; `detail` is the notification. Prevented, its link isn't.
 *
 * @slot bell - The icon of the bell.
 * @slot empty - What is shown when there is nothing at all.
 * @slot footer - What the page adds below the list.
 *
 * @csspart bell - The button.
 * @csspart badge - The count of what is new, on the bell.
 * @csspart panel - The dialog with the list.
 * @csspart header - Heading and buttons above the list.
 * @csspart all - The button that marks all as read.
 * @csspart close - The button that closes the panel.
 * @csspart tabs - The tabs.
 * @csspart tab - One of them.
 * @csspart tab-selected - The one whose list is shown.
 * @csspart count - The number of unread ones, on their tab.
 * @csspart offline - The line shown while the connection is out.
 * @csspart fresh - The button that leads to what is new, further up.
 * @csspart list - The feed of notifications.
 * @csspart item - One notification.
 * @csspart item-unread - One that is unread.
 * @csspart icon - The icon of a type, in the list and in toasts; it has the name of the type as a part, too.
 * @csspart title - A title, in the list and in toasts.
 * @csspart times - How often it has happened, beside the title.
 * @csspart message - A message, in the list and in toasts.
 * @csspart time - When it was created, or until when it sleeps.
 * @csspart action - A small button; each has its name as a part, too: read, unread, archive, unarchive, snooze, wake, remove, dismiss.
 * @csspart dot - The mark of an unread one.
 * @csspart menu - The menu of times to snooze until, and the list of keys.
 * @csspart more - The button below the list.
 * @csspart empty - What is shown when there is nothing.
 * @csspart error - What is shown when the list couldn't be loaded.
 * @csspart signed-out - What is shown without a session.
 * @csspart notice - The line that tells what was done.
 * @csspart undo - The button in it.
 * @csspart footer - What is below the list.
 * @csspart desktop - The button that asks for desktop notifications.
 * @csspart keys - The button that shows the keyboard shortcuts.
 * @csspart toasts - The stack of toasts.
 * @csspart toast - One toast; it has the name of its type as a part, too.
 *
 * @cssprop --belfry-accent - Links, focus and the unread dot.
 * @cssprop --belfry-badge - The badge's background.
 * @cssprop --belfry-surface - Background of panel and toasts.
 * @cssprop --belfry-unread - Background of an unread notification.
 * @cssprop --belfry-text - Text.
 * @cssprop --belfry-muted - Secondary text.
 * @cssprop --belfry-border - Lines.
 * @cssprop --belfry-radius - Corners.
 * @cssprop --belfry-font - Font family.
 * @cssprop --belfry-bell-size - Width and height of the bell.
 * @cssprop --belfry-panel-width - Width of the panel.
 */
export class BelfryInbox extends HTMLElement {
  static readonly observedAttributes = [
    'api',
    'socket',
    'lang',
    'messages',
    'title-badge',
    'app-badge',
    'desktop',
  ];

  readonly #inbox = new Inbox(this, this.attachShadow({ mode: 'open' }));
  #messages: Partial<Messages> | string | null = null;

  /** Words in place of the built-in ones, or the URL of a JSON file with them. */
  get messages(): Partial<Messages> | string | null {
    return this.#messages;
  }

  set messages(value: Partial<Messages> | string | null) {
    this.#messages = value;
    void this.#updateI18n();
  }

  /** Unread notifications; 100 means 100 or more. */
  get unreadCount(): number {
    return this.client.view.unread;
  }

  /** Those that came since the panel was open; 100 means 100 or more. */
  get unseenCount(): number {
    return this.client.view.unseen;
  }

  /** Whether the live connection is open. */
  get live(): boolean {
    return this.client.view.live;
  }

  /** The client behind it; another one after each restart. */
  get client(): BelfryClient {
    return this.#inbox.client;
  }

  /** Opens the panel. */
  open(): void {
    this.#inbox.part('panel').showPopover({ source: this.#inbox.part('bell') });
  }

  /** Closes the panel. */
  close(): void {
    this.#inbox.part('panel').hidePopover();
  }

  /** Drops everything shown and begins again: call it when someone signed in or out. */
  restart(): void {
    // Off the page there is nobody to ring for; connecting begins again.
    if (!this.isConnected) return;
    const api = this.getAttribute('api') ?? '/api';
    const socket = this.getAttribute('socket') ?? '/ws/notification/';
    this.#inbox.start(new BelfryClient({ api, socket }));
  }

  connectedCallback(): void {
    // A page may have set the property before this script had loaded; it then hides the accessor that belongs there.
    if (Object.hasOwn(this, 'messages')) {
      const { messages } = this;
      delete (this as { messages?: unknown }).messages;
      this.messages = messages;
    }
    void this.#updateI18n();
    this.restart();
  }

  disconnectedCallback(): void {
    this.#inbox.open = false;
    this.#inbox.stop();
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after) return;
    if (name === 'messages') this.messages = after;
    if (name === 'lang') void this.#updateI18n();
    if (name === 'api' || name === 'socket') this.restart();
    if (name === 'title-badge') setTitleBadge(0);
    this.#inbox.badge();
    this.#inbox.redraw();
  }

  // A language that can't be loaded leaves the built-in one.
  async #updateI18n(): Promise<void> {
    const messages = this.#messages;
    const fetched = async (url: string) => (await fetch(url)).json();
    const own = typeof messages === 'string' ? await fetched(messages).catch(() => null) : messages;
    if (messages !== this.#messages) return;
    this.#inbox.i18n = createI18n(this.closest<HTMLElement>('[lang]')?.lang ?? '', own);
    this.#inbox.redraw();
  }
}
