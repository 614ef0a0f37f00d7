/** Toasts: at most three, each for a while. Their clocks start again as long as someone looks, and for who comes back. */
import type { Notification } from '../client/index.js';
import { iconButton } from './button.js';
import { type Drawing, h } from './draw.js';
import { stripBidiControls } from './i18n.js';
import { isCritical, knownType } from './icons.js';
import type { Inbox } from './inbox.js';
import { titleOf, typeOf } from './item.js';

const MOST = 3;
const SHORT_MS = 6_000;
const LONG_MS = 12_000;

/** Which notifications are up as toasts. */
export class Toasts {
  /** What is up, oldest first. */
  items: readonly Notification[] = [];
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(private readonly inbox: Inbox) {}

  /** Has these up and no others; of too many, the last. */
  show(items: readonly Notification[]): void {
    this.items = items.slice(-MOST);
    for (const item of this.items) if (!this.#timers.has(item.id)) this.#wind(item);
    this.inbox.redraw();
  }

  /** Takes one down. */
  dismiss(id: string): void {
    this.show(this.items.filter((item) => item.id !== id));
  }

  /** Starts all clocks again. */
  wind(): void {
    for (const item of this.items) this.#wind(item);
  }

  #wind({ id, type }: Notification): void {
    clearTimeout(this.#timers.get(id));
    const end = () => {
      if (document.hidden || this.inbox.part('toasts').matches(':hover, :focus-within')) this.wind();
      else this.dismiss(id);
    };
    this.#timers.set(id, setTimeout(end, isCritical(type) ? LONG_MS : SHORT_MS));
  }
}

/** Draws the stack, in the top layer, so that no page's layout can clip or cover it. */
export function toastStack({ toasts, i18n }: Inbox): Drawing {
  const toast = (it: Notification) => {
    const [picture, name] = typeOf(it, i18n);
    const label = i18n.formatMessage('about', { action: i18n.formatMessage('dismiss'), title: it.title });
    return h(
      `div#n-${it.id}.toast.${knownType(it.type)}`,
      {},
      picture,
      h(
        'div.body',
        {},
        h('p.meta', {}, name),
        h('p.title.cut', { dir: 'auto' }, ...titleOf(it, i18n)),
        h('p.message.cut', { dir: 'auto' }, stripBidiControls(it.message)),
      ),
      iconButton('dismiss', 'close', label),
    );
  };
  const stack = { popover: 'manual', role: 'region', 'aria-label': i18n.formatMessage('toasts') };
  return h('div#toasts.toasts', stack, ...toasts.items.map(toast));
}
