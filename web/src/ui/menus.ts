/** What opens over the panel: the times until which one can be snoozed, and what the keys do. */
import { type Drawing, h } from './draw.js';
import type { Inbox } from './inbox.js';
import { snoozeTimes, time } from './time.js';

/** Draws the menu of times, which is filled while it is asked for. */
export function snoozeMenu({ snoozing, words: { locale, say } }: Inbox): Drawing {
  const times = snoozing ? snoozeTimes(Date.now(), locale) : [];
  return h(
    'div#menu.menu',
    { popover: true, role: 'menu', 'aria-label': say('snooze') },
    ...times.map(([name, at]) =>
      h(
        'button.until',
        { role: 'menuitem', tabindex: -1, value: at },
        h('span', {}, name),
        h('small', {}, time(at, locale, { weekday: 'short', hour: 'numeric', minute: '2-digit' })),
      ),
    ),
  );
}

/** Draws the list of keys. */
export function shortcuts({ words: { say }, open }: Inbox): Drawing {
  const attributes = {
    popover: true,
    role: 'dialog',
    'aria-label': say('keys'),
    tabindex: -1,
    autofocus: open,
  };
  return h('div#keys.menu', attributes, say('shortcuts'));
}
