/** Tells screen readers what arrived, through two live regions that are always there. */
import { html, type TemplateResult } from 'lit/html.js';
import type { Notification } from '../client/view.js';
import { knownType } from './icons.js';
import type { Messages } from './messages.js';

const GATHER_MS = 400;
const CLEAR_MS = 5_000;

const critical = new Set<string>(['error', 'report_error', 'permission_denied']);

/** Whether a type may interrupt what a screen reader is saying. */
export function isCritical(type: string): boolean {
  return critical.has(type);
}

/** The live regions: `status` for most, `alert` for what mustn't wait. A burst is told as one. */
export class Announcer {
  #polite = '';
  #urgent = '';
  #waiting: Notification[] = [];
  #gather: ReturnType<typeof setTimeout> | undefined;
  #clear: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly changed: () => void,
    private readonly words: Messages,
  ) {}

  /** Tells of a notification, soon. */
  announce(item: Notification): void {
    this.#waiting.push(item);
    clearTimeout(this.#gather);
    this.#gather = setTimeout(() => this.#tell(), GATHER_MS);
  }

  /** Says nothing more of what it was told. */
  stop(): void {
    clearTimeout(this.#gather);
    clearTimeout(this.#clear);
    this.#waiting = [];
    this.#hush();
  }

  #tell(): void {
    const told = this.#waiting;
    this.#waiting = [];
    this.#urgent = this.#sentence(told.filter((item) => isCritical(item.type)));
    this.#polite = this.#sentence(told.filter((item) => !isCritical(item.type)));
    this.changed();
    clearTimeout(this.#clear);
    this.#clear = setTimeout(() => this.#hush(), CLEAR_MS);
  }

  #sentence(items: readonly Notification[]): string {
    const last = items.at(-1);
    if (!last) return '';
    if (items.length > 1) return this.words.arrived(items.length, last.title);
    return `${this.words.types[knownType(last.type)]}: ${last.title}. ${last.message}`;
  }

  #hush(): void {
    this.#polite = '';
    this.#urgent = '';
    this.changed();
  }

  /** Draws the regions, which only screen readers perceive. */
  render(): TemplateResult {
    return html`<div class="hidden" role="status">${this.#polite}</div>
      <div class="hidden" role="alert">${this.#urgent}</div>`;
  }
}
