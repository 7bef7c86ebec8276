import { parseSync } from '@swc/core';

/** One small change to a source file, given by the place of the text that it replaces. */
export interface Mutation {
  file: string;
  start: number;
  end: number;
  replacement: string;
}

interface Node {
  type: string;
  span: { start: number; end: number };
  [field: string]: unknown;
}

const SWAPPED = new Map([
  ['>', '>='],
  ['>=', '>'],
  ['<', '<='],
  ['<=', '<'],
  ['===', '!=='],
  ['!==', '==='],
  ['+', '-'],
  ['-', '+'],
  ['*', '/'],
  ['&&', '||'],
  ['||', '&&'],
]);

/** Methods whose call may be left out, and those that have a counterpart. */
const REMOVABLE = ['filter', 'slice', 'sort', 'toSorted', 'reverse'];
const COUNTERPARTS = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['max', 'min'],
  ['min', 'max'],
]);

/** Larger numbers are sizes and times, where one more makes no difference. */
const MAX_COUNT = 10;

/** What differs in the conditions of a database. */
const CONDITION_CHANGES: readonly (readonly [RegExp, string])[] = [
  [/ <= /, ' < '],
  [/ < /, ' <= '],
  [/ OR /, ' AND '],
  [/ AND /, ' OR '],
  [/attribute_not_exists/, 'attribute_exists'],
];

/** A text that takes the place of another, from one byte to another as the parser counts them. */
interface Edit {
  span: Node['span'];
  replacement: string;
}

type TextOf = (node: { span: Node['span'] }) => string;

/** Lists every mistake that the operators below can make in a source text. */
export function mutationsOf(file: string, source: string): Mutation[] {
  const bytes = Buffer.from(source);
  // The parser counts bytes from the first token: the semicolon makes that the beginning.
  const tree = parseSync(`;${source}`, { syntax: 'typescript', target: 'es2022' }) as unknown as Node;
  const base = tree.span.start + 1;
  const offsetOf = (position: number): number => bytes.subarray(0, position - base).toString().length;
  const textOf: TextOf = ({ span }) => source.slice(offsetOf(span.start), offsetOf(span.end));

  return nodesOf(tree.body, true)
    .flatMap((node) => editsOf(node, textOf))
    .map(({ span, replacement }) => ({
      file,
      start: offsetOf(span.start),
      end: offsetOf(span.end),
      replacement,
    }));
}

/** Gives the nodes that may hold a mistake. A constant beside the functions is a setting. */
function nodesOf(value: unknown, isTopLevel: boolean): Node[] {
  if (Array.isArray(value)) return value.flatMap((item) => nodesOf(item, isTopLevel));
  if (typeof value !== 'object' || value === null) return [];
  const node = value as Node;
  const type = node.type ?? '';
  if (/^(Ts|Import)/.test(type) || type === 'ThrowStatement') return [];
  if (isTopLevel && type === 'NumericLiteral') return [];
  const isInside = isTopLevel && !/Function|Method/.test(type);
  const parts = Object.values(node).flatMap((part) => nodesOf(part, isInside));
  return node.span ? [node, ...parts] : parts;
}

function editsOf(node: Node, textOf: TextOf): Edit[] {
  const { span } = node;
  switch (node.type) {
    case 'BinaryExpression':
      return operatorEdits(node, textOf);
    case 'IfStatement':
    case 'ConditionalExpression':
    case 'WhileStatement': {
      const test = node.test as Node;
      return [{ span: test.span, replacement: `!(${textOf(test)})` }];
    }
    case 'CallExpression':
      return callEdits(node, textOf);
    case 'ExpressionStatement':
      return statementEdits(node, textOf);
    case 'BooleanLiteral':
      return [{ span, replacement: String(!node.value) }];
    case 'NumericLiteral':
      return Number(node.value) > MAX_COUNT ? [] : [{ span, replacement: String(Number(node.value) + 1) }];
    case 'StringLiteral':
      return conditionEdits(node, textOf);
    default:
      return [];
  }
}

function operatorEdits({ span, operator, left, right }: Node, textOf: TextOf): Edit[] {
  const [before, after] = [left as Node, right as Node];
  if (operator === '??') return [{ span, replacement: textOf(before) }];
  const swapped = SWAPPED.get(String(operator));
  const isText = [before, after].some(({ type }) => type === 'StringLiteral' || type === 'TemplateLiteral');
  if (swapped === undefined || isText) return [];
  const between = { start: before.span.end, end: after.span.start };
  return [{ span: between, replacement: textOf({ span: between }).replace(String(operator), swapped) }];
}

function callEdits({ span, callee }: Node, textOf: TextOf): Edit[] {
  const { type, object, property } = callee as Node;
  if (type !== 'MemberExpression') return [];
  const method = property as Node;
  const name = String(method.value);
  const counterpart = COUNTERPARTS.get(name);
  if (counterpart !== undefined) return [{ span: method.span, replacement: counterpart }];
  return REMOVABLE.includes(name) ? [{ span, replacement: textOf(object as Node) }] : [];
}

/** Leaves out a call, and does not wait for it. What is measured has tests of its own. */
function statementEdits({ span, expression }: Node, textOf: TextOf): Edit[] {
  const { type, argument, span: whole } = expression as Node;
  const isAwaited = type === 'AwaitExpression';
  const call = isAwaited ? (argument as Node) : (expression as Node);
  const text = textOf(call);
  if (call.type !== 'CallExpression' || /\bmetrics\.(increment|annotate)\(/.test(text)) return [];
  const omitted = { span, replacement: ';' };
  return isAwaited ? [omitted, { span: whole, replacement: `void ${text}` }] : [omitted];
}

function conditionEdits(node: Node, textOf: TextOf): Edit[] {
  const text = textOf(node);
  if (!/[#:]/.test(text)) return [];
  return CONDITION_CHANGES.filter(([pattern]) => pattern.test(text)).map(([pattern, other]) => ({
    span: node.span,
    replacement: text.replace(pattern, other),
  }));
}

/** Applies a mutation to its source. */
export function mutate(source: string, { start, end, replacement }: Mutation): string {
  return source.slice(0, start) + replacement + source.slice(end);
}

/** Describes a mutation: its line, the text of that line, and what it changes there. */
export function describeMutation(
  source: string,
  { start, end, replacement }: Mutation,
): { line: number; text: string; change: string } {
  const before = source.slice(0, start).split('\n');
  const column = before.at(-1)?.length ?? 0;
  const text = source.slice(start - column).split('\n', 1)[0] ?? '';
  const oneLine = (code: string): string => code.replace(/\s+/g, ' ').trim();
  return {
    line: before.length,
    text: text.trim(),
    change: `${oneLine(source.slice(start, end))} → ${oneLine(replacement)}`,
  };
}
