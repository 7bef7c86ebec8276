/** A value of an attribute, as far as our rows have them. */
export type Value = string | number | ReadonlySet<string>;

/** A row, or a part of one: its attributes by name. */
export type Row = { [attribute: string]: Value };

/** A row as DynamoDB's API writes it: each value with its type (AttributeValue in the API reference). */
export type AttributeMap = Record<string, AttributeValue>;

interface AttributeValue {
  S?: string;
  N?: string;
  SS?: string[];
}

/** Gives every value of a row its type. */
export function marshall(row: Row): AttributeMap {
  const result: AttributeMap = {};
  for (const [name, value] of Object.entries(row)) {
    if (typeof value === 'string') result[name] = { S: value };
    else if (typeof value === 'number') result[name] = { N: String(value) };
    else result[name] = { SS: [...value] };
  }
  return result;
}

/** Takes the types off a row again. Attributes of a type that no row of ours has are left out. */
export function unmarshall(row: AttributeMap): Row {
  const result: Row = {};
  for (const [name, { S, N, SS }] of Object.entries(row)) {
    const value = S ?? (N === undefined ? SS && new Set(SS) : Number(N));
    if (value !== undefined) result[name] = value;
  }
  return result;
}
