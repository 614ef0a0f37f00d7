import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

interface Answer {
  readonly uri?: string;
  readonly statusCode?: number;
}

/** What the function of that file makes of a request for the path; the query must stay as it is. */
async function asked(name: string, uri: string): Promise<Answer> {
  // As far from here as from the bundle that is run.
  const file = new URL(`../../../infra/cdn/${name}.js`, import.meta.url);
  const code = await readFile(file, 'utf8');
  const querystring = { ticket: { value: 'abc' } };
  const answer = runInNewContext(`${code}; handler(event)`, { event: { request: { uri, querystring } } });
  if (answer.statusCode === undefined) {
    assert.equal(answer.querystring, querystring);
  }
  return answer;
}

test('the path of the sockets leads to their stage, with or without its slash', async () => {
  for (const path of ['/ws/notification/', '/ws/notification']) {
    assert.equal((await asked('websocket', path)).uri, '/ws');
  }
});

test('nothing else below the sockets is let through', async () => {
  for (const path of ['/ws/', '/ws/@connections/L0SM9cOF', '/ws/notification/x', '/ws/notification//']) {
    assert.equal((await asked('websocket', path)).statusCode, 404, path);
  }
});

test('a folder is its page, and a file is itself', async () => {
  const pages = { '/': '/index.html', '/reference/': '/reference/index.html', '/demo.js': '/demo.js' };
  for (const [path, page] of Object.entries(pages)) {
    assert.equal((await asked('page', path)).uri, page);
  }
});
