/** The panel: a non-modal dialog in the top layer, with the list or the reason why there is none. */
import type { Tab } from '../client/index.js';
import { iconButton, textButton } from './button.js';
import { permission } from './desktop.js';
import { type Content, type Drawing, h } from './draw.js';
import { formatCount } from './i18n.js';
import { type IconName, icon } from './icons.js';
import type { Inbox } from './inbox.js';
import { item } from './item.js';
import { shortcuts, snoozeMenu } from './menus.js';

function note(part: string, picture: IconName, heading: string, ...more: Content[]): Drawing {
  return h(`div#${part}.note.${part}`, {}, h('span', {}, icon(picture)), h('b', {}, heading), ...more);
}

function empty({ view: { tab }, i18n }: Inbox): Drawing {
  if (tab !== 'all') return note('empty', 'archive', i18n.formatMessage('nothing'));
  return h('slot', { name: 'empty' }, note('empty', 'bell', i18n.formatMessage('empty')));
}

function list(inbox: Inbox): readonly Content[] {
  const { items, loadingMore, more } = inbox.view;
  const { i18n } = inbox;
  return [
    h(
      'div#feed.list',
      { role: 'feed', 'aria-labelledby': 'heading', 'aria-busy': loadingMore },
      ...items.map((it) => item(it, i18n)),
    ),
    more && h(`button#more-${items.length}.more`, {}, i18n.formatMessage('loadMore')),
  ];
}

function body(inbox: Inbox): readonly Content[] {
  const { i18n, open } = inbox;
  const { status, items, more } = inbox.view;
  const bone = h('div.bone');
  if (!open) return [];
  if (status === 'signed-out') return [note(status, 'bell', i18n.formatMessage('signedOut'))];
  if (status === 'loading')
    return [
      h('div#skeleton', { role: 'img', 'aria-label': i18n.formatMessage('busy') }, bone, bone, bone, bone),
    ];
  if (status === 'error') {
    const retry = h('button.retry.more', {}, i18n.formatMessage('retry'));
    return [note(status, 'cloud', i18n.formatMessage('error'), retry)];
  }
  return items.length || more ? list(inbox) : [empty(inbox)];
}

// By the ARIA tabs pattern, where the arrows choose, and choosing shows.
function tabs({ view, i18n }: Inbox): Drawing {
  const names: Tab[] = ['all', 'unread', 'archived'];
  if (view.hasSnoozed || view.tab === 'snoozed') names.push('snoozed');
  const tab = (name: Tab) => {
    const selected = name === view.tab;
    return h(
      `button#tab-${name}.tab${selected ? '.tab-selected' : ''}`,
      {
        role: 'tab',
        tabindex: selected ? 0 : -1,
        value: name,
        'aria-selected': selected,
        'aria-controls': 'scroll',
      },
      i18n.formatMessage(`tab.${name}`),
      name === 'unread' && view.unread > 0 && h('span.count', {}, formatCount(view.unread)),
    );
  };
  return h('div.tabs', { role: 'tablist', 'aria-labelledby': 'heading' }, ...names.map(tab));
}

function notice({ notice, i18n }: Inbox): Drawing {
  return h(
    `div.notice${notice && !notice.item ? '.failure' : ''}`,
    { role: 'status' },
    notice && h('p', { dir: 'auto' }, i18n.formatMessage(notice.says, { title: notice.item?.title ?? '' })),
    notice?.item && textButton('undo', i18n.formatMessage('undo')),
  );
}

function footer({ i18n, host }: Inbox): Drawing {
  const asks = host.hasAttribute('desktop') && permission() === 'default';
  return h(
    'div.footer',
    {},
    h('slot', { name: 'footer' }),
    asks && textButton('desktop', i18n.formatMessage('desktop')),
    textButton('keys', i18n.formatMessage('keys')),
  );
}

/** Draws the panel. */
export function panel(inbox: Inbox): Drawing {
  const { view, i18n, listed } = inbox;
  // The other tabs show nothing that is new.
  const fresh = listed ? view.fresh : view.unseen;
  const known = view.status !== 'signed-out';
  return h(
    'div#panel.panel',
    { popover: true, role: 'dialog', 'aria-labelledby': 'heading', tabindex: -1, autofocus: inbox.open },
    h(
      'div.header',
      {},
      h('h2#heading', {}, i18n.formatMessage('heading')),
      h('button.all.text', { 'aria-disabled': view.unread === 0 }, i18n.formatMessage('markAll')),
      iconButton('close', 'close', i18n.formatMessage('close')),
    ),
    known && tabs(inbox),
    known && view.offline && h('p.offline', { role: 'status' }, icon('cloud'), i18n.formatMessage('offline')),
    h(
      'div#scroll.scroll',
      { role: known && 'tabpanel', 'aria-labelledby': known && `tab-${view.tab}` },
      fresh > 0 && h('button.fresh', {}, i18n.formatMessage('fresh', { n: fresh })),
      ...body(inbox),
    ),
    notice(inbox),
    footer(inbox),
    snoozeMenu(inbox),
    shortcuts(inbox),
  );
}
