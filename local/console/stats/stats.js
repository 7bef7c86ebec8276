const EVERY_MS = 1_000;
const SVG = 'http://www.w3.org/2000/svg';

/** Each tile: its title, the metric whose seconds it draws, and what it says of a snapshot. */
const TILES = [
  [
    'Connected now',
    'ConnectionsOpened',
    ({ open, totals }) => [open, `${totals.ConnectionsOpened ?? 0} opened`],
  ],
  ['Messages', 'Messages', counted('Messages')],
  ['Edits', 'Edits', counted('Edits')],
  ['Deletions', 'Deletions', counted('Deletions')],
  ['Reactions', 'Reactions', counted('Reactions')],
  ['Posts that arrived', 'Recipients', counted('Recipients')],
  ['Fan-out, p99 of a minute', 'FanOutMs', ({ fanOut }) => [`${fanOut.p99} ms`, `p50 ${fanOut.p50} ms`]],
  ['Syncs', 'Syncs', counted('Syncs')],
  ['Repeats acknowledged', 'Duplicates', counted('Duplicates')],
  ['Slots lost', 'Conflicts', counted('Conflicts')],
  ['Handed to the worker', 'HandedOver', counted('HandedOver')],
  ['Gone', 'Gone', counted('Gone')],
  ['Posts tried again', 'Retried', counted('Retried')],
  ['Answered 429', 'Throttled', counted('Throttled'), 'trouble'],
  ['Posts refused', 'PostsFailed', counted('PostsFailed'), 'trouble'],
  ['Fan-outs that failed', 'FanOutsFailed', counted('FanOutsFailed'), 'trouble'],
  ['Expiries that failed', 'ExpiryFailures', counted('ExpiryFailures'), 'trouble'],
  ['Handshakes refused', 'ConnectionsRefused', counted('ConnectionsRefused'), 'trouble'],
  ["Guests' tokens", 'TokensIssued', counted('TokensIssued')],
];

function counted(name) {
  return ({ totals, series }) => {
    const lately = (series[name] ?? []).slice(-10).reduce((sum, value) => sum + value, 0) / 10;
    return [totals[name] ?? 0, lately > 0 ? `${lately.toFixed(1)} a second` : ''];
  };
}

const byId = (id) => document.getElementById(id);

function element(name, text = '') {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

/** A tile, and how it is brought up to date. */
function createTile([title, metric, say, kind]) {
  const tile = element('article');
  tile.className = 'tile';
  const value = element('p');
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  svg.append(path);
  tile.append(element('h3', title), value, svg);
  byId('tiles').append(tile);

  return (snapshot) => {
    const [main, more] = say(snapshot);
    value.replaceChildren(`${main} `, element('small', more));
    tile.classList.toggle('trouble', kind === 'trouble' && (snapshot.totals[metric] ?? 0) > 0);
    svg.setAttribute('viewBox', `0 0 ${snapshot.seconds - 1} 100`);
    path.setAttribute('d', area(snapshot.series[metric] ?? Array(snapshot.seconds).fill(0)));
  };
}

/** The ground below a line through the values, the highest of them near the top. */
function area(values) {
  const most = Math.max(...values);
  if (most === 0) return '';
  const points = values.map((value, i) => `${i},${(98 - (90 * value) / most).toFixed(1)}`);
  return `M-1,102 L${points.join(' L')} L${values.length},102 Z`;
}

function showReasons(refused) {
  const listed = Object.entries(refused).sort(([, a], [, b]) => b - a);
  const items = listed.map(([reason, count]) => element('li', `${reason} ${count}`));
  byId('reasons').replaceChildren(...(items.length > 0 ? items : [element('li', 'none so far')]));
}

function showLines(lines) {
  const rows = lines.map(({ at, level, message, ms, room, connectionId, messageId, reason }) => {
    const row = element('tr');
    row.className = level;
    const cells = [new Date(at).toLocaleTimeString(), message, ms, room, connectionId, messageId, reason];
    row.append(...cells.map((cell) => element('td', String(cell))));
    return row;
  });
  byId('lines').replaceChildren(...rows);
}

const tiles = TILES.map(createTile);

async function update() {
  const state = byId('state');
  try {
    const answer = await fetch('/_stats/numbers');
    const snapshot = await answer.json();
    for (const tile of tiles) tile(snapshot);
    showReasons(snapshot.refused);
    showLines(snapshot.lines);
    state.textContent = `Live, ${new Date().toLocaleTimeString()}`;
    state.className = '';
  } catch {
    state.textContent = 'The stack does not answer. Trying on…';
    state.className = 'lost';
  }
  setTimeout(update, EVERY_MS);
}

void update();
