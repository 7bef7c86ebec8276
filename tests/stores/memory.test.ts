import { createErasureNoteStore, createEventCursorStore } from '../simulation/eventCursorStore';
import { createStores } from '../simulation/stores';
import { describeStores } from './contract';

describe('stores of the simulation', () => {
  const events = { cursors: createEventCursorStore(), erasureNotes: createErasureNoteStore() };
  describeStores(async () => ({ stores: { ...createStores(), ...events }, close: async () => {} }));
});
