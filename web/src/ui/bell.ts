/** The bell: a button that opens the panel, with the count of what is new on it and in its name. */
import { type Drawing, h } from './draw.js';
import { formatCount } from './i18n.js';
import { icon } from './icons.js';
import type { Inbox } from './inbox.js';

/** Draws the bell. */
export function bell({ view: { unseen, offline }, i18n, open }: Inbox): Drawing {
  return h(
    `button#bell.bell${offline ? '.faint' : ''}`,
    {
      popovertarget: 'panel',
      'aria-haspopup': 'dialog',
      'aria-expanded': open,
      'aria-label': i18n.formatMessage(unseen ? 'bell' : 'heading', { n: unseen }),
    },
    h('slot', { name: 'bell' }, icon('bell')),
    unseen > 0 && h('span.badge', { 'aria-hidden': true }, formatCount(unseen)),
  );
}
