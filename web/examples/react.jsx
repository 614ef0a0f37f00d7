import { useState } from 'react';
import { createRoot } from 'react-dom/client';

function App() {
  const [unread, setUnread] = useState(0);
  const [dark, setDark] = useState(false);
  return (
    <>
      <p>{unread} unread</p>
      <button type="button" onClick={() => setDark(!dark)}>
        {dark ? 'Light' : 'Dark'}
      </button>
      <belfry-inbox
        theme={dark ? 'dark' : 'light'}
        title-badge
        messages={{ heading: 'What is new' }}
        onbelfry-unread={({ detail }) => setUnread(detail.count)}
        onbelfry-click={(event) => event.preventDefault()}
      />
    </>
  );
}

createRoot(document.querySelector('#root')).render(<App />);
