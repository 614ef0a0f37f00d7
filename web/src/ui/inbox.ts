/** One element's inbox: what the client knows, how it is shown, and how the two are kept together. */
import { BelfryClient, type ClientView, type Failure, type Notification, UNDO_MS } from '../client/index.js';
import { Announcer } from './announcer.js';
import { setAppBadge, setTitleBadge } from './badges.js';
import { bell } from './bell.js';
import { showOnDesktop } from './desktop.js';
import { draw } from './draw.js';
import { keepFocus } from './focus.js';
import { listenForInput } from './gestures.js';
import { createI18n, type I18n } from './i18n.js';
import type { Messages } from './messages.js';
import { panel } from './panel.js';
import { ring } from './sound.js';
import { styleSheets } from './styles.js';
import { Toasts, toastStack } from './toasts.js';

const TICK_MS = 30_000;
/** Scrolled down by more than this, new notifications wait, so that the list doesn't move under the reader. */
const TOP_PX = 24;

/** The line below the list: what was done with a notification, or, without one, that something failed. */
export interface Notice {
  readonly says: keyof Messages;
  readonly item?: Notification;
}

/** What is shown, and how it changes. */
export class Inbox {
  client = new BelfryClient();
  i18n: I18n = createI18n('', null);
  open = false;
  /** The notification that is about to be snoozed. */
  snoozing: Notification | null = null;
  notice: Notice | null = null;
  readonly toasts = new Toasts(this);
  readonly #announcer = new Announcer(this);
  readonly #end = new IntersectionObserver(
    (all) => all.some((it) => it.isIntersecting) && this.client.loadMore(),
    {
      scrollMargin: '300px',
    },
  );
  #life: AbortController | undefined;
  #drawing = false;
  #told: ReturnType<typeof setTimeout> | undefined;
  #counts = '0 0';
  #seen: string | undefined;

  constructor(
    readonly host: HTMLElement,
    readonly root: ShadowRoot,
  ) {
    root.adoptedStyleSheets = styleSheets;
    listenForInput(this);
  }

  /** What the client knows. */
  get view(): ClientView {
    return this.client.view;
  }

  /** Whether the tab shown is one in which new notifications appear. */
  get listed(): boolean {
    return /^(all|unread)$/.test(this.view.tab);
  }

  /** The element with this id. */
  part = (id: string): HTMLElement => this.root.getElementById(id) as HTMLElement;

  /** Begins with a client. */
  start(client: BelfryClient): void {
    this.stop();
    this.client = client;
    this.#life = new AbortController();
    const { signal } = this.#life;
    const on = (type: string, heard: (detail: never) => void) =>
      client.addEventListener(type, (event) => heard((event as CustomEvent<never>).detail), { signal });
    on('change', () => this.#changed());
    on('notification', (item: Notification) => this.#arrived(item));
    on('failed', ({ action }: Failure) => action !== 'markSeen' && this.tell({ says: 'failed' }));
    document.addEventListener('visibilitychange', () => this.#back(), { signal });
    const tick = setInterval(this.redraw, TICK_MS);
    signal.addEventListener('abort', () => clearInterval(tick));
    this.draw();
    void client.start();
  }

  /** Ends with it, and with everything that is shown of it. */
  stop(): void {
    this.#life?.abort();
    // One that never started has nothing to end, and would forget what the last page has left.
    if (this.#life) this.client.stop();
    this.#life = undefined;
    this.client = new BelfryClient();
    this.#announcer.stop();
    this.tell(null);
    this.#changed();
  }

  /** Draws soon, once for any number of requests in the same turn. */
  redraw = (): void => {
    if (!this.#drawing) queueMicrotask(() => this.draw());
    this.#drawing = true;
  };

  /** Draws now. */
  draw(): void {
    this.#drawing = false;
    if (!this.host.isConnected) return;
    const { items, more } = this.view;
    const focus = keepFocus(this.root, this.part('panel'));
    draw(this.root, [bell(this), panel(this), toastStack(this), ...this.#announcer.regions()]);
    this.#number(`${more ? -1 : items.length}`);
    focus();
    // Watching one again changes nothing: each end of a list loads by itself once.
    const end = this.part(`more-${items.length}`);
    if (end) this.#end.observe(end);
    const stack = this.part('toasts');
    if (stack.matches(':popover-open') !== this.toasts.items.length > 0) stack.togglePopover();
  }

  // A new one at the top moves all others by one, which is no reason to draw them again.
  #number(size: string): void {
    let n = 0;
    for (const article of this.part('feed')?.children ?? []) {
      n += 1;
      if (article.ariaPosInSet !== `${n}`) article.ariaPosInSet = `${n}`;
      if (article.ariaSetSize !== size) article.ariaSetSize = size;
    }
  }

  /** The notification at an element. */
  at(source: Element): Notification | undefined {
    const id = source.closest('.item, .toast')?.id.slice(2);
    return [...this.view.items, ...this.toasts.items].find((item) => item.id === id);
  }

  /** Does what a click on a notification does. */
  follow(item: Notification, event: Event): void {
    if (!this.#fire('click', item)) event.preventDefault();
    void this.client.markRead(item.id);
  }

  /** Says what was done, for as long as it can be undone. */
  tell(notice: Notice | null): void {
    clearTimeout(this.#told);
    this.notice = notice;
    if (notice) this.#told = setTimeout(() => this.tell(null), UNDO_MS);
    this.redraw();
  }

  /** Holds new notifications back while the list is scrolled down; `up` goes where none are. */
  scrolled(up?: true): void {
    const list = this.part('scroll');
    if (up) list.scrollTop = 0;
    this.client.hold(this.open && list.scrollTop > TOP_PX);
  }

  /** A popover is about to open or close. The browser's own restoring of focus doesn't reach into every shadow root. */
  toggling({ id }: Element, open: boolean): void {
    const back = id === 'panel' ? 'bell' : id === 'menu' ? `a-${this.snoozing?.id}` : 'panel';
    if (!open && this.part(id).contains(this.root.activeElement)) this.part(back)?.focus();
    if (id === 'panel') this.#panelToggling(open);
  }

  /** Takes a toast down, and keeps the focus of who does it by key near. */
  dismiss(id: string): void {
    const byKey = this.root.activeElement?.matches('.toast :focus-visible');
    this.toasts.dismiss(id);
    this.draw();
    if (byKey) (this.root.querySelector<HTMLElement>('.toast .action') ?? this.part('bell')).focus();
  }

  #panelToggling(open: boolean): void {
    this.open = open;
    this.#seen = '';
    if (!open) {
      this.tell(null);
      this.scrolled();
      void this.client.show('all');
    }
    this.#changed();
    this.draw();
  }

  #changed(): void {
    const { items, unread, unseen } = this.view;
    // The open list shows what toasts would, and what was read or put away meanwhile needs none.
    const unreadNow = (id: string) => items.find((item) => item.id === id && !item.read && !this.open);
    this.toasts.show(this.toasts.items.flatMap(({ id }) => unreadNow(id) ?? []));
    this.#looked();
    const counts = `${unread} ${unseen}`;
    if (this.#counts === counts) return;
    this.#counts = counts;
    this.badge();
    this.#fire('unread', { count: unread, unseen });
  }

  /** Shows the count where the page wants it. */
  badge(): void {
    const { host, view } = this;
    if (host.hasAttribute('title-badge')) setTitleBadge(view.unseen);
    if (host.hasAttribute('app-badge')) setAppBadge(view.unseen);
  }

  #arrived(item: Notification): void {
    const { host } = this;
    this.#announcer.tell(item);
    if (!this.#fire('notification', item)) return;
    if (!this.open) this.toasts.show([...this.toasts.items, item]);
    if (host.hasAttribute('sound')) ring();
    if (host.hasAttribute('desktop')) showOnDesktop(item, () => this.part('panel').showPopover());
  }

  // Who comes back to the page has not seen what came meanwhile.
  #back(): void {
    this.toasts.wind();
    this.#looked();
  }

  // What is on screen has been seen. Asked for once for each newest one: a refusal isn't asked again and again.
  #looked(): void {
    const { items, unseen, fresh } = this.view;
    const newest = items[0]?.id;
    if (!this.open || document.hidden || !this.listed || fresh || !unseen || newest === this.#seen) return;
    this.#seen = newest;
    void this.client.markSeen();
  }

  #fire(name: string, detail: unknown): boolean {
    const told = new CustomEvent(`belfry-${name}`, {
      detail,
      bubbles: true,
      composed: true,
      cancelable: true,
    });
    return this.host.dispatchEvent(told);
  }
}
