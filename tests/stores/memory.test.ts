import { createErasureNoteStore, createEventCursorStore } from '../simulation/eventCursorStore';
import { createNotificationStores } from '../simulation/notificationStores';
import { createStores } from '../simulation/stores';
import { describeStores } from './contract';

describe('stores of the simulation', () => {
  const events = { cursors: createEventCursorStore(), erasureNotes: createErasureNoteStore() };
  describeStores(async () => {
    const stores = createStores();
    const notifications = createNotificationStores(stores.followRows);
    return { stores: { ...stores, ...events, ...notifications }, close: async () => {} };
  });
});
