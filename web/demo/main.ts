/** The demo page: who is signed in decides what it shows. */
import { currentUser, Refused, signIn, signOut, type User } from './api.js';
import { element } from './dom.js';
import { resetLiveCard, setUpLiveCard } from './live-card.js';
import { setUpLookForm } from './look-form.js';
import { setUpSendForm } from './send-form.js';
import { setUpServicesCard } from './services-card.js';

const inbox = document.createElement('belfry-inbox');
// Tabs share the cookie, so they tell each other when it changes.
const tabs = new BroadcastChannel('belfry-demo-session');
let shown: User | null = null;

function describe(user: User): void {
  const admin = user.role?.role_type === 'admin';
  const name = user.first_name || user.username;
  element('hello').textContent = `Hello, ${name}`;
  element('name').textContent = user.username;
  element('role').textContent = user.role?.name ?? '';
  element('initials').textContent = name.slice(0, 2);
  element('send-card').hidden = !admin;
  // Without an admin nobody could send events any more.
  element('change-role').hidden = admin;
  element('other').textContent = admin ? 'ana' : 'admin';
  element('step-send').textContent = admin
    ? 'Send ana a notification with the form: her bell rings there while you watch.'
    : `As admin, send ${user.username} a notification. This bell rings, without a reload.`;
}

function show(user: User | null): void {
  shown = user;
  element('signed-out').hidden = user !== null;
  element('signed-in').hidden = user === null;
  element('who').hidden = user === null;
  inbox.hidden = user === null;
  // Nobody's inbox is asked for before somebody has signed in.
  if (user && !inbox.isConnected) element('bar').append(inbox);
  if (user) describe(user);
}

function changeTo(user: User | null): void {
  resetLiveCard();
  if (inbox.isConnected) inbox.restart();
  show(user);
  element('main').focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

function tell(id: string, error: unknown): void {
  const words = error instanceof Refused ? error.message : 'The server could not be reached. Try again.';
  element(id).textContent = words;
}

async function onSignIn(username: string): Promise<void> {
  element('sign-in-problem').textContent = '';
  try {
    changeTo(await signIn(username));
    tabs.postMessage('changed');
  } catch (error) {
    tell('sign-in-problem', error);
  }
}

async function onSignOut(): Promise<void> {
  element('sign-out-problem').textContent = '';
  try {
    await signOut();
  } catch (error) {
    // A session that has ended already is signed out all the same.
    if (!(error instanceof Refused && error.status === 401)) return tell('sign-out-problem', error);
  }
  changeTo(null);
  tabs.postMessage('changed');
}

async function lookAgain(): Promise<void> {
  const user = await currentUser().catch(() => shown);
  if (user?.id !== shown?.id) changeTo(user);
}

// A role can change while the page is open.
async function describeAnew(): Promise<void> {
  const user = await currentUser().catch(() => null);
  if (!user || user.id !== shown?.id) return;
  shown = user;
  describe(user);
}

async function begin(): Promise<void> {
  setUpLiveCard(inbox);
  setUpLookForm(inbox);
  setUpSendForm();
  setUpServicesCard(
    () => shown,
    () => void describeAnew(),
  );
  inbox.addEventListener('belfry-notification', () => void describeAnew());
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-user]')) {
    button.addEventListener('click', () => void onSignIn(button.dataset.user ?? ''));
  }
  element('sign-out').addEventListener('click', () => void onSignOut());
  tabs.addEventListener('message', () => void lookAgain());
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void lookAgain();
  });
  try {
    show(await currentUser());
  } catch (error) {
    show(null);
    tell('sign-in-problem', error);
  }
}

void begin();
