import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Room } from './Room';

createRoot(document.getElementById('app') as HTMLElement).render(
  <StrictMode>
    <Room name="lobby" />
  </StrictMode>,
);
