import { many, type Template } from './template';

/** What points at what: nothing may point at nothing, or round in a circle. */

const SUB_TARGET = /\$\{([^!}][^}]*)\}/g;

/** Logical ids in an Fn::Sub, but for those it is given values for. */
function inSub(argument: unknown): string[] {
  const [pattern, given] = Array.isArray(argument) ? argument : [argument, {}];
  const names = [...String(pattern).matchAll(SUB_TARGET)].map(([, name = '']) => name.split('.')[0] ?? '');
  return [...names.filter((name) => !(name in given)), ...within(given)];
}

function inIntrinsic(name: string, argument: unknown): string[] | undefined {
  if (name === 'Ref') return [String(argument)];
  if (name === 'Fn::GetAtt')
    return [String(Array.isArray(argument) ? argument[0] : argument).split('.')[0] ?? ''];
  if (name === 'Fn::Sub') return inSub(argument);
  return undefined;
}

/** Every logical id that a value points at. */
function within(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => inIntrinsic(name, inner) ?? within(inner));
}

const isPseudoParameter = (name: string) => name.startsWith('AWS::');

/** Resource by resource, the resources it needs first. */
function graph(template: Template): Map<string, string[]> {
  return new Map(
    Object.entries(template.Resources).map(([id, { DependsOn, ...resource }]) => [
      id,
      [...new Set([...many(DependsOn), ...within(resource)])].filter((name) => !isPseudoParameter(name)),
    ]),
  );
}

export function everyReferenceHasATarget(template: Template): string[] {
  const edges: [string, string[]][] = [...graph(template), ['Outputs', within(template.Outputs)]];
  return edges.flatMap(([id, targets]) =>
    targets
      .filter((target) => !isPseudoParameter(target) && !(target in template.Resources))
      .map((target) => `${id} refers to ${target}, which is not there`),
  );
}

export function nothingGoesInCircles(template: Template): string[] {
  const edges = graph(template);
  const done = new Set<string>();

  const circleFrom = (id: string, path: string[]): string | undefined => {
    if (path.includes(id)) return [...path.slice(path.indexOf(id)), id].join(' → ');
    if (done.has(id)) return undefined;
    for (const target of edges.get(id) ?? []) {
      const circle = circleFrom(target, [...path, id]);
      if (circle) return circle;
    }
    done.add(id);
    return undefined;
  };

  for (const id of edges.keys()) {
    const circle = circleFrom(id, []);
    if (circle) return [circle];
  }
  return [];
}
