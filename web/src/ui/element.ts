/** The element: joins the client, which knows, to the templates, which show. */
import { html, type TemplateResult } from 'lit/html.js';
import { BelfryClient } from '../client/client.js';
import type { ActionName, Failure, Notification } from '../client/view.js';
import { Announcer } from './announcer.js';
import { bell } from './bell.js';
import { focusAfter } from './focus.js';
import { en } from './messages.js';
import { type PanelActions, panel } from './panel.js';
import { placePanel } from './place.js';
import { sheets } from './sheets.js';
import { TemplateElement } from './template-element.js';
import { localeOf } from './time.js';
import { toastStack } from './toast-view.js';
import { Toasts } from './toasts.js';

const TICK_MS = 30_000;

/**
 * A notification bell with its panel and toasts, live over the page's own session.
 *
 * @element belfry-inbox
 *
 * @attr {string} api - Where the REST API is; `/api` unless told.
 * @attr {string} socket - Where the WebSocket is; `/ws/notification/` unless told.
 * @attr {'light' | 'dark'} theme - Overrides the system's colour scheme.
 *
 * @fires belfry-notification - One has just arrived; `detail` is the notification.
 * @fires belfry-unread - The unread count changed; `detail.count`, where 100 means 100 or more.
 *
 * @csspart bell - The button.
 * @csspart badge - The unread count on the bell.
 * @csspart panel - The dialog with the list.
 * @csspart header - Heading and buttons above the list.
 * @csspart mark-all - The button that marks all as read.
 * @csspart close - The button that closes the panel.
 * @csspart list - The feed of notifications.
 * @csspart item - One notification.
 * @csspart item-unread - One that is unread.
 * @csspart icon - The type's icon, in the list and in toasts.
 * @csspart title - A title, in the list and in toasts.
 * @csspart message - A message, in the list and in toasts.
 * @csspart time - When it was created.
 * @csspart action - A small button on a notification or toast.
 * @csspart load-more - The button below the list.
 * @csspart empty - What is shown when there is nothing.
 * @csspart error - What is shown when something failed.
 * @csspart offline - The line shown while the connection is out.
 * @csspart signed-out - What is shown without a session.
 * @csspart toasts - The stack of toasts.
 * @csspart toast - One toast.
 *
 * @cssprop --belfry-accent - Links, focus and the unread dot.
 * @cssprop --belfry-badge - The badge's background.
 * @cssprop --belfry-badge-text - The badge's text.
 * @cssprop --belfry-surface - Background of panel and toasts.
 * @cssprop --belfry-unread - Background of an unread notification.
 * @cssprop --belfry-text - Text.
 * @cssprop --belfry-muted - Secondary text.
 * @cssprop --belfry-border - Lines.
 * @cssprop --belfry-radius - Corners.
 * @cssprop --belfry-shadow - Shadow of panel and toasts.
 * @cssprop --belfry-font - Font family.
 * @cssprop --belfry-bell-size - Width and height of the bell.
 * @cssprop --belfry-panel-width - Width of the panel.
 */
export class BelfryInbox extends TemplateElement {
  static readonly observedAttributes = ['api', 'socket'];

  readonly #words = en;
  readonly #toasts = new Toasts(() => this.requestUpdate());
  readonly #announcer = new Announcer(() => this.requestUpdate(), this.#words);
  #client: BelfryClient | null = null;
  #count = 0;
  #open = false;
  #unfolded: ReadonlySet<string> = new Set();
  #failures: ReadonlyMap<string | null, ActionName> = new Map();
  #tick: ReturnType<typeof setInterval> | undefined;

  readonly #act: PanelActions = {
    markRead: (id) => this.#keepFocus(`a-${id}`, () => this.#retry(id)?.markRead(id)),
    remove: (id) => this.#keepFocus(focusAfter(this.root, id), () => this.#retry(id)?.remove(id)),
    follow: (id) => void this.#client?.markRead(id),
    unfold: (id) => this.#unfold(id),
    markAll: () => void this.#retry(null)?.markAllRead(),
    loadMore: () => void this.#retry(null)?.loadMore(),
    retry: () => void this.#client?.reload(),
    close: () => this.#part('panel').hidePopover(),
    toggling: (event) => this.#toggling(event.newState === 'open'),
    toggled: (event) => this.#toggled(event.newState === 'open'),
  };

  constructor() {
    super(sheets);
  }

  /** Where the REST API is. */
  get api(): string {
    return this.getAttribute('api') ?? '/api';
  }

  set api(value: string) {
    this.setAttribute('api', value);
  }

  /** Where the WebSocket is. */
  get socket(): string {
    return this.getAttribute('socket') ?? '/ws/notification/';
  }

  set socket(value: string) {
    this.setAttribute('socket', value);
  }

  /** `light` or `dark`; the system's choice when null. */
  get theme(): string | null {
    return this.getAttribute('theme');
  }

  set theme(value: string | null) {
    if (value === null) this.removeAttribute('theme');
    else this.setAttribute('theme', value);
  }

  /** Unread notifications; 100 means 100 or more. */
  get unreadCount(): number {
    return this.#count;
  }

  /** Whether the live connection is open. */
  get live(): boolean {
    return this.#client?.view.live ?? false;
  }

  /** Drops everything shown and begins again: call it when someone signed in or out. */
  restart(): void {
    this.#stop();
    // Off the page there is nobody to ring for; connecting begins again.
    if (!this.isConnected) return;
    this.#unfolded = new Set();
    const client = new BelfryClient({ api: this.api, socket: this.socket });
    this.#client = client;
    client.addEventListener('change', this.#onChange);
    client.addEventListener('notification', this.#onNotification);
    client.addEventListener('failed', this.#onFailed);
    this.#toasts.start();
    this.#onChange();
    void client.start();
  }

  connectedCallback(): void {
    for (const name of ['api', 'socket', 'theme'] as const) this.#adopt(name);
    this.restart();
  }

  disconnectedCallback(): void {
    this.#stop();
    this.#toggled(false);
  }

  attributeChangedCallback(_name: string, before: string | null, after: string | null): void {
    if (this.#client && before !== after) this.restart();
  }

  protected override template(): TemplateResult {
    const view = this.#client?.view;
    if (!view) return html``;
    const words = this.#words;
    const lang = localeOf(this.closest<HTMLElement>('[lang]')?.lang, words.lang);
    const context = {
      view,
      words,
      lang,
      now: Date.now(),
      unfolded: this.#unfolded,
      failures: this.#failures,
      act: this.#act,
    };
    const stack = toastStack(this.#toasts.items, words, {
      follow: this.#act.follow,
      dismiss: (id) => void this.#dismiss(id),
      hold: (reason, on) => this.#toasts.hold(reason, on),
    });
    return html`${bell(view.unread, this.#open, view.offline, words)}${panel(context)}${stack}${this.#announcer.render()}`;
  }

  protected override drawn(): void {
    const stack = this.#part('toasts');
    const up = stack.matches(':popover-open');
    if (up !== this.#toasts.items.length > 0) stack.togglePopover(!up);
  }

  #onChange = (): void => {
    const count = this.#client?.view.unread ?? 0;
    if (count !== this.#count) {
      this.#count = count;
      this.#fire('belfry-unread', { count });
    }
    const unread = new Set(this.#client?.view.items.filter((item) => !item.read).map((item) => item.id));
    this.#toasts.keep(unread);
    void this.requestUpdate();
  };

  #onNotification = (event: Event): void => {
    const item = (event as CustomEvent<Notification>).detail;
    this.#toasts.show(item);
    this.#announcer.announce(item);
    this.#fire('belfry-notification', item);
  };

  // What failed before is no longer of interest once it is tried again.
  #retry(id: string | null): BelfryClient | null {
    const failures = new Map(this.#failures);
    failures.delete(id);
    this.#failures = failures;
    return this.#client;
  }

  #onFailed = (event: Event): void => {
    const { id, action } = (event as CustomEvent<Failure>).detail;
    this.#failures = new Map(this.#failures).set(id, action);
    void this.requestUpdate();
  };

  // The top layer stacks by time of opening, and toasts belong above a panel that opened after them.
  #lift(): void {
    const stack = this.#part('toasts');
    if (!stack.matches(':popover-open')) return;
    stack.hidePopover();
    stack.showPopover();
  }

  #fire(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  // A page may set a property before this script has loaded; it then hides the accessor that belongs there.
  #adopt(name: 'api' | 'socket' | 'theme'): void {
    if (!Object.hasOwn(this, name)) return;
    const value = this[name];
    delete (this as Partial<Record<typeof name, unknown>>)[name];
    Object.assign(this, { [name]: value });
  }

  #stop(): void {
    this.#client?.removeEventListener('change', this.#onChange);
    this.#client?.removeEventListener('notification', this.#onNotification);
    this.#client?.stop();
    this.#client = null;
    this.#toasts.stop();
    this.#announcer.stop();
  }

  #part(name: string): HTMLElement {
    return this.root.querySelector<HTMLElement>(`.${name}`) as HTMLElement;
  }

  #unfold(id: string): void {
    const unfolded = new Set(this.#unfolded);
    if (!unfolded.delete(id)) unfolded.add(id);
    this.#unfolded = unfolded;
    void this.requestUpdate();
  }

  #place = (): void => placePanel(this.#part('panel'), this.#part('bell'));

  // The browser's own restoring of focus doesn't reach into every shadow root.
  #toggling(open: boolean): void {
    if (!open && this.#part('panel').contains(this.focused)) this.#part('bell').focus();
  }

  #toggled(open: boolean): void {
    this.#open = open;
    clearInterval(this.#tick);
    window.removeEventListener('resize', this.#place);
    window.removeEventListener('scroll', this.#place, true);
    void this.requestUpdate();
    if (!open) return;
    this.#place();
    this.#lift();
    this.#tick = setInterval(() => this.requestUpdate(), TICK_MS);
    window.addEventListener('resize', this.#place);
    window.addEventListener('scroll', this.#place, { capture: true, passive: true });
  }

  // An action can remove the button it came from; focus then goes where the reader was.
  #keepFocus(id: string, action: () => void): void {
    const inside = this.focused?.closest('article') != null;
    action();
    if (inside) void this.requestUpdate().then(() => this.root.getElementById(id)?.focus());
  }

  async #dismiss(id: string): Promise<void> {
    const byKey = this.focused?.matches('.toast :focus-visible') ?? false;
    this.#toasts.dismiss(id);
    await this.requestUpdate();
    const next = this.root.querySelector<HTMLElement>('.toast .icon') ?? this.#part('bell');
    if (byKey) next.focus();
    // An element that is removed with the focus in it doesn't say that focus has left.
    this.#toasts.hold('focus', this.focused?.closest('.toast') != null);
  }
}
