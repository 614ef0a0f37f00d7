/** What opens over the panel: the times until which one can be snoozed, and what the keys do. */
import { type Drawing, h } from './draw.js';
import type { Inbox } from './inbox.js';
import { formatTime, snoozeTimes } from './time.js';

/** Draws the menu of times, which is filled while it is asked for. */
export function snoozeMenu({ snoozing, i18n: { locale, formatMessage } }: Inbox): Drawing {
  const times = snoozing ? snoozeTimes(Date.now(), locale) : [];
  return h(
    'div#menu.menu',
    { popover: true, role: 'menu', 'aria-label': formatMessage('snooze') },
    ...times.map(([name, at]) =>
      h(
        'button.until',
        { role: 'menuitem', tabindex: -1, value: at },
        h('span', {}, name),
        h('small', {}, formatTime(at, locale, { weekday: 'short', hour: 'numeric', minute: '2-digit' })),
      ),
    ),
  );
}

/** Draws the list of keys. */
export function shortcuts({ i18n: { formatMessage }, open }: Inbox): Drawing {
  const attributes = {
    popover: true,
    role: 'dialog',
    'aria-label': formatMessage('keys'),
    tabindex: -1,
    autofocus: open,
  };
  return h('div#keys.menu', attributes, formatMessage('shortcuts'));
}
