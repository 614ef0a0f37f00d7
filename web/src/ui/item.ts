/** One notification in the list. */
import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { ActionName, Notification } from '../client/view.js';
import { icon, knownType } from './icons.js';
import type { Messages } from './messages.js';
import { absoluteTime, relativeTime } from './time.js';

// About three lines of the panel; a longer message is cut there until it is unfolded.
const LONG = 150;

/** What can be done with one notification. */
export interface ItemActions {
  markRead(id: string): void;
  remove(id: string): void;
  follow(id: string): void;
  unfold(id: string): void;
}

/** Where and how a notification is shown. */
export interface ItemContext {
  readonly position: number;
  /** -1 while the list goes on beyond what is loaded. */
  readonly size: number;
  readonly now: number;
  readonly lang: string;
  readonly words: Messages;
  readonly unfolded: boolean;
  readonly failure: ActionName | undefined;
  readonly act: ItemActions;
}

/** The title, as a link if the notification leads somewhere safe. */
export function title(item: Pick<Notification, 'title' | 'url'>, follow: () => void): TemplateResult {
  const href = item.url;
  if (href === null) return html`${item.title}`;
  // The middle button follows a link too; the right one only asks about it.
  const onAux = (event: MouseEvent) => event.button === 1 && follow();
  return html`<a href=${href} rel="noopener" @click=${follow} @auxclick=${onAux}>${item.title}</a>`;
}

function message(item: Notification, { words, unfolded, act }: ItemContext): TemplateResult {
  const long = item.message.length > LONG || item.message.split('\n').length > 3;
  const toggle = html`<button class="text" type="button" aria-expanded=${unfolded} @click=${() => act.unfold(item.id)}>
    ${unfolded ? words.showLess : words.showMore}
  </button>`;
  return html`<p
      id="m-${item.id}"
      class="message ${long && !unfolded ? 'cut' : ''}"
      part="message"
      dir="auto"
      >${item.message}</p
    >
    ${long ? toggle : nothing}`;
}

function actions(item: Notification, { words, act }: ItemContext): TemplateResult {
  const read = html`<button
    class="icon"
    part="action"
    type="button"
    title=${words.markRead}
    aria-label=${words.about(words.markRead, item.title)}
    @click=${() => act.markRead(item.id)}
  >
    ${icon('check')}
  </button>`;
  return html`<div class="actions">
    ${item.read ? nothing : read}
    <button
      class="icon"
      part="action"
      type="button"
      title=${words.remove}
      aria-label=${words.about(words.remove, item.title)}
      @click=${() => act.remove(item.id)}
    >
      ${icon('trash')}
    </button>
  </div>`;
}

/** Draws one notification. */
export function item(item: Notification, context: ItemContext): TemplateResult {
  const { words, lang, now, act, failure } = context;
  const type = knownType(item.type);
  const unread = html`<span class="dot"></span><span class="hidden">${words.unread}</span>`;
  return html`<article
    id="a-${item.id}"
    class="item ${item.read ? '' : 'unread'}"
    part="item ${item.read ? '' : 'item-unread'}"
    tabindex="0"
    aria-posinset=${context.position}
    aria-setsize=${context.size}
    aria-labelledby="t-${item.id}"
    aria-describedby="m-${item.id}"
  >
    <span class="type ${type}" part="icon">${icon(type)}</span>
    <div class="body">
      <h3 id="t-${item.id}" part="title" dir="auto">${title(item, () => act.follow(item.id))}</h3>
      ${message(item, context)}
      <div class="foot">
        <p class="meta">
          <span class=${type}>${words.types[type]}</span>
          <time datetime=${item.createdAt} title=${absoluteTime(item.createdAt, lang)} part="time"
            >${relativeTime(item.createdAt, now, lang, words.now)}</time
          >
        </p>
        ${actions(item, context)}
      </div>
      ${failure ? html`<p class="failure" part="error" role="alert">${words.failures[failure]}</p>` : nothing}
    </div>
    ${item.read ? nothing : unread}
  </article>`;
}
