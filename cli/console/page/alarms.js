import { order } from './api.js';
import { element, table, time } from './elements.js';

const STATES = { ALARM: 'raised', OK: 'good', INSUFFICIENT_DATA: 'no data' };

/** Shows the alarms of the stack, those that are raised first. */
export async function showAlarms(view) {
  view.replaceChildren(element('h2', {}, 'Alarms'));
  const shown = await order('alarms');
  view.append(
    shown.kind === 'none'
      ? element('p', {}, shown.sentence)
      : table('Alarms', ['State', 'Alarm', 'Since', 'Means'], shown.alarms.map(alarmRow), ''),
  );
}

function alarmRow({ name, state, since, description }) {
  return [
    element('td', { className: state === 'ALARM' ? 'raised' : '' }, STATES[state] ?? state),
    name,
    since === undefined ? '' : time(since),
    description,
  ];
}
