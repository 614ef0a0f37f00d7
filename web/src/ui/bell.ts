/** The bell: a button that opens the panel, with the unread count on it and in its name. */
import { html, nothing, type TemplateResult } from 'lit/html.js';
import { icon } from './icons.js';
import type { Messages } from './messages.js';

/** Draws the bell. */
export function bell(unread: number, open: boolean, offline: boolean, words: Messages): TemplateResult {
  const badge = html`<span class="badge" part="badge" aria-hidden="true">${unread > 99 ? '99+' : unread}</span>`;
  return html`<button
    class="bell ${offline ? 'faint' : ''}"
    part="bell"
    type="button"
    popovertarget="panel"
    aria-haspopup="dialog"
    aria-expanded=${open}
    aria-label=${words.bell(unread)}
  >
    ${icon('bell')}${unread > 0 ? badge : nothing}
  </button>`;
}
