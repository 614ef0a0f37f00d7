import { BelfryClient } from '/belfry-client.js';

const client = new BelfryClient();
const list = document.querySelector('#list');

function row({ id, title, read }) {
  const item = document.createElement('li');
  const button = document.createElement('button');
  button.textContent = title;
  button.disabled = read;
  button.addEventListener('click', () => client.markRead(id));
  item.append(button);
  return item;
}

client.addEventListener('change', () => {
  const { items, unread } = client.view;
  document.querySelector('#unread').textContent = unread;
  list.replaceChildren(...items.map(row));
});
client.start();
