/** The card that shows what the component tells its page: its two events, and nothing else. */
import { element } from './dom.js';

let arrived = 0;

/** Begins to count again, for another user. */
export function resetLiveCard(): void {
  arrived = 0;
  element('arrived').textContent = '0';
  element('latest').textContent =
    "Nothing has arrived yet. These figures come from the component's two events.";
}

/** Listens to the component. */
export function setUpLiveCard(inbox: HTMLElement): void {
  inbox.addEventListener('belfry-unread', (event) => {
    const { count } = (event as CustomEvent<{ count: number }>).detail;
    element('unread').textContent = count > 99 ? '99+' : String(count);
  });
  inbox.addEventListener('belfry-notification', (event) => {
    arrived += 1;
    element('arrived').textContent = String(arrived);
    element('latest').textContent = `Latest: ${(event as CustomEvent<{ title: string }>).detail.title}`;
  });
}
