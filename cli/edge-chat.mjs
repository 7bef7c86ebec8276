#!/usr/bin/env node
// The repository runs from its source; a package from the repository holds the built command.
import { existsSync } from 'node:fs';

if (existsSync(new URL('edgeChat.ts', import.meta.url))) {
  await import('tsx');
  await import('./edgeChat.ts');
} else await import('../.build/package/bin/edge-chat.cjs');
