// What the simulation of the consistency rules has recorded reaches the client as it reached the simulated devices.
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, mock, test } from 'node:test';
import { HistoryPlayer, type Step } from './history-player.js';

const folder = new URL('../../../shared/domain/tests/histories/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));

async function replay(name: string, reloads: boolean): Promise<void> {
  const player = new HistoryPlayer(reloads);
  const lines = readFileSync(new URL(name, folder), 'utf8').trim().split('\n');
  for (const line of lines) await player.play(JSON.parse(line) as Step);
}

afterEach(() => mock.reset());

for (const name of names) {
  test(`what is shown is what has to be: ${name}`, () => replay(name, false));
  test(`and if the page is loaded anew with every line: ${name}`, () => replay(name, true));
}
