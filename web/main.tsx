import './styles/index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { createMemory } from './memory';
import { registerServiceWorker } from './registerServiceWorker';
import { createSignIn } from './session';

const root = document.getElementById('root');
if (!root) throw new Error('index.html must have an element with the id "root".');

const memory = createMemory(() => localStorage, window);
const signIn = createSignIn(memory);
createRoot(root).render(
  <StrictMode>
    <App memory={memory} signIn={signIn} />
  </StrictMode>,
);
registerServiceWorker();
