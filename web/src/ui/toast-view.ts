/** How toasts look: a stack in the top layer, so that no page's layout can clip or cover them. */

import { repeat } from 'lit/directives/repeat.js';
import { html, type TemplateResult } from 'lit/html.js';
import type { Notification } from '../client/view.js';
import { icon, knownType } from './icons.js';
import { title } from './item.js';
import type { Messages } from './messages.js';

/** What can be done with a toast. */
export interface ToastActions {
  follow(id: string): void;
  dismiss(id: string): void;
  hold(reason: 'hover' | 'focus', on: boolean): void;
}

function toast(item: Notification, words: Messages, act: ToastActions): TemplateResult {
  const type = knownType(item.type);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') act.dismiss(item.id);
  };
  return html`<div class="toast ${type}" part="toast" data-id=${item.id} @keydown=${onKey}>
    <span class="type ${type}" part="icon">${icon(type)}</span>
    <div class="body">
      <p class="meta"><span class=${type}>${words.types[type]}</span></p>
      <p class="strong cut" part="title" dir="auto">${title(item, () => act.follow(item.id))}</p>
      <p class="message cut" part="message" dir="auto">${item.message}</p>
    </div>
    <button
      class="icon"
      part="action"
      type="button"
      aria-label=${words.about(words.dismiss, item.title)}
      @click=${() => act.dismiss(item.id)}
    >
      ${icon('close')}
    </button>
  </div>`;
}

/** Draws the stack. */
export function toastStack(
  items: readonly Notification[],
  words: Messages,
  act: ToastActions,
): TemplateResult {
  return html`<div
    class="toasts"
    part="toasts"
    popover="manual"
    role="region"
    aria-label=${words.toasts}
    @pointerenter=${() => act.hold('hover', true)}
    @pointerleave=${() => act.hold('hover', false)}
    @focusin=${() => act.hold('focus', true)}
    @focusout=${() => act.hold('focus', false)}
  >
    ${repeat(
      items,
      (item) => item.id,
      (item) => toast(item, words, act),
    )}
  </div>`;
}
