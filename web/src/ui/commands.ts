/** What buttons, keys and swipes do, by name. */
import type { Notification, Tab } from '../client/index.js';
import type { Inbox } from './inbox.js';

type Command = (inbox: Inbox, item: Notification, source: HTMLElement) => void;

const toggle: Command = ({ client }, { id, read }) =>
  void (read ? client.markUnread(id) : client.markRead(id));

const archive: Command = (inbox, item) => {
  if (item.archived) return void inbox.client.unarchive(item.id);
  void inbox.client.archive(item.id);
  inbox.tell({ says: 'archived', item });
};

const itemCommands: Readonly<Record<string, Command>> = {
  read: toggle,
  unread: toggle,
  archive,
  unarchive: archive,
  wake: ({ client }, { id }) => void client.markUnread(id),
  remove(inbox, item) {
    void inbox.client.remove(item.id);
    inbox.tell({ says: 'removed', item });
  },
  snooze(inbox, item, source) {
    const button = source.closest('article')?.querySelector<HTMLElement>('.snooze');
    if (!button) return;
    const menu = inbox.part('menu');
    inbox.snoozing = item;
    inbox.draw();
    menu.showPopover({ source: button });
    menu.querySelector('button')?.focus();
  },
  dismiss: (inbox, { id }) => inbox.dismiss(id),
  open: (_, __, source) => (source.querySelector('a') ?? source).click(),
};

const inboxCommands: Readonly<Record<string, (inbox: Inbox, source: HTMLButtonElement) => void>> = {
  until(inbox, { value }) {
    const item = inbox.snoozing;
    inbox.part('menu').hidePopover();
    if (!item) return;
    void inbox.client.snooze(item.id, new Date(Number(value)));
    inbox.tell({ says: 'snoozed', item });
  },
  undo(inbox) {
    const { item } = inbox.notice ?? {};
    if (item) void inbox.client.undo(item.id);
    inbox.tell(null);
  },
  all: ({ client }) => void client.markAllRead(),
  more: ({ client }) => void client.loadMore(),
  retry: ({ client }) => void client.reload(),
  fresh(inbox) {
    if (!inbox.listed) void inbox.client.show('all');
    inbox.scrolled(true);
    inbox.part('panel').focus();
  },
  tab(inbox, { value }) {
    inbox.scrolled(true);
    void inbox.client.show(value as Tab);
  },
  keys: ({ part, root }) =>
    void part('keys').togglePopover({ source: root.querySelector('.keys') as HTMLElement }),
  close: ({ part }) => part('panel').hidePopover(),
  desktop: ({ redraw }) => void Notification.requestPermission().then(redraw),
};

/** Does what is named, if it can be done here. */
export function execute(inbox: Inbox, name: string, source: HTMLElement): void {
  const item = inbox.at(source);
  if (item) itemCommands[name]?.(inbox, item, source);
  inboxCommands[name]?.(inbox, source as HTMLButtonElement);
}
