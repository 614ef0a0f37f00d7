const inbox = document.querySelector('belfry-inbox');
const view = document.querySelector('#view');

inbox.addEventListener('belfry-unread', ({ detail }) => {
  document.querySelector('#unread').value = detail.count;
});

// Links inside this page are followed without leaving it.
inbox.addEventListener('belfry-click', (event) => {
  const { url, title } = event.detail;
  if (!url?.startsWith('/')) return;
  event.preventDefault();
  history.pushState(null, '', url);
  view.textContent = title;
  inbox.close();
});

// What somebody is looking at already needs neither toast nor sound.
inbox.addEventListener('belfry-notification', (event) => {
  if (event.detail.url === location.pathname) event.preventDefault();
});
