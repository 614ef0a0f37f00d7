/** One notification in the list. */
import type { Notification } from '../client/index.js';
import { iconButton } from './button.js';
import { type Content, type Drawing, h, type Kept } from './draw.js';
import { icon, knownType } from './icons.js';
import { ageOf, relativeTime, time } from './time.js';
import { plain, type Words } from './words.js';

/** What makes sense for a notification as it is: each deed has its words and its picture by the same name. */
function commandsFor({ archived, snoozedUntil, read }: Notification) {
  if (archived) return ['unarchive', 'remove'] as const;
  if (snoozedUntil) return ['wake', 'remove'] as const;
  return [read ? 'unread' : 'read', 'archive', 'snooze', 'remove'] as const;
}

/** The icon and the name of a type, in its colour. */
export function typeOf({ type }: Notification, words: Words): readonly [Drawing, Drawing] {
  const known = knownType(type);
  return [h(`span.icon.${known}`, {}, icon(known)), h(`span.${known}`, {}, words.say(`type.${known}`))];
}

/** The title, as a link if the notification leads somewhere safe, and how often it has happened. */
export function titleOf({ title, url, count: n }: Notification, words: Words): readonly Content[] {
  return [
    h(url === null ? 'span' : 'a', { href: url, rel: url && 'noopener' }, plain(title)),
    n > 1 && h('span.times', { role: 'img', 'aria-label': words.say('times', { n }) }, `×${n}`),
  ];
}

function timeOf({ createdAt, snoozedUntil }: Notification, { locale, say }: Words): Drawing {
  const at = Date.parse(createdAt);
  const title = time(at, locale, { dateStyle: 'full', timeStyle: 'short' });
  const until =
    snoozedUntil &&
    time(Date.parse(snoozedUntil), locale, { weekday: 'short', hour: 'numeric', minute: '2-digit' });
  const text = until ? say('until', { time: until }) : relativeTime(at, Date.now(), locale, say('now'));
  return h('time.time', { datetime: createdAt, title }, text);
}

function article(it: Notification, words: Words): Drawing {
  const { id, read, title, message } = it;
  const [picture, name] = typeOf(it, words);
  const action = (command: ReturnType<typeof commandsFor>[number]) => {
    const label = words.say(command);
    const menu = command === 'snooze' && 'menu';
    return iconButton(command, command, words.say('about', { action: label, title }), {
      title: label,
      'aria-haspopup': menu || null,
    });
  };
  return h(
    `article#a-${id}.item${read ? '' : '.item-unread'}`,
    { tabindex: 0, 'aria-labelledby': `t-${id}`, 'aria-describedby': `m-${id}` },
    picture,
    h(
      'div.body',
      {},
      h(`h3#t-${id}.title`, { dir: 'auto' }, ...titleOf(it, words)),
      h(`p#m-${id}.message`, { dir: 'auto' }, plain(message)),
      h('p.meta', {}, name, timeOf(it, words), h('span.actions', {}, ...commandsFor(it).map(action))),
    ),
    !read && h('span.dot', {}, h('span.hidden', {}, words.say('tab.unread'))),
  );
}

/** Draws one notification, again only if it looks different now. */
export function item(it: Notification, words: Words): Kept {
  const given = [it, words, ...ageOf(Date.parse(it.createdAt), Date.now())];
  return { id: `a-${it.id}`, given, make: () => article(it, words) };
}
