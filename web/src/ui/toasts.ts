/** Toasts: at most three, each for a while, and the clock stands still while someone looks at them. */
import type { Notification } from '../client/view.js';
import { isCritical } from './announcer.js';

const MOST = 3;
const SHORT_MS = 6_000;
const LONG_MS = 12_000;

interface Toast {
  readonly item: Notification;
  left: number;
  since: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Which notifications are up as toasts. */
export class Toasts {
  #toasts: Toast[] = [];
  readonly #holds = new Set<string>();

  constructor(private readonly changed: () => void) {}

  /** What is up, oldest first. */
  get items(): readonly Notification[] {
    return this.#toasts.map((toast) => toast.item);
  }

  /** Puts a notification up; the oldest gives way. */
  show(item: Notification): void {
    const left = isCritical(item.type) ? LONG_MS : SHORT_MS;
    const toast: Toast = { item, left, since: 0, timer: undefined };
    this.#toasts.push(toast);
    for (const old of this.#toasts.splice(0, this.#toasts.length - MOST)) clearTimeout(old.timer);
    if (this.#holds.size === 0) this.#run(toast);
    this.changed();
  }

  /** Takes one down. */
  dismiss(id: string): void {
    for (const toast of this.#toasts) if (toast.item.id === id) clearTimeout(toast.timer);
    this.#toasts = this.#toasts.filter((toast) => toast.item.id !== id);
    // With the last toast goes the pointer or focus event that would have lifted its hold.
    if (this.#toasts.length === 0) this.#release();
    this.changed();
  }

  /** Takes down what was read or deleted meanwhile, here or on another device. */
  keep(unread: ReadonlySet<string>): void {
    for (const { item } of [...this.#toasts]) if (!unread.has(item.id)) this.dismiss(item.id);
  }

  /** Takes all down. */
  clear(): void {
    for (const { item } of [...this.#toasts]) this.dismiss(item.id);
  }

  /** Stops the clocks for a reason, or lets them run when no reason is left. */
  hold(reason: 'hover' | 'focus' | 'away', on: boolean): void {
    const held = this.#holds.size > 0;
    if (on) this.#holds.add(reason);
    else this.#holds.delete(reason);
    if (!held && on) for (const toast of this.#toasts) this.#pause(toast);
    if (held && this.#holds.size === 0) for (const toast of this.#toasts) this.#run(toast);
  }

  /** Begins to watch whether the tab is looked at. */
  start(): void {
    document.addEventListener('visibilitychange', this.#look);
    this.#look();
  }

  /** Takes everything down and watches no more. */
  stop(): void {
    document.removeEventListener('visibilitychange', this.#look);
    this.clear();
  }

  #look = (): void => this.hold('away', document.hidden);

  #release(): void {
    this.#holds.delete('hover');
    this.#holds.delete('focus');
  }

  #run(toast: Toast): void {
    toast.since = Date.now();
    toast.timer = setTimeout(() => this.dismiss(toast.item.id), toast.left);
  }

  #pause(toast: Toast): void {
    clearTimeout(toast.timer);
    toast.left = Math.max(1_500, toast.left - (Date.now() - toast.since));
  }
}
