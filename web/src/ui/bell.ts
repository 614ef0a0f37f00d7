/** The bell: a button that opens the panel, with the count of what is new on it and in its name. */
import { type Drawing, h } from './draw.js';
import { icon } from './icons.js';
import type { Inbox } from './inbox.js';
import { count } from './words.js';

/** Draws the bell. */
export function bell({ view: { unseen, offline }, words, open }: Inbox): Drawing {
  return h(
    `button#bell.bell${offline ? '.faint' : ''}`,
    {
      popovertarget: 'panel',
      'aria-haspopup': 'dialog',
      'aria-expanded': open,
      'aria-label': words.say(unseen ? 'bell' : 'heading', { n: unseen }),
    },
    h('slot', { name: 'bell' }, icon('bell')),
    unseen > 0 && h('span.badge', { 'aria-hidden': true }, count(unseen)),
  );
}
