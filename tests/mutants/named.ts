import type { Patch } from '../simulation/bundle';

/** Mistakes that every test once let through. They are planted in every run. */
export const NAMED: readonly Patch[] = [
  {
    file: 'lib/log/findDuplicate.ts',
    find: 'removed: run.some((slot) => isRemoval(slot, send)),',
    replace: 'removed: compared.some((slot) => isRemoval(slot, send)),',
  },
  {
    file: 'lib/actions/joinRoom.ts',
    find: '    await context.members.remove(room, requester.id, entered.fence);\n',
    replace: '',
  },
  {
    file: 'lib/log/appendEntry.ts',
    find: 'removed ||= part.some((slot) => isRemoval(slot, send));',
    replace: 'removed = part.slice(-1).some((slot) => isRemoval(slot, send));',
  },
  {
    file: 'client/room/sendQueue.ts',
    find: '.sort((a, b) => byOrder(a.record, b.record));',
    replace: ';',
  },
];
