/** The most that Lambda takes of a function's variables, in bytes of their JSON. */
const MAX_BYTES = 4096;

/** Stand-ins for what CloudFormation puts in, as long as that can be: an ARN or a table's name, and part of a host. */
const REFERENCE = '-'.repeat(100);
const PART = '-'.repeat(32);

/** Parameters shorter than this, in bytes, are not what makes an environment too long. */
const LONG = 256;

const isLong = (value) => Buffer.byteLength(value) >= LONG;

/** @param {unknown} value text, a number or an intrinsic function */
const resolved = (value) => {
  if (typeof value !== 'object' || value === null) return String(value);
  return 'Fn::Sub' in value ? String(value['Fn::Sub']).replace(/\$\{[^}]+\}/g, PART) : REFERENCE;
};

const bytesOf = (variables) => {
  const texts = Object.entries(variables).map(([name, value]) => [name, resolved(value)]);
  return Buffer.byteLength(JSON.stringify(Object.fromEntries(texts)));
};

/**
 * What is wrong with the size of the functions' environments: nothing, or a sentence on the largest.
 * @param {import('./types').Serverless['service']} service
 * @returns {string[]}
 */
const tooLarge = ({ functions, provider, custom }) => {
  const sizes = Object.entries(functions).map(([name, { environment }]) => ({
    name,
    bytes: bytesOf({ ...provider.environment, ...environment }),
  }));
  const [largest] = sizes.sort((a, b) => b.bytes - a.bytes);
  if (!largest || largest.bytes <= MAX_BYTES) return [];

  const long = Object.entries(custom.parameters).filter(([, value]) => isLong(value));
  const names = long.map(([name]) => name).join(', ');
  return [
    `the environment of ${largest.name} would have ${largest.bytes} bytes and Lambda takes ${MAX_BYTES}: shorten ${names}`,
  ];
};

module.exports = { tooLarge };
