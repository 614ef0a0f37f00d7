/** The panel: a non-modal dialog in the top layer, with the list or the reason why there is none. */

import { repeat } from 'lit/directives/repeat.js';
import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { ActionName, ClientView } from '../client/view.js';
import { onFeedKey } from './feed-keys.js';
import { type IconName, icon } from './icons.js';
import { type ItemActions, item } from './item.js';
import type { Messages } from './messages.js';

/** What can be done in the panel. */
export interface PanelActions extends ItemActions {
  markAll(): void;
  loadMore(): void;
  retry(): void;
  close(): void;
  toggling(event: ToggleEvent): void;
  toggled(event: ToggleEvent): void;
}

/** How the panel is shown. */
export interface PanelContext {
  readonly view: ClientView;
  readonly now: number;
  readonly lang: string;
  readonly words: Messages;
  readonly unfolded: ReadonlySet<string>;
  /** What failed, by notification; under null what was about all of them. */
  readonly failures: ReadonlyMap<string | null, ActionName>;
  readonly act: PanelActions;
}

function note(name: IconName, heading: string, text: string, part: string, more: unknown = nothing) {
  return html`<div class="note" part=${part}>
    <span class="figure">${icon(name)}</span>
    <p class="strong">${heading}</p>
    <p>${text}</p>
    ${more}
  </div>`;
}

function skeleton(words: Messages): TemplateResult {
  const row = html`<div class="bone"><i></i><b></b><b></b></div>`;
  return html`<p class="hidden" role="status">${words.loading}</p>
    <div aria-hidden="true">${row}${row}${row}${row}</div>`;
}

function feed({ view, now, lang, words, unfolded, failures, act }: PanelContext): TemplateResult {
  const size = view.more ? -1 : view.items.length;
  const row = (it: (typeof view.items)[number], index: number) =>
    item(it, {
      position: index + 1,
      size,
      now,
      lang,
      words,
      act,
      unfolded: unfolded.has(it.id),
      failure: failures.get(it.id),
    });
  return html`<div
    role="feed"
    part="list"
    aria-labelledby="heading"
    aria-busy=${view.loadingMore}
    @keydown=${onFeedKey}
  >
    ${repeat(view.items, (it) => it.id, row)}
  </div>`;
}

function loadMore({ view, words, act }: PanelContext): TemplateResult {
  return html`<button class="more" part="load-more" type="button" @click=${act.loadMore}>
    ${view.loadingMore ? words.loadingMore : words.loadMore}
  </button>`;
}

function body(context: PanelContext): TemplateResult {
  const { view, words, act } = context;
  if (view.status === 'signed-out')
    return note('key', words.signedOutTitle, words.signedOutText, 'signed-out');
  if (view.status === 'loading') return skeleton(words);
  if (view.status === 'error') {
    const retry = html`<button class="more" type="button" @click=${act.retry}>${words.retry}</button>`;
    return note('cloud', words.errorTitle, words.errorText, 'error', retry);
  }
  if (view.items.length === 0 && !view.more) return note('bell', words.emptyTitle, words.emptyText, 'empty');
  return html`${feed(context)} ${view.more ? loadMore(context) : nothing}`;
}

/** Draws the panel. */
export function panel(context: PanelContext): TemplateResult {
  const { view, words, act } = context;
  const failure = context.failures.get(null);
  const offline = html`<p class="offline" part="offline" role="status">${icon('cloud')} ${words.offline}</p>`;
  return html`<div
    id="panel"
    class="panel"
    part="panel"
    popover
    role="dialog"
    aria-labelledby="heading"
    tabindex="-1"
    autofocus
    @beforetoggle=${act.toggling}
    @toggle=${act.toggled}
  >
    <div class="head" part="header">
      <h2 id="heading">${words.heading}</h2>
      <button class="text" part="mark-all" type="button" aria-disabled=${view.unread === 0} @click=${act.markAll}>
        ${words.markAll}
      </button>
      <button class="icon" part="close" type="button" aria-label=${words.close} @click=${act.close}>
        ${icon('close')}
      </button>
    </div>
    ${view.offline && view.status === 'ready' ? offline : nothing}
    ${failure ? html`<p class="failure" part="error" role="alert">${words.failures[failure]}</p>` : nothing}
    <div class="scroll">${body(context)}</div>
  </div>`;
}
