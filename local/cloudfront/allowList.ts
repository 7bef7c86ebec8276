import { type JsonRecord, listAt } from '../template/template';

/** Which headers, cookies or query strings go on to the origin. Names of headers are in lower case. */
export type AllowList = { mode: 'only' | 'except'; names: Set<string> };

export const nothing: AllowList = { mode: 'only', names: new Set() };
export const everything: AllowList = { mode: 'except', names: new Set() };

/** Whether a name is let through. */
export function passesList(choice: AllowList, name: string): boolean {
  return choice.names.has(name) === (choice.mode === 'only');
}

/** What either of two lists lets through. */
export function both(one: AllowList, other: AllowList): AllowList {
  if (one.mode === 'only' && other.mode === 'only')
    return { mode: 'only', names: new Set([...one.names, ...other.names]) };
  const [except, more] = one.mode === 'except' ? [one, other] : [other, one];
  return { mode: 'except', names: new Set([...except.names].filter((name) => !passesList(more, name))) };
}

/** Reads one part of a policy. */
export function allowListOf(config: JsonRecord, behaviourKey: string, namesKey: string): AllowList {
  const behaviour = config[behaviourKey];
  const listed = listAt(config, namesKey).map(String);
  const names = new Set(namesKey === 'Headers' ? listed.map((name) => name.toLowerCase()) : listed);
  switch (behaviour) {
    case 'none':
      return nothing;
    case 'all':
    case 'allViewer':
      return everything;
    case 'whitelist':
      return { mode: 'only', names };
    case 'allExcept':
      return { mode: 'except', names };
    default:
      throw new Error(`The local edge does not know ${behaviourKey} ${behaviour}.`);
  }
}
