// What strangers send is text, and the strictest policy has nothing to refuse.
import type { Page } from '@playwright/test';
import { article, expect, expectUnread, freshUser, openPanel, panel, signIn, test, toast } from './support';

const STRICT =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

async function underStrictPolicy(page: Page): Promise<string[]> {
  const refused: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/i.test(message.text())) refused.push(message.text());
  });
  await page.route('/', async (route) => {
    const answer = await route.fetch();
    const headers = { ...answer.headers(), 'content-security-policy': STRICT };
    await route.fulfill({ response: answer, headers });
  });
  return refused;
}

test('works under the strictest policy, with no inline style, no script and no trusted type at all', async ({
  page,
  sender,
}) => {
  const user = freshUser();
  const refused = await underStrictPolicy(page);
  await signIn(page, user);
  await sender.send(user, { title: 'A toast', redirect_url: '/?a' });
  await expect(toast(page, 'A toast')).toBeVisible();
  await openPanel(page);
  await article(page, 'A toast').getByRole('button', { name: 'Snooze' }).click();
  await expect(page.getByRole('menu')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  expect(refused).toEqual([]);
});

test('marks that turn the reading direction change nothing but what they are in', async ({
  page,
  sender,
}) => {
  const user = freshUser();
  const disguised = 'Invoice \u202Efdp.exe';
  await sender.send(user, { title: disguised, message: `\u2067\u202E${'turned '.repeat(3)}` });
  await signIn(page, user);
  await openPanel(page);
  await expect(article(page, 'Invoice').getByRole('heading')).toHaveText('Invoice fdp.exe');
  await article(page, 'Invoice').getByRole('button', { name: 'Delete' }).click();
  await expect(panel(page).locator('.notice')).toContainText('Deleted: Invoice fdp.exe');
  const all = await page.locator('belfry-inbox').evaluate((element) => {
    const shown = [...(element.shadowRoot?.querySelectorAll('*') ?? [])];
    return shown.map((it) => it.textContent + [...it.attributes].map(({ value }) => value).join()).join();
  });
  expect(all).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
});

test('words of a type, a count or a time that make no sense are borne', async ({ page, sender }) => {
  const user = freshUser();
  const ids: string[] = [];
  for (const title of ['Type', 'Count', 'Time']) ids.push(await sender.send(user, { title }));
  await page.route(/\/api\/notifications\/\?(?!.*status)/, async (route) => {
    const { 'if-none-match': _, ...headers } = route.request().headers();
    const answer = await route.fetch({ headers });
    const body = await answer.json();
    for (const it of body.results) {
      if (it.id === ids[0]) it.notification_type = 'constructor';
      if (it.id === ids[1]) it.count = 'many';
      if (it.id === ids[2]) it.created_at = 'soon';
    }
    await route.fulfill({ response: answer, json: body });
  });
  await signIn(page, user);
  await openPanel(page);
  await expect(article(page, 'Type')).toContainText('Information');
  await expect(article(page, 'Count').locator('.times')).toHaveCount(0);
  await expect(article(page, 'Time').getByRole('time')).toBeEmpty();
  await expectUnread(page, 3);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});
