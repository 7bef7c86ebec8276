/** Any value of a template. */
export type Json = null | boolean | number | string | Json[] | JsonRecord;
export type JsonRecord = { [key: string]: Json };

/** A resource of a compiled CloudFormation template. */
export interface Resource {
  Type: string;
  Properties?: JsonRecord;
}

/** A compiled CloudFormation template, as `sls package` writes it. */
export interface Template {
  Resources: Record<string, Resource>;
  Outputs?: Record<string, { Value: Json }>;
}

/** The text of an output that refers to no resource. */
export function outputOf(template: Template, name: string): string {
  const value = template.Outputs?.[name]?.Value;
  if (typeof value !== 'string') throw new Error(`The template has no output ${name} that is text.`);
  return value;
}

/** Every resource of one type, with its logical id. */
export function resourcesOf(template: Template, type: string): { id: string; properties: JsonRecord }[] {
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, { Properties = {} }]) => ({ id, properties: Properties }));
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The record at a key, or an empty one. */
export function recordAt(record: JsonRecord, key: string): JsonRecord {
  const value = record[key];
  return isRecord(value) ? value : {};
}

/** The list at a key, or an empty one. */
export function listAt(record: JsonRecord, key: string): Json[] {
  const value = record[key];
  return Array.isArray(value) ? value : [];
}

/** The records in the list at a key. */
export function recordsAt(record: JsonRecord, key: string): JsonRecord[] {
  return listAt(record, key).filter(isRecord);
}

/** The text at a key, if there is text. */
export function textAt(record: JsonRecord, key: string): string | undefined {
  const value = record[key];
  return typeof value === 'string' ? value : undefined;
}
