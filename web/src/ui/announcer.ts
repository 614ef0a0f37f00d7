/** Tells screen readers what arrived, through two live regions that are always there. A burst is told as one. */
import type { Notification } from '../client/index.js';
import { type Drawing, h } from './draw.js';
import { stripBidiControls } from './i18n.js';
import { isCritical, knownType } from './icons.js';
import type { Inbox } from './inbox.js';

const GATHER_MS = 400;
const CLEAR_MS = 5_000;

/** What is told and what waits to be. */
export class Announcer {
  #told: readonly Notification[] = [];
  #waiting: Notification[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly inbox: Inbox) {}

  /** Tells of one, soon. */
  tell(item: Notification): void {
    this.#waiting.push(item);
    this.#next(GATHER_MS);
  }

  /** Tells nothing more. */
  stop(): void {
    this.#waiting = [];
    this.#next(0);
  }

  /** The regions: `alert` for what mustn't wait, `status` for the rest. */
  regions(): readonly Drawing[] {
    return [false, true].map((urgent) => {
      const told = this.#told.filter(({ type }) => isCritical(type) === urgent);
      return h('div.hidden', { role: urgent ? 'alert' : 'status' }, this.#sentence(told));
    });
  }

  #next(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#told = this.#waiting;
      this.#waiting = [];
      this.inbox.redraw();
      if (this.#told.length) this.#next(CLEAR_MS);
    }, ms);
  }

  #sentence(items: readonly Notification[]): string {
    const { formatMessage } = this.inbox.i18n;
    const last = items.at(-1);
    if (!last) return '';
    if (items.length > 1) return formatMessage('arrived', { n: items.length, title: last.title });
    return stripBidiControls(
      `${formatMessage(`type.${knownType(last.type)}`)}: ${last.title}. ${last.message}`,
    );
  }
}
