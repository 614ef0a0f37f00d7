import { AxeBuilder } from '@axe-core/playwright';
import {
  type APIRequestContext,
  type APIResponse,
  test as base,
  expect,
  type Locator,
  type Page,
  type Route,
  request,
} from '@playwright/test';

/** A notification as the tests create it. */
export interface Draft {
  title: string;
  message?: string;
  notification_type?: string;
  redirect_url?: string;
  data?: object;
}

/** Creates notifications over HTTP as an administrator, as another service would. */
export interface Sender {
  send(user: string, draft: Draft): Promise<string>;
}

async function bearer(context: APIRequestContext, username: string): Promise<string> {
  const answer = await context.post('/api/session/demo/', { data: { username } });
  expect(answer.ok(), await answer.text()).toBe(true);
  return (await answer.json()).token;
}

async function makeSender(context: APIRequestContext): Promise<Sender> {
  const authorization = `Bearer ${await bearer(context, 'admin')}`;
  return {
    async send(user, draft) {
      const data = { user, message: 'Nothing to do.', notification_type: 'info', ...draft };
      const answer = await context.post('/api/notifications/', { data, headers: { authorization } });
      expect(answer.status(), await answer.text()).toBe(201);
      return (await answer.json()).id;
    },
  };
}

/** A sender at another server than the one under test. */
export async function senderAt(baseURL: string): Promise<Sender> {
  return makeSender(await request.newContext({ baseURL }));
}

/** Another device of that user: calls the API with a token of its own. */
export async function deviceOf(user: string, baseURL: string | undefined): Promise<APIRequestContext> {
  const context = await request.newContext({ baseURL: baseURL ?? '' });
  const authorization = `Bearer ${await bearer(context, user)}`;
  await context.dispose();
  return request.newContext({ baseURL: baseURL ?? '', extraHTTPHeaders: { authorization } });
}

/** What the server answers to a request, whatever the browser has at hand. */
export function wholeAnswer(route: Route): Promise<APIResponse> {
  const { 'if-none-match': _, ...headers } = route.request().headers();
  return route.fetch({ headers });
}

/** Collects the lists that a page asks for from now on. */
export function listRequests(page: Page): string[] {
  const lists: string[] = [];
  page.on('request', (asked) => {
    const { pathname, search } = new URL(asked.url());
    // Whether anything is asleep is asked besides.
    if (asked.method() !== 'GET' || search.includes('status=snoozed')) return;
    if (pathname === '/api/notifications/') lists.push(search);
  });
  return lists;
}

/** What this tab keeps for the next page. */
export function kept(page: Page): Promise<string> {
  return page.evaluate(() => JSON.stringify(sessionStorage));
}

/** Waits until the page could resume. */
export async function resumable(page: Page): Promise<void> {
  const keep = async () => {
    await page.evaluate(() => window.dispatchEvent(new Event('pagehide')));
    return kept(page);
  };
  await expect.poll(keep).toContain('cursor');
}

const USERS = 9_999;
const USERS_PER_WORKER = 100;
let taken = 0;

/** A user that no other test of this run has touched, and hardly one of an earlier run on the same server. */
export function freshUser(): string {
  const run = Number(process.env.BELFRY_TEST_RUN);
  const worker = base.info().workerIndex;
  const n = (run + worker * USERS_PER_WORKER + taken++) % USERS;
  return `user-${String(n + 1).padStart(4, '0')}`;
}

/** `test` with a sender, and with a page whose every console error and CSP violation fails it. */
export const test = base.extend<{ sender: Sender; quiet: undefined }>({
  sender: async ({ baseURL }, use) => {
    const context = await request.newContext({ baseURL: baseURL ?? '' });
    await use(await makeSender(context));
    await context.dispose();
  },
  quiet: [
    async ({ page }, use) => {
      const said: string[] = [];
      page.on('pageerror', (error) => said.push(error.message));
      page.on('console', (message) => {
        if (/Content Security Policy|Trusted ?Type|Lit is in dev mode/i.test(message.text()))
          said.push(message.text());
      });
      await use(undefined);
      expect(said).toEqual([]);
    },
    { auto: true },
  ],
});

/** Opens the page and signs in; demo users by their button, others by the request the button makes. */
export async function signIn(page: Page, username: string, url = ''): Promise<void> {
  const hasButton = !username.startsWith('user-');
  if (!hasButton) await page.request.post(`${url}/api/session/demo/`, { data: { username } });
  await page.goto(`${url}/`);
  if (hasButton) await page.locator(`[data-user="${username}"]`).click();
  await expect(page.locator('#signed-in')).toBeVisible();
  await live(page);
}

/** Waits until the page's socket is open, so that what is sent next is pushed and not only stored. */
export async function live(page: Page): Promise<void> {
  await expect(page.locator('belfry-inbox')).toHaveJSProperty('live', true);
}

export const bell = (page: Page): Locator => page.getByRole('button', { name: /^Notifications/ });
export const panel = (page: Page): Locator => page.getByRole('dialog', { name: 'Notifications' });
export const article = (page: Page, title: string): Locator =>
  panel(page).getByRole('article').filter({ hasText: title });
export const toast = (page: Page, title: string): Locator =>
  page.getByRole('region', { name: 'New notifications' }).locator('.toast').filter({ hasText: title });

/** Expects the element to count this many unread notifications. */
export async function expectUnread(page: Page, count: number): Promise<void> {
  await expect(page.locator('belfry-inbox')).toHaveJSProperty('unreadCount', count);
}

/** Expects the bell to name this many that came since the panel was open. */
export async function expectNew(page: Page, count: number): Promise<void> {
  await expect(bell(page)).toHaveAccessibleName(
    count === 0 ? 'Notifications' : `Notifications, ${count} new`,
  );
}

/** The line below the list that tells what was done. */
export const notice = (page: Page): Locator => panel(page).locator('.notice');
export const tab = (page: Page, name: string): Locator => panel(page).getByRole('tab', { name });

export async function openPanel(page: Page): Promise<void> {
  await bell(page).click();
  await expect(panel(page)).toBeVisible();
}

/** Expects axe to find nothing at all to complain about. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target).join(' ')}`,
  );
  expect(told).toEqual([]);
}

/** Keeps a picture of the page for people to look at. */
export async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `test-results/screenshots/${name}.png` });
}

export { expect };
