/** Clicks, keys and swipes, heard at one place and told by what they mean. */
import { perform } from './deeds.js';
import type { Inbox } from './inbox.js';
import { deedFor, placeFor } from './keys.js';
import { swipe } from './swipe.js';

function onClick(inbox: Inbox, event: MouseEvent, source: HTMLElement): void {
  const button = source.closest('button');
  const item = inbox.at(source);
  const link = source.closest('a');
  // Who selects text to copy it doesn't mean to open anything.
  const meant = link || (source.closest('article') && !`${getSelection()}`);
  if (button) perform(inbox, button.classList[0] ?? '', button);
  // The middle button follows a link too; the right one only asks about it.
  else if (item && (event.button ? link && event.button === 1 : meant)) inbox.follow(item, event);
}

function onKey(inbox: Inbox, event: KeyboardEvent, source: HTMLElement): void {
  const panel = inbox.part('panel');
  const away = event.key === 'Escape' && source.closest('.toast');
  if (!away && !panel.contains(source)) return;
  const place = placeFor(event, source, panel);
  const deed = away ? 'dismiss' : deedFor(event, source);
  if (!place && !deed) return;
  event.preventDefault();
  if (!place) perform(inbox, deed ?? '', source);
  place?.focus();
  if (place?.role === 'tab') place.click();
}

/** Begins to listen. What the page has put into slots is the page's own business. */
export function listen(inbox: Inbox): void {
  const on = <E extends Event>(
    types: string,
    heard: (inbox: Inbox, event: E, source: HTMLElement) => void,
  ) => {
    const own = (event: Event) => {
      const source = event.target as HTMLElement;
      if (source.getRootNode() === inbox.root) heard(inbox, event as E, source);
    };
    for (const type of types.split(' ')) inbox.root.addEventListener(type, own, true);
  };
  on('click auxclick', onClick);
  on('keydown', onKey);
  on('pointerdown', swipe);
  on('pointerover pointerout focusin focusout', ({ toasts }) => toasts.wind());
  on('beforetoggle', (_, { newState }: ToggleEvent, source) => inbox.toggling(source, newState === 'open'));
  on('scroll', () => inbox.scrolled());
}
