import { attempt, order, tell } from './api.js';
import { element, foreign, form, labelled } from './elements.js';
import { settleSeconds } from './stack.js';

/** A form that erases for good, once the operator has written the name of what is erased. */
export function erasure(payload, name, what, after) {
  const confirmation = element('input', { name: 'confirmation', autocomplete: 'off' });
  const erase = form(
    [labelled('Write the name to confirm', confirmation)],
    'Erase for good',
    (_fields, submit) =>
      attempt(async () => {
        submit.disabled = true;
        confirmation.disabled = true;
        try {
          await eraseTwice(payload);
          await after();
        } finally {
          confirmation.value = '';
          confirmation.disabled = false;
        }
      }),
    'danger',
  );
  const submit = erase.querySelector('button');
  const check = () => {
    if (submit) submit.disabled = confirmation.value !== name;
  };
  confirmation.addEventListener('input', check);
  check();
  return element(
    'section',
    {},
    element('h3', {}, 'Erase'),
    element('p', {}, `This erases ${what}: `, foreign(name), '. Backups keep them for 35 days.'),
    erase,
  );
}

/** The second run finds what was being sent during the first. */
async function eraseTwice(payload) {
  let total = await eraseAll(payload, 0);
  for (let left = settleSeconds(); left > 0; left--) {
    tell(`${total} messages erased. The second run begins in ${left} s: keep this page open.`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  total = await eraseAll(payload, total);
  tell(`${total} messages erased.`);
}

async function eraseAll(payload, before) {
  let total = before;
  let next;
  do {
    const page = await order('erase', { ...payload, next });
    total += page.erased;
    next = page.next;
    tell(`${total} messages erased so far: keep this page open.`);
  } while (next !== undefined);
  return total;
}
