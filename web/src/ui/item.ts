/** One notification in the list. */
import type { Notification } from '../client/index.js';
import { iconButton } from './button.js';
import { type Content, type Drawing, h, type Kept } from './draw.js';
import { type I18n, stripBidiControls } from './i18n.js';
import { icon, knownType } from './icons.js';
import { ageOf, formatTime, relativeTime } from './time.js';

/** What makes sense for a notification as it is: each deed has its words and its picture by the same name. */
function commandsFor({ archived, snoozedUntil, read }: Notification) {
  if (archived) return ['unarchive', 'remove'] as const;
  if (snoozedUntil) return ['wake', 'remove'] as const;
  return [read ? 'unread' : 'read', 'archive', 'snooze', 'remove'] as const;
}

/** The icon and the name of a type, in its colour. */
export function typeOf({ type }: Notification, i18n: I18n): readonly [Drawing, Drawing] {
  const known = knownType(type);
  return [
    h(`span.icon.${known}`, {}, icon(known)),
    h(`span.${known}`, {}, i18n.formatMessage(`type.${known}`)),
  ];
}

/** The title, as a link if the notification leads somewhere safe, and how often it has happened. */
export function titleOf({ title, url, count: n }: Notification, i18n: I18n): readonly Content[] {
  return [
    h(url === null ? 'span' : 'a', { href: url, rel: url && 'noopener' }, stripBidiControls(title)),
    n > 1 && h('span.times', { role: 'img', 'aria-label': i18n.formatMessage('times', { n }) }, `×${n}`),
  ];
}

function timeOf({ createdAt, snoozedUntil }: Notification, { locale, formatMessage }: I18n): Drawing {
  const at = Date.parse(createdAt);
  const title = formatTime(at, locale, { dateStyle: 'full', timeStyle: 'short' });
  const until =
    snoozedUntil &&
    formatTime(Date.parse(snoozedUntil), locale, { weekday: 'short', hour: 'numeric', minute: '2-digit' });
  const text = until
    ? formatMessage('until', { time: until })
    : relativeTime(at, Date.now(), locale, formatMessage('now'));
  return h('time.time', { datetime: createdAt, title }, text);
}

function article(it: Notification, i18n: I18n): Drawing {
  const { id, read, title, message } = it;
  const [picture, name] = typeOf(it, i18n);
  const action = (command: ReturnType<typeof commandsFor>[number]) => {
    const label = i18n.formatMessage(command);
    const menu = command === 'snooze' && 'menu';
    return iconButton(command, command, i18n.formatMessage('about', { action: label, title }), {
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
      h(`h3#t-${id}.title`, { dir: 'auto' }, ...titleOf(it, i18n)),
      h(`p#m-${id}.message`, { dir: 'auto' }, stripBidiControls(message)),
      h('p.meta', {}, name, timeOf(it, i18n), h('span.actions', {}, ...commandsFor(it).map(action))),
    ),
    !read && h('span.dot', {}, h('span.hidden', {}, i18n.formatMessage('tab.unread'))),
  );
}

/** Draws one notification, again only if it looks different now. */
export function item(it: Notification, i18n: I18n): Kept {
  const given = [it, i18n, ...ageOf(Date.parse(it.createdAt), Date.now())];
  return { id: `a-${it.id}`, given, make: () => article(it, i18n) };
}
