// The examples of docs/inbox.md, each opened as it is, with the session of this server.
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { build } from 'esbuild';
import { expect, expectAccessible, freshUser, test } from './support';

const folder = fileURLToPath(new URL('../../examples/', import.meta.url));
const policy = "default-src 'self'; object-src 'none'; require-trusted-types-for 'script'";
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
};

// What a framework's own tools would make of its example.
async function bundled(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [folder + entry],
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    alias: { vue: 'vue/dist/vue.runtime.esm-bundler.js' },
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}

const made: Record<string, string> = { 'react.js': 'react.jsx', 'vue.js': 'vue.mjs' };

async function open(page: Page, name: string, user: string): Promise<void> {
  await page.route('**/examples/*', async (route) => {
    const file = new URL(route.request().url()).pathname.split('/').at(-1) ?? '';
    const source = made[file];
    const body = source ? await bundled(source) : await readFile(folder + file, 'utf8');
    const contentType = types[extname(file)] ?? 'text/plain';
    await route.fulfill({ contentType, body, headers: { 'content-security-policy': policy } });
  });
  await page.request.post('/api/session/demo/', { data: { username: user } });
  await page.goto(`/examples/${name}.html`);
}

const inbox = (page: Page) => page.locator('belfry-inbox');
const live = (page: Page) => expect(inbox(page)).toHaveJSProperty('live', true);
const bell = (page: Page) => inbox(page).locator('#bell');

test('plain', async ({ page, sender }) => {
  const user = freshUser();
  await open(page, 'plain', user);
  await live(page);
  await sender.send(user, { title: 'Hello' });
  await expect(inbox(page).locator('.toast')).toContainText('Hello');
  await bell(page).click();
  await expect(page.getByRole('article')).toContainText('Hello');
  const panel = await page.getByRole('dialog').boundingBox();
  expect(panel?.x).toBeGreaterThanOrEqual(0);
});

test('extras', async ({ page, sender }) => {
  const user = freshUser();
  await open(page, 'extras', user);
  await live(page);
  await sender.send(user, { title: 'Hello' });
  await expect(page).toHaveTitle('(1) Everything a page can switch on');
  await bell(page).click();
  await expect(page).toHaveTitle('Everything a page can switch on');
});

test('themed', async ({ page, sender }) => {
  const user = freshUser();
  await sender.send(user, { title: 'Hello' });
  await open(page, 'themed', user);
  await live(page);
  expect((await bell(page).boundingBox())?.width).toBe(48);
  await bell(page).click();
  expect((await page.getByRole('dialog').boundingBox())?.width).toBe(480);
  await expect(page.getByRole('button', { name: 'Archive' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Snooze' })).toBeHidden();
  const line = await page.getByRole('article').evaluate((it) => getComputedStyle(it).borderInlineStartWidth);
  expect(line).toBe('4px');
});

test('slots', async ({ page }) => {
  await open(page, 'slots', freshUser());
  await live(page);
  await expect(bell(page)).toHaveAccessibleName('Notifications');
  await expect(inbox(page).locator('img')).toBeVisible();
  await bell(page).click();
  await expect(page.getByText('You have caught up.')).toBeVisible();
  await expect(page.getByText('All quiet')).toBeHidden();
  await expect(page.getByRole('link', { name: 'Settings' })).toBeVisible();
});

test('language', async ({ page, sender }) => {
  const user = freshUser();
  await open(page, 'language', user);
  await live(page);
  await sender.send(user, { title: 'Hallo' });
  await expect(bell(page)).toHaveAccessibleName('Benachrichtigungen, 1 neu');
  await bell(page).click();
  await expect(page.getByRole('tab')).toHaveText(['Alle', 'Ungelesen1', 'Archiv']);
  await expect(page.getByRole('time')).toHaveText('jetzt');
});

test('single-page', async ({ page, sender }) => {
  const user = freshUser();
  await open(page, 'single-page', user);
  await live(page);
  await sender.send(user, { title: 'The report', redirect_url: '/reports/42' });
  await expect(page.locator('#unread')).toHaveText('1');
  await bell(page).click();
  await page.getByRole('link', { name: 'The report' }).click();
  await expect(page).toHaveURL('/reports/42');
  await expect(page.locator('#view')).toHaveText('The report');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.locator('#unread')).toHaveText('0');
  await sender.send(user, { title: 'The same report', redirect_url: '/reports/42' });
  await expect(page.locator('#unread')).toHaveText('1');
  await expect(inbox(page).locator('.toast')).toHaveCount(0);
});

test('headless', async ({ page, sender }) => {
  const user = freshUser();
  await sender.send(user, { title: 'Hello' });
  await open(page, 'headless', user);
  await page.getByRole('button', { name: 'Hello' }).click();
  await expect(page.getByRole('button', { name: 'Hello' })).toBeDisabled();
  await expect(page.getByRole('heading')).toHaveText('0 unread');
});

for (const framework of ['react', 'vue']) {
  test(framework, async ({ page, sender }) => {
    const user = freshUser();
    await open(page, framework, user);
    await live(page);
    await sender.send(user, { title: 'Hello', redirect_url: '/elsewhere' });
    await expect(page.getByText('1 unread')).toBeVisible();
    await expect(page).toHaveTitle(/^\(1\) /);
    await bell(page).click();
    await expect(page.getByRole('dialog', { name: 'What is new' })).toBeVisible();
    await page.getByRole('link', { name: 'Hello' }).click();
    await expect(page.getByText('0 unread')).toBeVisible();
    await expect(page).toHaveURL(`/examples/${framework}.html`);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Dark' }).click();
    await expect(inbox(page)).toHaveAttribute('theme', 'dark');
  });
}

test('without a session, it says so', async ({ page }) => {
  await open(page, 'plain', freshUser());
  await page.context().clearCookies();
  await page.reload();
  await bell(page).click();
  await expect(page.getByRole('dialog')).toContainText('You are signed out');
  await expectAccessible(page);
});
