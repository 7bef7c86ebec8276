import './styles/index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { createBrowserStorage } from './browserStorage';
import { eraseOutbox } from './outbox';
import { registerServiceWorker } from './registerServiceWorker';
import { createSignIn } from './session';
import { createAccountSession } from './signIn/account';
import { readSettings } from './signIn/settings';

const root = document.getElementById('root');
if (!root) throw new Error('index.html must have an element with the id "root".');

const memory = createBrowserStorage(() => localStorage, window);
const settings = readSettings(document);
const guests = settings.guests ? createSignIn(memory) : undefined;
const accounts =
  settings.signIn &&
  createAccountSession({
    settings: settings.signIn,
    memory,
    tab: sessionStorage,
    location,
    history,
    locks: navigator.locks,
    eraseOutbox,
  });
createRoot(root).render(
  <StrictMode>
    <App memory={memory} guests={guests} accounts={accounts} arrival={accounts?.arrive()} />
  </StrictMode>,
);
registerServiceWorker();
