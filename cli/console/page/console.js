import { showAlarms } from './alarms.js';
import { attempt, takeToken } from './api.js';
import { showBans } from './bans.js';
import { element } from './elements.js';
import { showRoom, showRooms } from './rooms.js';
import { readStack } from './stack.js';
import { showUser, showUsers } from './users.js';

const VIEWS = {
  rooms: showRooms,
  room: showRoom,
  users: showUsers,
  user: showUser,
  bans: showBans,
  alarms: showAlarms,
};
/** The view in the navigation that a view belongs to. */
const PARENTS = { room: 'rooms', user: 'users' };

/** Shows what the address names: a view, and of some views whose. */
function show() {
  const [name = 'rooms', about = ''] = location.hash.slice(1).split('/');
  const shown = Object.hasOwn(VIEWS, name) ? name : 'rooms';
  for (const link of document.querySelectorAll('nav a'))
    link.ariaCurrent = link.getAttribute('href') === `#${PARENTS[shown] ?? shown}` ? 'page' : null;
  // A view of its own: a late answer of the view before draws into one that is gone.
  const view = element('main', { id: 'view', tabIndex: -1 });
  document.getElementById('view')?.replaceWith(view);
  view.focus();
  return attempt(async () => {
    const { stage, region, isLocal } = await readStack();
    const stack = document.getElementById('stack');
    const where = isLocal ? 'on this machine' : (region ?? 'in the Region of the AWS CLI');
    if (stack) stack.textContent = `Stage ${stage}, ${where}`;
    await VIEWS[shown](view, decodeURIComponent(about));
  });
}

takeToken();
addEventListener('hashchange', show);
void show();
