/** Makes an element with some properties; a text among its children never becomes markup. */
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** A text that a user chose: its direction does not spread to what stands beside it. */
export function foreign(text) {
  return element('bdi', {}, text);
}

export function button(label, onclick, properties = {}) {
  return element('button', { type: 'button', onclick, ...properties }, label);
}

export function roomLink(room) {
  return element('a', { href: `#room/${encodeURIComponent(room)}` }, foreign(room));
}

export function userLink(id) {
  return element('a', { href: `#user/${encodeURIComponent(id)}` }, foreign(id));
}

/** A table; without rows a sentence stands in its place. */
export function table(caption, heads, rows, empty) {
  if (rows.length === 0) return element('p', { className: 'muted' }, empty);
  const made = element(
    'table',
    { ariaLabel: caption },
    element('thead', {}, element('tr', {}, ...heads.map((head) => element('th', { scope: 'col' }, head)))),
    element(
      'tbody',
      {},
      ...rows.map((cells) =>
        element(
          'tr',
          {},
          ...cells.map((cell) => (cell instanceof HTMLTableCellElement ? cell : element('td', {}, cell))),
        ),
      ),
    ),
  );
  return element('div', { className: 'table' }, made);
}

/** A field with its label. */
export function labelled(text, field) {
  return element('label', {}, text, field);
}

/** A form that calls back with its fields by name, and reloads nothing. */
export function form(fields, label, onSubmit, className = '') {
  const submit = element('button', { type: 'submit', className }, label);
  const made = element('form', {}, ...fields, submit);
  made.addEventListener('submit', (event) => {
    event.preventDefault();
    onSubmit(Object.fromEntries(new FormData(made)), submit);
  });
  return made;
}

/** A time as the operator's own clock shows it. */
export function time(ms) {
  return element(
    'time',
    { dateTime: new Date(ms).toISOString() },
    new Date(ms).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' }),
  );
}
