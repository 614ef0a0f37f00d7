// The server goes away and comes back with its data: a page that stayed open, and one that is reloaded, resume.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  expect,
  expectUnread,
  listRequests,
  live,
  openPanel,
  panel,
  resumable,
  senderAt,
  signIn,
  test,
  toast,
} from './support';

const target = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL('../../../target', import.meta.url));
const program = join(target, 'debug', 'belfry-local');

class Server {
  url = '';
  #process: ChildProcess | undefined;

  constructor(private readonly data: string) {}

  async start(): Promise<void> {
    const port = this.url === '' ? '0' : new URL(this.url).port;
    const started = spawn(program, ['--port', port, '--data', this.data], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#process = started;
    this.url = await new Promise<string>((resolve, reject) => {
      started.stdout.once('data', (text) => resolve(String(text).trim()));
      started.once('error', reject);
      started.once('exit', () => reject(new Error('the server has ended')));
    });
  }

  async stop(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (!running) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGTERM');
    await ended;
  }
}

test('an open page and a reloaded one resume after a restart', async ({ page }) => {
  const folder = await mkdtemp(join(tmpdir(), 'belfry-'));
  const server = new Server(join(folder, 'data.sqlite'));
  const answers: string[] = [];
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => void answers.push(String(payload))),
  );
  try {
    await server.start();
    let sender = await senderAt(server.url);
    await sender.send('ana', { title: 'Before' });
    await signIn(page, 'ana', server.url);
    await expectUnread(page, 1);

    await resumable(page);
    await server.stop();
    await expect(page.locator('belfry-inbox')).toHaveJSProperty('live', false);
    await server.start();
    sender = await senderAt(server.url);
    await sender.send('ana', { title: 'After' });
    await live(page);
    await expectUnread(page, 2);
    await expect(toast(page, 'After')).toBeVisible();
    await expect.poll(() => answers.filter((answer) => answer.startsWith('{"type":"sync"')).length).toBe(1);
    expect(answers.filter((answer) => answer.includes('"recovered":false'))).toEqual([]);

    await server.stop();
    await server.start();
    const lists = listRequests(page);
    await page.reload();
    await live(page);
    await openPanel(page);
    await expect(panel(page).getByRole('article')).toHaveCount(2);
    expect(lists).toEqual([]);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
