import { isRecord, type Json } from './template';

/** What stands locally for the resources and pseudo parameters a template refers to. */
export interface ResourceNames {
  ref(name: string): string | undefined;
  attribute(id: string, name: string): string | undefined;
}

/** Replaces every CloudFormation function in a value by what it gives in this names. */
export function resolve(value: Json, names: ResourceNames): Json {
  if (Array.isArray(value)) return value.map((item) => resolve(item, names));
  if (!isRecord(value)) return value;

  const [[name, argument] = ['', null], ...others] = Object.entries(value);
  if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) return call(name, argument, names);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, names)]));
}

/** The same for a value that must come to text. */
export function resolveText(value: Json | undefined, names: ResourceNames): string {
  const result = resolve(value ?? null, names);
  if (typeof result !== 'string') throw new Error(`Expected text, found ${JSON.stringify(result)}.`);
  return result;
}

function call(name: string, argument: Json, names: ResourceNames): Json {
  switch (name) {
    case 'Ref':
      return reference(String(argument), names);
    case 'Fn::GetAtt':
      return attribute(Array.isArray(argument) ? argument.join('.') : String(argument), names);
    case 'Fn::Sub':
      return substitute(argument, names);
    case 'Fn::Join': {
      const [separator, parts] = pair(name, argument);
      const texts = resolve(parts, names);
      return (Array.isArray(texts) ? texts : [texts]).join(String(separator));
    }
    case 'Fn::Select': {
      const [index, list] = pair(name, argument);
      const items = resolve(list, names);
      return Array.isArray(items) ? (items[Number(index)] ?? null) : null;
    }
    case 'Fn::Split': {
      const [separator, text] = pair(name, argument);
      return resolveText(text, names).split(String(separator));
    }
    default:
      throw new Error(`The local stack does not know ${name}.`);
  }
}

function substitute(argument: Json, names: ResourceNames): string {
  const [text, given] = Array.isArray(argument) ? argument : [argument, {}];
  const own = isRecord(given) ? given : {};
  return String(text).replaceAll(/\$\{(!?)([^}]+)\}/g, (_match, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    const value = own[name];
    if (value !== undefined) return resolveText(value, names);
    return name.includes('.') ? attribute(name, names) : reference(name, names);
  });
}

function reference(name: string, names: ResourceNames): string {
  const value = names.ref(name);
  if (value === undefined) throw new Error(`Nothing local stands for a reference to "${name}".`);
  return value;
}

function attribute(path: string, names: ResourceNames): string {
  const dot = path.indexOf('.');
  const value = names.attribute(path.slice(0, dot), path.slice(dot + 1));
  if (value === undefined) throw new Error(`Nothing local stands for the attribute "${path}".`);
  return value;
}

function pair(name: string, argument: Json): [Json, Json] {
  if (!Array.isArray(argument) || argument.length !== 2) throw new Error(`${name} takes two arguments.`);
  const [first = null, second = null] = argument;
  return [first, second];
}
