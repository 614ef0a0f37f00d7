/** Clicks, keys and swipes, heard at one place and told by what they mean. */
import { execute } from './commands.js';
import type { Inbox } from './inbox.js';
import { commandFor, focusTargetFor } from './keys.js';
import { swipe } from './swipe.js';

function onClick(inbox: Inbox, event: MouseEvent, source: HTMLElement): void {
  const button = source.closest('button');
  const item = inbox.at(source);
  const link = source.closest('a');
  // Who selects text to copy it doesn't mean to open anything.
  const meant = link || (source.closest('article') && !`${getSelection()}`);
  if (button) execute(inbox, button.classList[0] ?? '', button);
  // The middle button follows a link too; the right one only asks about it.
  else if (item && (event.button ? link && event.button === 1 : meant)) inbox.follow(item, event);
}

function onKey(inbox: Inbox, event: KeyboardEvent, source: HTMLElement): void {
  const panel = inbox.part('panel');
  const isDismissal = event.key === 'Escape' && source.closest('.toast');
  if (!isDismissal && !panel.contains(source)) return;
  const target = focusTargetFor(event, source, panel);
  const command = isDismissal ? 'dismiss' : commandFor(event, source);
  if (!target && !command) return;
  event.preventDefault();
  if (!target) execute(inbox, command ?? '', source);
  target?.focus();
  if (target?.role === 'tab') target.click();
}

/** Begins to listen. What the page has put into slots is the page's own business. */
export function listenForInput(inbox: Inbox): void {
  const on = <E extends Event>(
    types: string,
    handler: (inbox: Inbox, event: E, source: HTMLElement) => void,
  ) => {
    const own = (event: Event) => {
      const source = event.target as HTMLElement;
      if (source.getRootNode() === inbox.root) handler(inbox, event as E, source);
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
