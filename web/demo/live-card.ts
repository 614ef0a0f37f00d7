/** The card that shows what the component tells its page: its events, and nothing else. */
import { element } from './dom.js';

const MOST = 4;

let arrived = 0;

/** Begins to count again, for another user. */
export function resetLiveCard(): void {
  arrived = 0;
  element('arrived').textContent = '0';
  element('log').replaceChildren();
  element('quiet').hidden = false;
}

function note(name: string, words: string): void {
  const line = document.createElement('li');
  const event = document.createElement('code');
  const text = document.createElement('bdi');
  event.textContent = name;
  text.textContent = words;
  line.append(event, ' ', text);
  const log = element('log');
  log.prepend(line);
  while (log.children.length > MOST) log.lastElementChild?.remove();
  element('quiet').hidden = true;
}

/** Listens to the component. */
export function setUpLiveCard(inbox: HTMLElement): void {
  inbox.addEventListener('belfry-unread', ({ detail: { count, unseen } }) => {
    const shown = (n: number) => (n > 99 ? '99+' : String(n));
    element('unread').textContent = shown(count);
    element('unseen').textContent = shown(unseen);
  });
  inbox.addEventListener('belfry-notification', ({ type, detail: { title } }) => {
    arrived += 1;
    element('arrived').textContent = String(arrived);
    note(type, title);
  });
  inbox.addEventListener('belfry-click', ({ type, detail: { title } }) => note(type, title));
}
