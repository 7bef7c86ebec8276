#!/usr/bin/env node
// In this repository `npx edge-chat` runs the sources; the published package has a bundle of them.
import 'tsx';

await import('./edgeChat.ts');
